/** JSON that people open too: the same value, but no character in it can move a cursor, reverse a line or hide. */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/** @param indent blanks a level; without it all is on one line */
export function jsonText(value: unknown, indent?: number): string {
  return escapeUnsafe(JSON.stringify(value, undefined, indent));
}

/** JSON text with every such character as `\uXXXX`, which only strings can hold. */
export function escapeUnsafe(json: string): string {
  return json.replace(UNSAFE, (character) => {
    let escaped = '';
    for (let index = 0; index < character.length; index += 1)
      escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    return escaped;
  });
}

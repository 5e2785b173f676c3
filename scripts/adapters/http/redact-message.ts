/** A vendor's own words, made fit for a log: what we sent and whatever looks like a person or a key is taken out. */

const LONGEST = 200;

/** `sent` is the request's body and params: none of their texts may come back in a message. */
export function redactMessage(message: string, sent: unknown): string {
  let text = message
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  for (const value of textsIn(sent).sort((a, b) => b.length - a.length))
    if (value.length > 2) text = text.replaceAll(value, '…');
  text = text
    .replaceAll(/[^\s"'<>()]+@[^\s"'<>()]+/g, '…')
    .replaceAll(/\b[0-9a-f]{24,}\b/gi, '…')
    .replaceAll(/\b[A-Za-z0-9+/_-]{32,}={0,2}/g, '…');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Words of the protocol itself: hiding them would hide the message and protect nobody. */
const PROTOCOL = new Set(['add', 'remove', 'user', 'STAGED', 'ACTIVATED', 'SUSPENDED', 'system', 'policy']);

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return PROTOCOL.has(value) ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

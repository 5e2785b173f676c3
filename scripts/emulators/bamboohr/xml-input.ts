/** Reads the few XML documents the vendor accepts: flat `<field id="…">text</field>` lists. */

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The root element's name and its fields, or undefined when the text is no such document. */
export function readXmlFields(
  text: string,
): { root: string; fields: { id: string; value: string }[] } | undefined {
  const root = /^\s*(?:<\?xml[^>]*\?>\s*)?<([a-zA-Z]+)[\s>/]/.exec(text)?.[1];
  if (root === undefined) return undefined;
  if (!new RegExp(`</${root}>\\s*$|^\\s*(?:<\\?xml[^>]*\\?>\\s*)?<${root}[^>]*/>\\s*$`).test(text))
    return undefined;
  const fields: { id: string; value: string }[] = [];
  for (const match of text.matchAll(/<field\s+id="([^"]*)"\s*(?:\/>|>([\s\S]*?)<\/field>)/g))
    fields.push({ id: unescape(match[1] ?? ''), value: unescape(match[2] ?? '') });
  return { root, fields };
}

function unescape(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(String(hex), 16));
    return ENTITIES[String(name)] ?? whole;
  });
}

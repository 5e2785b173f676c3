/**
 * Text of strangers inside GitHub's Markdown: shown, never obeyed. One form serves paragraphs, table cells and raw
 * HTML such as `<summary>`, because a numeric entity can stand for a character but never for its meaning
 * (CommonMark 0.31, 2.5). GitHub reads the *rendered* text again for mentions, references, hashes, emoji and
 * addresses, where an entity no longer helps: there a zero-width space stands behind the sign, as renovate does.
 *
 * | what could happen                         | what is written                          |
 * |-------------------------------------------|------------------------------------------|
 * | HTML, `</details>`, entities              | `&lt;` `&gt;` `&amp;` `&quot;`           |
 * | emphasis, code, links, images, tables     | `&#42;` `&#95;` `&#126;` `&#96;` `&#91;` … |
 * | headings, lists, quotes at a line's start | entity for the first sign                |
 * | @mention, address                         | `@` and a zero-width space               |
 * | #12, GH-12, CVE-…, owner/repo#12          | a zero-width space before the number     |
 * | commit hash                               | a zero-width space every six digits      |
 * | http://…, :tada:, www.…                   | a zero-width space at `:` and before `.` |
 * | `$math$`                                  | `<span>$</span>`, as GitHub documents    |
 * | right-to-left script                      | isolated, so that its neighbours stay in order |
 */
import { visibleText } from './visible-text.ts';

const BREAK = '&#8203;';
const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** One token of the text that must not stand as it is. The order matters: the longest meaning first. */
const TOKENS =
  /(?<hash>(?<![0-9A-Za-z])[0-9a-f]{7,}(?![0-9A-Za-z]))|(?<reference>(?<![0-9A-Za-z])(?:[A-Za-z][0-9A-Za-z]*-(?=\d)|GHSA-))|(?<www>www(?=\.))|(?<sign>[&<>"*_~`[\]|\\$@#:^=])/giu;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** `text` for a paragraph, a table cell, a list item or raw HTML; always one line. */
export function escapeMarkdown(text: string): string {
  const visible = visibleText(text);
  const escaped = visible.replace(TOKENS, (token: string, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    const [offset, whole] = [rest.at(-3) as number, rest.at(-2) as string];
    if (groups['hash'] !== undefined) return token.replace(/.{6}(?=.)/g, `$&${BREAK}`);
    if (groups['reference'] !== undefined || groups['www'] !== undefined) return `${token}${BREAK}`;
    return signOf(token, whole.charAt(offset + 1));
  });
  const opened = escaped.replace(/^(?: +|[-+](?=[\s-]|$)|\d+(?=[.)]))/, (start) =>
    /^\d/.test(start) ? `${start}${BREAK}` : `&#${start.charCodeAt(0)};${start.slice(1)}`,
  );
  return RIGHT_TO_LEFT.test(visible) ? `&#8296;${opened}&#8297;` : opened;
}

function signOf(sign: string, next: string): string {
  if (sign === '$') return '<span>$</span>';
  if (sign === '@' || sign === ':') return next === ' ' ? sign : `${sign}${BREAK}`;
  if (sign === '#') return `&#35;${next === '' || /\d/.test(next) ? BREAK : ''}`;
  return ENTITIES[sign] ?? `&#${sign.charCodeAt(0)};`;
}

/** A fenced block: nothing inside is read by Markdown or by GitHub. Lines are made visible; no line can close it. */
export function fence(language: 'diff' | 'text' | 'mermaid', lines: string[]): string {
  const shown = lines.map((line) => visibleText(line));
  const longest = Math.max(2, ...shown.map((line) => longestRun(line)));
  const ticks = '`'.repeat(longest + 1);
  return [`${ticks}${language}`, ...shown, ticks].join('\n');
}

function longestRun(line: string): number {
  let longest = 0;
  for (const [run] of line.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** Text of ours (ids, paths, commands) as code; backticks and line breaks are refused, they are never ours. */
export function code(text: string): string {
  if (/[`\p{Cc}]/u.test(text))
    throw new RangeError('inline code is for text of ours, without backticks or breaks');
  return `\`${text}\``;
}

/** A link to an address of ours, under words of ours; anything but https or a path in the repository stays text. */
export function link(label: string, url: string): string {
  if (!/^[A-Za-z0-9 -]+$/.test(label)) throw new RangeError('the label of a link is a few words of ours');
  const safe = /^(?:https?:\/\/|\/|\.\.?\/|state\/)[^\s<>()\\`"]*$/u.test(url);
  return safe ? `[${label}](${url})` : label;
}

/** Text of strangers in bold. As a tag, because `**` next to a blank or a sign does not open or close anything. */
export function strong(text: string): string {
  return `<strong>${escapeMarkdown(text)}</strong>`;
}

/** A block that a reader opens; the empty lines let Markdown work inside. `summary` must be escaped already. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** A GitHub alert. `lines` must be escaped already, one list item each. */
export function alert(kind: 'NOTE' | 'IMPORTANT' | 'WARNING' | 'CAUTION', lines: string[]): string {
  return [`> [!${kind}]`, ...lines.map((line) => `> ${line}`)].join('\n');
}

/**
 * Text of strangers for chat and mail: shown, never obeyed. Nothing invisible, and a zero-width space wherever a
 * program would make something of it: `@here`, an address, `https://…`, `www.…`, `evil.example`, `:emoji:`, `#channel`.
 * Markup of a channel (`<`, `&`, `*`) is for its own file to escape.
 */
import { clampText, visibleText } from '../render/visible-text.ts';

const BREAK = '\u200b';
const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** One line of at most about `limit` characters. A right-to-left name is isolated, so that its neighbours stay in order. */
export function inertText(text: string, limit = 80): string {
  const shown = clampText(text, limit);
  const broken = breakTokens(shown);
  return RIGHT_TO_LEFT.test(shown) ? `\u2068${broken}\u2069` : broken;
}

/** Lines of a template: its own line breaks stay, all else as above. */
export function inertLines(text: string): string[] {
  return text.split(/\r\n|[\r\n]/).map((line) => breakTokens(visibleText(line)));
}

/** One line of a template's title: it becomes a mail subject. */
export function inertTitle(text: string): string {
  return breakTokens(visibleText(text));
}

function breakTokens(text: string): string {
  return text
    .replace(/[@#]|:(?=[^\s])/gu, `$&${BREAK}`)
    .replace(/(?<=[\p{L}\p{N}])\.(?=\p{L}{2})/gu, `.${BREAK}`);
}

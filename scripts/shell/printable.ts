/**
 * What may reach a terminal, a log or a workflow's command parser. Text of ours keeps its line breaks, tabs and
 * colours; whatever else could move a cursor, reverse a line or hide is shown as a picture of itself.
 */
import { escapeUnsafe } from '../core/render/json-text.ts';
import { visibleText } from '../core/render/visible-text.ts';

/** The colours that core/render paints with; any other escape sequence came from data. */
const OWN_COLOUR = /(\u001b\[(?:0|1|2|31|32|33)m|\t)/;

export function printableText(text: string, colour: boolean): string {
  return text
    .split('\n')
    .map((line) => {
      const parts = line.replace(/\r$/, '').split(OWN_COLOUR);
      return parts
        .map((part, index) => {
          if (index % 2 === 0) return visibleText(part);
          return part === '\t' || colour ? part : '';
        })
        .join('');
    })
    .join('\n');
}

/** One JSON document on one line; the value is the same, but no character in it can act on a terminal. */
export function printableJson(value: unknown, redact: (text: string) => string): string {
  const json = JSON.stringify(value ?? null, (_key, member: unknown) => redactMember(member, redact));
  return escapeUnsafe(json).replaceAll('##[', '#\\u0023[');
}

/** GitHub's runner reads `::command::` at the head of a line and `##[command]` anywhere: data must not speak to it. */
export function withoutCommands(text: string): string {
  return text.replaceAll(/^(\s*):(?=:)/gm, '$1:\u00b7').replaceAll('##[', '##·[');
}

function redactMember(member: unknown, redact: (text: string) => string): unknown {
  if (typeof member === 'string') return redact(member);
  if (typeof member === 'bigint') return member.toString();
  if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
  const keys = Object.keys(member);
  if (keys.every((key) => redact(key) === key)) return member;
  return Object.fromEntries(Object.entries(member).map(([key, inner]) => [redact(key), inner]));
}

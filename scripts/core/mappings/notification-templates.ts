/**
 * The words of a notification: plain text with placeholders from a closed list. `{{` and `}}` are braces. Nothing else
 * is ever read: a template cannot reach a field of a person, a secret or markup of a channel.
 *
 * | placeholder | in           | says                                                        |
 * |-------------|--------------|-------------------------------------------------------------|
 * | people      | title, text  | how many: "1 person", "812 people"                          |
 * | list        | text         | who, one a line: HR id, name where the route says so, what  |
 * | others      | text         | what is left out of the list on purpose, or nothing         |
 * | day, plan   | title, text  | day of the plan, first seven digits of its digest           |
 * | counts      | title, text  | "3 joiners, 1 leaver"; "2 actions failed"; "job plan failed" |
 * | codes       | title, text  | codes of the guardrails                                     |
 * | hours, last | title, text  | of silence: since when nothing succeeded                    |
 * | repository  | title, text  | owner/name                                                  |
 *
 * A title has no HR text at all: it reaches lock screens, mail subjects and logs.
 */
import { nearestName } from '../values/nearest-name.ts';
import type { Problem } from '../values/failure.ts';
import { problemAt, type Source } from '../values/source.ts';
import { NotificationEvent, type NotificationsFile } from './notifications-file.ts';

type Event = NotificationEvent;

const ABOUT_PEOPLE: Event[] = [
  'provisioned',
  'needs-review',
  'offboarded',
  'suspended',
  'reinstated',
  'held',
  'failed',
  'guardrail-refused',
  'schedule-armed',
];

/** Of which events a placeholder can be used, and whether it may stand in a title. */
export const PLACEHOLDERS = {
  people: { events: ABOUT_PEOPLE, title: true },
  list: { events: ABOUT_PEOPLE, title: false },
  others: { events: ['needs-review', 'failed'], title: false },
  day: { events: ABOUT_PEOPLE, title: true },
  plan: { events: ABOUT_PEOPLE, title: true },
  counts: { events: ['needs-review', 'failed'], title: true },
  codes: { events: ['guardrail-refused'], title: true },
  hours: { events: ['silence'], title: true },
  last: { events: ['silence'], title: true },
  repository: { events: NotificationEvent.options, title: true },
} as const satisfies Record<string, { events: readonly Event[]; title: boolean }>;

export type Placeholder = keyof typeof PLACEHOLDERS;

/** Text, or the name of a placeholder that stands there. */
export type TemplatePart = string | { placeholder: Placeholder };

export type TemplateRead =
  | { ok: true; parts: TemplatePart[] }
  /** `offset` counts characters into the text. */
  | { ok: false; offset: number; message: string; remedy: string };

export function parseTemplate(text: string, event: Event, place: 'title' | 'text'): TemplateRead {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (const match of text.matchAll(/\{\{|\}\}|\{([^{}\n]*)\}|[{}]/g)) {
    const [token, name] = match;
    if (match.index > at) parts.push(text.slice(at, match.index));
    at = match.index + token.length;
    if (token === '{{' || token === '}}') parts.push(token.charAt(0));
    else if (name === undefined)
      return {
        ok: false,
        offset: match.index,
        message: `a "${token}" that belongs to no placeholder`,
        remedy: `write "${token}${token}" for a brace that is meant`,
      };
    else {
      const wrong = judge(name, event, place);
      if (wrong !== undefined) return { ok: false, offset: match.index, ...wrong };
      parts.push({ placeholder: name as Placeholder });
    }
  }
  if (at < text.length) parts.push(text.slice(at));
  return { ok: true, parts };
}

function judge(
  name: string,
  event: Event,
  place: 'title' | 'text',
): { message: string; remedy: string } | undefined {
  const usable = Object.entries(PLACEHOLDERS)
    .filter(
      ([, { events, title }]) => (events as readonly Event[]).includes(event) && (title || place === 'text'),
    )
    .map(([known]) => known);
  if (usable.includes(name)) return undefined;
  const list = `in the ${place} of ${event} there are {${usable.join('}, {')}}`;
  if (!Object.hasOwn(PLACEHOLDERS, name)) {
    const near = nearestName(name, usable);
    return {
      message: `unknown placeholder {${name.slice(0, 60)}}`,
      remedy: near === undefined ? list : `did you mean {${near}}? ${list}`,
    };
  }
  return {
    message: `the placeholder {${name}} does not stand ${place === 'title' ? 'in a title' : 'here'}`,
    remedy: list,
  };
}

/** Every placeholder of the file that is not on the list, each at its place. */
export function checkTemplates(source: Source, file: NotificationsFile): Problem[] {
  const problems: Problem[] = [];
  for (const event of NotificationEvent.options)
    for (const place of ['title', 'text'] as const) {
      const text = file.templates[event]?.[place];
      if (text === undefined) continue;
      const read = parseTemplate(text, event, place);
      if (!read.ok)
        problems.push(
          problemAt(source, ['templates', event, place], read.message, {
            remedy: read.remedy,
            offset: read.offset,
          }),
        );
    }
  return problems;
}

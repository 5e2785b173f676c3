/** A delivery put into words: a title, lines and links, still of no channel. All text in it is inert, none is escaped yet. */
import { type Placeholder, parseTemplate } from '../mappings/notification-templates.ts';
import type { NotificationsFile } from '../mappings/notifications-file.ts';
import { DEFAULT_TEMPLATES } from './default-templates.ts';
import { inertLines, inertText, inertTitle } from './inert-text.ts';
import type { Notice, NoticePerson } from './notice.ts';
import type { Delivery } from './route-notices.ts';

export interface Message {
  title: string;
  lines: string[];
  links: { label: string; url: string }[];
}

export interface MessageContext {
  templates: NotificationsFile['templates'];
  /** HR id -> name; asked only for routes that show names. */
  nameOf: (person: string) => string | undefined;
  /** HR id -> first day of work; asked for those who were provisioned: their devices must be there by then. */
  startDayOf: (person: string) => string | undefined;
  /** `owner/name`, and where it is served; undefined outside GitHub. */
  repository: { name: string; serverUrl: string } | undefined;
}

/** People a message shows one by one; the receipt has all of them. */
const LISTED = { slack: 40, email: 200, webhook: 0 };
/** Groups that a line names. */
const NAMED = 8;

export function composeMessage(delivery: Delivery, context: MessageContext): Message {
  const { notice } = delivery;
  const values = valuesOf(delivery, context);
  const own = context.templates[notice.event];
  const preset = DEFAULT_TEMPLATES[notice.event];
  const title = fill(own?.title ?? preset.title, notice, 'title', values);
  const text = fill(own?.text ?? preset.text, notice, 'text', values);
  return {
    title: title.join(' '),
    lines: text.filter((line, index) => line.trim() !== '' || (index > 0 && index < text.length - 1)),
    links: linksOf(notice, context.repository),
  };
}

type Values = Record<Placeholder, string[]>;

/** Values are inert already and may be several lines; a line that held nothing but an empty value is left out. */
function fill(template: string, notice: Notice, place: 'title' | 'text', values: Values): string[] {
  const read = parseTemplate(template, notice.event, place);
  if (!read.ok) throw new TypeError(`the template of ${notice.event} was not checked: ${read.message}`);
  const lines: { text: string; dropped: boolean }[] = [{ text: '', dropped: false }];
  const put = (texts: string[]): void => {
    texts.forEach((text, index) => {
      if (index > 0) lines.push({ text: '', dropped: false });
      const last = lines.at(-1);
      if (last !== undefined) last.text += text;
    });
  };
  for (const part of read.parts) {
    if (typeof part === 'string') put(place === 'title' ? [inertTitle(part)] : inertLines(part));
    else {
      const value = values[part.placeholder];
      const last = lines.at(-1);
      if (value.length === 0 && last?.text === '') last.dropped = true;
      put(value.length === 0 ? [''] : value);
    }
  }
  return lines.filter(({ text, dropped }) => !(dropped && text === '')).map(({ text }) => text);
}

function valuesOf({ notice, names, channel, part }: Delivery, context: MessageContext): Values {
  const { people, plan, codes, silence, others = 0 } = notice;
  const shown = people.slice(0, LISTED[channel]);
  const list = shown.map((each) =>
    lineOf(each, names ? context.nameOf(each.person) : undefined, startWords(notice, each, context)),
  );
  if (people.length > shown.length && channel !== 'webhook')
    list.push(
      `and ${people.length - shown.length} more${notice.receipt === undefined ? '' : ': the receipt has all of them'}`,
    );
  const number = new Set(people.map(({ person }) => person)).size;
  const partText = part === undefined ? '' : ` (part ${part.number} of ${part.of})`;
  return {
    people: [`${countText(number, 'person', 'people')}${partText}`],
    list,
    others:
      others === 0
        ? []
        : [`${countText(others, 'action', 'actions')} more ${others === 1 ? 'is' : 'are'} not told of here.`],
    day: [plan?.asOf ?? notice.at.slice(0, 10)],
    plan: [plan?.digest.slice(0, 7) ?? 'none'],
    counts: [countsText(notice)],
    codes: [(codes ?? []).join(', ')],
    hours: [
      silence === undefined || silence.last === null
        ? 'as long as the record goes'
        : countText(silence.hours, 'hour', 'hours'),
    ],
    last: [silence?.last ?? 'none that is known'],
    repository: [
      context.repository === undefined ? 'this repository' : inertText(context.repository.name, 140),
    ],
  };
}

/** First day of work of somebody who was provisioned; of nobody else. */
export function startDayOf(
  { event }: Notice,
  { person }: NoticePerson,
  context: MessageContext,
): string | undefined {
  return event === 'provisioned' ? context.startDayOf(person) : undefined;
}

/** "starts on 2026-12-01"; of somebody who was there before Rollcall: "started on 2019-01-07". */
function startWords(notice: Notice, entry: NoticePerson, context: MessageContext): string {
  const day = startDayOf(notice, entry, context);
  if (day === undefined) return '';
  return `${day < (notice.plan?.asOf ?? notice.at.slice(0, 10)) ? 'started' : 'starts'} on ${day}`;
}

/** "1042 Ada Lovelace: account made, staged; starts on 2026-12-01; groups All Staff; device groups Laptops". */
function lineOf(entry: NoticePerson, name: string | undefined, start: string): string {
  const label = name === undefined || name === '' ? entry.person : `${entry.person} ${inertText(name, 60)}`;
  const at = entry.at === undefined ? '' : ` at ${entry.at}`;
  const parts = [
    `${inertTitle(entry.did)}${at}`,
    start,
    namesText('groups', entry.groups),
    namesText('device groups', entry.deviceGroups),
    namesText('associations', entry.bindings),
  ];
  return `${label}: ${parts.filter((part) => part !== '').join('; ')}`;
}

function namesText(word: string, names: string[] = []): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, NAMED).map((name) => inertText(name, 60));
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${word} ${shown.join(', ')}${more}`;
}

/** "3 joiners, 1 leaver", "2 actions failed, 1 not attempted", "jobs export, plan failed". */
function countsText({ event, counts, jobs, others = 0 }: Notice): string {
  if (jobs !== undefined)
    return `${jobs.length === 1 ? 'job' : 'jobs'} ${jobs.map(inertTitle).join(', ')} failed`;
  const parts = Object.entries(counts ?? {})
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${count === 1 ? word : (PLURALS[word] ?? word)}`);
  if (parts.length > 0) return parts.join(', ');
  return `${countText(others, 'action', 'actions')}${event === 'failed' ? ' not done' : ''}`;
}

const PLURALS: Readonly<Record<string, string>> = {
  joiner: 'joiners',
  mover: 'movers',
  leaver: 'leavers',
  return: 'returns',
  adoption: 'adoptions',
  'new group': 'new groups',
  'action failed': 'actions failed',
};

function countText(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function linksOf(notice: Notice, repository: MessageContext['repository']): Message['links'] {
  const links: Message['links'] = [];
  const home = repository === undefined ? undefined : `${repository.serverUrl}/${repository.name}`;
  if (home !== undefined && notice.event === 'needs-review')
    links.push({ label: 'pull requests', url: `${home}/pulls` });
  if (home !== undefined && notice.receipt !== undefined)
    links.push({ label: 'receipt', url: `${home}/blob/HEAD/state/receipts/${notice.receipt}` });
  if (notice.run !== undefined) links.push({ label: 'run', url: notice.run });
  return links.filter(({ url }) => isPlainUrl(url));
}

/** An address that needs no escaping in any channel; a receipt may hold anything in `run`. */
export function isPlainUrl(url: string): boolean {
  return /^https?:\/\/[A-Za-z0-9.:[\]-]+(?:\/[A-Za-z0-9._~/%-]*)?$/.test(url) && url.length <= 500;
}

/**
 * A message as Slack's incoming webhooks take it: blocks, and a text for the notification itself.
 *
 * | what could happen                       | what is written                                              |
 * |-----------------------------------------|--------------------------------------------------------------|
 * | `<!channel>`, `<@U…>`, `<url|words>`     | `&lt;` `&gt;` `&amp;`, as Slack's guide on text escapes them |
 * | `*bold*`, `` `code` ``, quotes, lists    | nothing: text of others stands in plain_text only            |
 * | `@here`, `#general`, `:tada:`            | a zero-width space (inert-text.ts), emoji: false, link_names off |
 * | more than Slack takes                   | header 150 characters, section 3,000, 50 blocks              |
 *
 * Limits: Slack's Block Kit reference (header, section, context; "50 blocks in each message").
 */
import type { Message } from './compose-message.ts';

const HEADER = 150;
const SECTION = 3_000;
/** Of 50; header, links and a note that something is missing take three. */
const SECTIONS = 45;

export type SlackBlock = Record<string, unknown>;

export interface SlackMessage {
  text: string;
  mrkdwn: false;
  unfurl_links: false;
  unfurl_media: false;
  link_names: 0;
  blocks: SlackBlock[];
}

export function slackMessage(message: Message): SlackMessage {
  const title = cut(message.title, HEADER);
  const sections = sectionsOf(message.lines);
  const shown = sections.slice(0, SECTIONS);
  if (sections.length > shown.length) shown.push('… more than a message can hold');
  return {
    text: title,
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    link_names: 0,
    blocks: [
      { type: 'header', text: plain(title) },
      ...shown.map((text): SlackBlock => ({ type: 'section', text: plain(text) })),
      ...(message.links.length === 0
        ? []
        : [
            {
              type: 'context',
              elements: [
                // Addresses of ours, checked to need no escaping, under words of ours.
                {
                  type: 'mrkdwn',
                  text: message.links.map(({ label, url }) => `<${url}|${label}>`).join('  ·  '),
                  verbatim: true,
                },
              ],
            },
          ]),
    ],
  };
}

function plain(text: string): SlackBlock {
  return { type: 'plain_text', text, emoji: false };
}

export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Whole lines gathered up to the limit; a line that is longer alone is broken, never inside an entity. */
function sectionsOf(lines: string[]): string[] {
  const sections: string[] = [];
  let open = '';
  for (const line of lines.flatMap((each) => pieces(each, SECTION))) {
    if (open !== '' && open.length + 1 + line.length > SECTION) {
      sections.push(open);
      open = line;
    } else open = open === '' ? line : `${open}\n${line}`;
  }
  return [...sections, open].filter((section) => section.trim() !== '');
}

/** Escaped text in pieces of at most `limit` UTF-16 units. */
function pieces(line: string, limit: number): string[] {
  const found: string[] = [];
  let open = '';
  for (const character of line) {
    const escaped = escapeSlack(character);
    if (open.length + escaped.length > limit) {
      found.push(open);
      open = '';
    }
    open += escaped;
  }
  return [...found, open];
}

function cut(text: string, limit: number): string {
  const [first = '', ...rest] = pieces(text, limit - 1);
  return rest.length === 0 ? first : `${first}…`;
}

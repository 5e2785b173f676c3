/**
 * A message as mail: subject, a text and the same as HTML. All text in the HTML is escaped, whoever wrote it; there are no
 * images, no style sheets and nothing that is fetched.
 */
import type { Message } from './compose-message.ts';

export interface MailMessage {
  subject: string;
  text: string;
  html: string;
}

/** Subjects are cut by clients long before; longer ones are folded by some servers in ways that break. */
const SUBJECT = 150;

export function mailMessage(message: Message): MailMessage {
  const subject = [...`Rollcall: ${message.title}`].slice(0, SUBJECT).join('');
  const links = message.links.map(({ label, url }) => `${label}: ${url}`);
  return {
    subject,
    text: `${[message.title, '', ...message.lines, ...(links.length === 0 ? [] : ['', ...links])].join('\n')}\n`,
    html: htmlOf(message),
  };
}

function htmlOf({ title, lines, links }: Message): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Rollcall</title></head>',
    '<body style="font-family: sans-serif; line-height: 1.4">',
    `<h2 dir="auto">${escapeHtml(title)}</h2>`,
    ...lines.map((line) => `<div dir="auto">${line.trim() === '' ? '&nbsp;' : escapeHtml(line)}</div>`),
    ...(links.length === 0
      ? []
      : [
          `<p>${links.map(({ label, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`).join(' &middot; ')}</p>`,
        ]),
    '</body></html>',
    '',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (sign) => ENTITIES[sign] ?? sign);
}

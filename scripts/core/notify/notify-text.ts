/** What notify says of itself: counts and titles, which hold no name; and, with --print, the messages as they would go out. */
import { escapeMarkdown } from '../render/escape-markdown.ts';
import type { Message } from './compose-message.ts';
import type { Delivery } from './route-notices.ts';

export interface ToldLine {
  delivery: Delivery;
  message: Message;
  outcome: 'sent' | 'failed' | 'skipped' | 'printed';
  attempts: number;
  reason?: string;
}

/** The document of --json; the lines of a message only where they are printed instead of sent. */
export function notifyJson(told: ToldLine[], warnings: string[], isPrinted: boolean): object {
  const count = (wanted: ToldLine['outcome']): number =>
    told.filter(({ outcome }) => outcome === wanted).length;
  const messages = told.map(({ delivery, message, outcome, attempts, reason }) => ({
    id: delivery.id,
    event: delivery.notice.event,
    channel: delivery.channel,
    people: delivery.notice.people.length,
    title: message.title,
    ...(isPrinted ? { lines: message.lines } : {}),
    outcome,
    attempts,
    ...(reason === undefined ? {} : { reason }),
  }));
  return { sent: count('sent'), failed: count('failed'), skipped: count('skipped'), messages, warnings };
}

/** Each reason once, with how many messages it is about: "3 messages not sent: SLACK_WEBHOOK_URL is not set". */
export function warningsOf(told: ToldLine[]): string[] {
  const counts = new Map<string, number>();
  for (const { reason, outcome } of told) {
    if (reason === undefined) continue;
    const line = outcome === 'sent' ? `sent, but ${reason}` : `not sent: ${reason}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => `${count} ${count === 1 ? 'message' : 'messages'} ${line}`);
}

export function notifyText(told: ToldLine[]): string {
  if (told.length === 0) return 'Nothing to tell.';
  const sent = told.filter(({ outcome }) => outcome === 'sent').length;
  const lines = told.map(
    ({ delivery, message, outcome }) => `  ${outcome} ${delivery.channel}: ${message.title}`,
  );
  return [`${sent} of ${told.length} messages sent.`, ...lines].join('\n');
}

export function notifySummary(told: ToldLine[]): string {
  const warnings = warningsOf(told).map((line) => `- ${escapeMarkdown(line)}`);
  const lines = told.map(
    ({ delivery, message, outcome }) => `- ${outcome} ${delivery.channel}: ${escapeMarkdown(message.title)}`,
  );
  return [
    '### Told',
    '',
    ...(told.length === 0 ? ['Nothing to tell.'] : lines),
    ...(warnings.length === 0 ? [] : ['', ...warnings]),
    '',
  ].join('\n');
}

/** Messages in full, for a person who looks before switching a channel on. */
export function printedText(told: ToldLine[]): string {
  if (told.length === 0) return 'Nothing to tell.';
  return told
    .map(({ delivery, message }) =>
      [
        `--- ${delivery.channel}${delivery.to.length === 0 ? '' : ` to ${delivery.to.join(', ')}`} (${delivery.notice.event})`,
        message.title,
        ...message.lines.map((line) => `  ${line}`),
        ...message.links.map(({ label, url }) => `  ${label}: ${url}`),
      ].join('\n'),
    )
    .join('\n\n');
}

/** Deliveries go out one after the other, and each is remembered as soon as it is taken. */
import { composeMessage, type Message, type MessageContext } from '../core/notify/compose-message.ts';
import type { Delivery } from '../core/notify/route-notices.ts';
import type { Notifier } from '../ports.ts';

export interface SendInput {
  deliveries: Delivery[];
  context: MessageContext;
  notifier: Notifier;
  /** Remembers keys before the next delivery is sent. */
  remember: (keys: string[]) => void;
  isStopping: () => boolean;
  progress: (done: number, total: number) => void;
}

export interface Told {
  delivery: Delivery;
  message: Message;
  outcome: 'sent' | 'failed' | 'skipped';
  attempts: number;
  /** Why it was not sent; fit for a log. */
  reason?: string;
}

/** After so many messages in a row that no retry helped, a channel is left alone: a dead server must not hold the run for hours. */
const PATIENCE = 2;

export async function sendNotifications(input: SendInput): Promise<Told[]> {
  const { deliveries, context, notifier } = input;
  const told: Told[] = [];
  const failures = new Map<string, number>();
  for (const delivery of deliveries) {
    const message = composeMessage(delivery, context);
    const { channel } = delivery;
    const skip = (reason: string): void => {
      told.push({ delivery, message, outcome: 'skipped', attempts: 0, reason });
    };
    const missing = notifier.missing(channel);
    if (missing !== undefined) skip(missing);
    else if (input.isStopping()) skip('the run was asked to stop');
    else if ((failures.get(channel) ?? 0) >= PATIENCE)
      skip(`${channel} failed ${PATIENCE} times before and is left alone in this run`);
    else {
      const sent = await notifier.send(delivery, message, context);
      told.push({ delivery, message, ...sent });
      if (sent.outcome === 'sent') {
        failures.delete(channel);
        input.remember(delivery.keys);
      } else if (sent.attempts > 1) failures.set(channel, (failures.get(channel) ?? 0) + 1);
    }
    input.progress(told.length, deliveries.length);
  }
  return told;
}

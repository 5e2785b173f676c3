/** Delivers webhooks for real, over HTTP, and tries again as the vendor does, on the emulated clock. */
import { callerOf } from './access.ts';
import { plainInstant } from './calendar.ts';
import type { Company, Webhook } from './company.ts';
import type { EmployeeChange } from './effective-changes.ts';
import { composeMessages, encodePayload, type Message, signPayload } from './webhook-payloads.ts';

/** Minutes between one attempt and the next (OpenAPI document): five retries, 155 minutes in all. */
export const RETRY_MINUTES = [5, 10, 20, 40, 80];
const TIMEOUT_MS = 10_000;
const LOG_DAYS = 14;
const LOG_ENTRIES = 200;

/** One line of `webhooks/{id}/log`; instants in the vendor's plain form. */
export interface LogEntry {
  webhookId: string;
  url: string;
  lastAttempted: string;
  lastSuccess: string;
  statusCode: string;
  format: string;
  employeeIds: string[];
}

interface Delivery {
  webhook: Webhook;
  body: string;
  sentAt: string;
  attempts: number;
  entry: LogEntry;
  /** Emulated epoch milliseconds of the next attempt. */
  dueAt: number;
}

export interface Deliveries {
  /** Starts what `changes` cause; returns at once. `now` is the emulated instant of sending. */
  send(changes: EmployeeChange[], at: Date, now: Date): void;
  /** Starts the retries that are due. */
  retry(now: Date): void;
  /** Newest first, 14 days, at most 200. */
  readLog(webhookId: string, now: Date): LogEntry[];
  /** Resolves when nothing is in flight any more. */
  settled(): Promise<void>;
  clear(): void;
  close(): Promise<void>;
}

export function createDeliveries(company: Company): Deliveries {
  const entries: LogEntry[] = [];
  const pending = new Set<Delivery>();
  const timers = new Set<NodeJS.Timeout>();
  const chains = new Map<string, Promise<void>>();
  let abort = new AbortController();
  /** The newest emulated instant seen: a retry that is due before it starts at once. */
  let newest = 0;

  function send(changes: EmployeeChange[], at: Date, now: Date): void {
    for (const webhook of company.webhooks) {
      const owner = callerOf(company, webhook.owner);
      if (owner === undefined || owner === 'disabled') continue;
      for (const message of composeMessages(company, webhook, owner, changes, at))
        enqueue(createDelivery(webhook, message, now));
    }
  }

  function createDelivery(webhook: Webhook, message: Message, now: Date): Delivery {
    const body = encodePayload(message.payload, webhook.format);
    const entry: LogEntry = {
      webhookId: webhook.id,
      url: webhook.url,
      lastAttempted: plainInstant(now),
      // The document's own placeholder where there is no success to name.
      lastSuccess: 'Webhook Not Found',
      statusCode: '0',
      format: webhook.format,
      employeeIds: message.employeeIds,
    };
    return { webhook, body, sentAt: unixSeconds(now), attempts: 0, entry, dueAt: now.getTime() };
  }

  /** Attempts at one webhook go one after the other, so that "created" leaves before "updated". */
  function enqueue(delivery: Delivery): void {
    const { id } = delivery.webhook;
    const { signal } = abort;
    const before = chains.get(id) ?? Promise.resolve();
    chains.set(
      id,
      before.then(() => (signal.aborted ? undefined : attempt(delivery, signal))),
    );
  }

  async function attempt(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { webhook, entry } = delivery;
    const instant = new Date(delivery.dueAt);
    delivery.attempts += 1;
    if (delivery.attempts > 1 && company.switches.resignRetries) delivery.sentAt = unixSeconds(instant);
    if (delivery.attempts === 1) entries.unshift(entry);
    entry.lastAttempted = plainInstant(instant);
    webhook.lastSent = plainInstant(instant);
    const status = await post(webhook, delivery, signal);
    entry.statusCode = String(status);
    if (status >= 200 && status < 300) entry.lastSuccess = plainInstant(instant);
    // A refusal is final; only a failing receiver is tried again.
    if (status !== 0 && status < 500) return;
    const minutes = RETRY_MINUTES[delivery.attempts - 1];
    if (minutes === undefined || signal.aborted) return;
    delivery.dueAt = instant.getTime() + minutes * 60_000;
    pending.add(delivery);
    const scale = company.switches.webhookRetryScale;
    if (scale !== undefined) retryInRealTime(delivery, minutes * 60_000 * scale);
    else if (delivery.dueAt <= newest) retry(new Date(newest));
  }

  function retryInRealTime(delivery: Delivery, delayMs: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (pending.delete(delivery)) enqueue(delivery);
    }, delayMs);
    timer.unref();
    timers.add(timer);
  }

  async function post(webhook: Webhook, delivery: Delivery, signal: AbortSignal): Promise<number> {
    if (!company.switches.webhooksLeaveTheMachine && !isLoopback(webhook.url)) return 0;
    try {
      const response = await fetch(webhook.url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        headers: {
          'content-type':
            webhook.format === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
          'x-bamboohr-timestamp': delivery.sentAt,
          'x-bamboohr-signature': signPayload(delivery.body, delivery.sentAt, webhook.privateKey),
          ...(webhook.includeCompanyDomain ? { 'company-domain': company.name } : {}),
        },
        body: delivery.body,
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  function retry(now: Date): void {
    newest = now.getTime();
    for (const delivery of [...pending].sort((left, right) => left.dueAt - right.dueAt)) {
      if (delivery.dueAt > now.getTime()) break;
      pending.delete(delivery);
      if (company.webhooks.some(({ id }) => id === delivery.webhook.id)) enqueue(delivery);
    }
  }

  function readLog(webhookId: string, now: Date): LogEntry[] {
    const since = plainInstant(new Date(now.getTime() - LOG_DAYS * 86_400_000));
    return entries
      .filter((entry) => entry.webhookId === webhookId && entry.lastAttempted >= since)
      .slice(0, LOG_ENTRIES);
  }

  async function settled(): Promise<void> {
    for (;;) {
      const running = [...chains.values()];
      await Promise.all(running);
      if ([...chains.values()].every((chain) => running.includes(chain))) return;
    }
  }

  function clear(): void {
    abort.abort();
    abort = new AbortController();
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    pending.clear();
    chains.clear();
    entries.length = 0;
    newest = 0;
  }

  return {
    send,
    retry,
    readLog,
    settled,
    clear,
    close: async () => {
      const running = [...chains.values()];
      clear();
      await Promise.all(running);
    },
  };
}

/** An emulator talks to nobody else: any other receiver is as good as down. */
function isLoopback(url: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

function unixSeconds(date: Date): string {
  return String(Math.floor(date.getTime() / 1000));
}

/**
 * Between deliveries and GitHub: gathers ids that arrive together, sends one dispatch at a time, tries again while
 * somebody is still waiting, and tells each delivery what became of its ids before its answer is due.
 *
 * Five hundred terminations at once would be five hundred dispatches, far beyond GitHub's secondary limits (80
 * content-making requests a minute); gathered they are one or two. Nothing is kept beyond the answer: what did not land is answered
 * 503, and BambooHR itself is the queue.
 */
import { countFitting, type Dispatch, employeesDispatch, splitIds } from '../../core/relay/dispatch.ts';
import type { SendDispatch, SendResult } from '../../adapters/relay/send-dispatch.ts';

export type Landing = { landed: true } | { landed: false; reason: string; retryAfterMs: number };

export interface DispatchQueue {
  /** Resolves when a dispatch with all these ids has landed, or when it is time to answer that it has not. */
  submit(employees: string[], receivedAt: number): Promise<Landing>;
}

/** Milliseconds, and dispatches. An answer takes at most `patienceMs` and one attempt (4 s), thus ten seconds. */
export interface QueuePace {
  /** How long the first id waits for company; as much again for each dispatch of late, up to `mostGatherMs`. */
  gatherMs: number;
  mostGatherMs: number;
  patienceMs: number;
  /** Pause after the first failure in a row; doubles up to `mostBackoffMs`. */
  backoffMs: number;
  mostBackoffMs: number;
  /** Dispatches that may leave without a pause, then how many a second: together under 80 in any minute. */
  burst: number;
  perSecond: number;
}

export const PACE: QueuePace = {
  gatherMs: 100,
  mostGatherMs: 1000,
  patienceMs: 6000,
  backoffMs: 250,
  mostBackoffMs: 2000,
  burst: 30,
  perSecond: 0.8,
};

interface Waiting {
  employees: string[];
  receivedAt: number;
  since: number;
  deadline: number;
  answer(landing: Landing): void;
}

export interface QueueParts {
  send: SendDispatch;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** Told of every attempt. */
  sent: (result: SendResult, employees: number) => void;
  pace?: Partial<QueuePace>;
}

export function createDispatchQueue(parts: QueueParts): DispatchQueue {
  const { send, now, sleep, sent } = parts;
  const pace = { ...PACE, ...parts.pace };
  let waiting: Waiting[] = [];
  let pumping = false;
  let failures = 0;
  let failedFor = 'busy';
  /** GitHub is left alone until then. */
  let blockedUntil = 0;
  let tokens = pace.burst;
  let tokensAt = now();

  function submit(employees: string[], receivedAt: number): Promise<Landing> {
    const lists = splitIds(employees).map((list) => enqueue(list, receivedAt));
    return Promise.all(lists).then(
      (landings) => landings.find((landing) => !landing.landed) ?? { landed: true },
    );
  }

  function enqueue(employees: string[], receivedAt: number): Promise<Landing> {
    const since = now();
    const deadline = since + pace.patienceMs;
    if (blockedUntil > deadline) return Promise.resolve(missed(blockedUntil - now()));
    return new Promise((answer) => {
      waiting.push({ employees, receivedAt, since, deadline, answer });
      if (pumping) return;
      pumping = true;
      pump().catch(() => {
        // A bug of ours, seen as its own reason in metrics and log; nobody may be left without an answer.
        pumping = false;
        for (const left of waiting.splice(0)) left.answer(missed(0, 'queue-failed'));
      });
    });
  }

  async function pump(): Promise<void> {
    while (waiting.length > 0) {
      const pause = Math.max(blockedUntil - now(), tokenWaitMs(), gatherWaitMs());
      dismissWhoCannotWait(Math.max(0, pause));
      if (waiting.length === 0) break;
      if (pause > 0) {
        await sleep(pause);
        continue;
      }
      tokens -= 1;
      const batch = waiting.splice(0, countFitting(waiting.map(({ employees }) => employees)));
      settle(batch, await attempt(batch));
    }
    pumping = false;
  }

  async function attempt(batch: Waiting[]): Promise<SendResult> {
    const employees = [...new Set(batch.flatMap((entry) => entry.employees))];
    const dispatch: Dispatch = employeesDispatch(
      employees,
      Math.min(...batch.map((entry) => entry.receivedAt)),
    );
    const result = await send(dispatch).catch((): SendResult => ({ result: 'retry', reason: 'unexpected' }));
    sent(result, employees.length);
    return result;
  }

  function settle(batch: Waiting[], result: SendResult): void {
    if (result.result === 'landed') {
      failures = 0;
      for (const entry of batch) entry.answer({ landed: true });
      return;
    }
    failedFor = result.reason;
    if (result.result === 'refused') {
      for (const entry of batch) entry.answer(missed(0));
      return;
    }
    failures += 1;
    const backoff = Math.min(pace.backoffMs * 2 ** (failures - 1), pace.mostBackoffMs);
    blockedUntil = now() + (result.waitMs ?? backoff);
    waiting.unshift(...batch);
  }

  function dismissWhoCannotWait(pauseMs: number): void {
    const next = now() + pauseMs;
    const late = waiting.filter(({ deadline }) => deadline < next);
    waiting = waiting.filter(({ deadline }) => deadline >= next);
    for (const entry of late) entry.answer(missed(pauseMs));
  }

  function tokenWaitMs(): number {
    const at = now();
    tokens = Math.min(pace.burst, tokens + ((at - tokensAt) / 1000) * pace.perSecond);
    tokensAt = at;
    return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / pace.perSecond) * 1000);
  }

  /** A single leaver goes out at once; a wave is gathered the longer, the more of it there has been. Read after the tokens. */
  function gatherWaitMs(): number {
    const [oldest] = waiting;
    if (oldest === undefined) return 0;
    const most = Math.min(pace.mostGatherMs, pace.patienceMs / 2);
    const gather = Math.min(pace.gatherMs * (1 + pace.burst - tokens), most);
    return Math.ceil(oldest.since + gather - now());
  }

  function missed(retryAfterMs: number, reason = failedFor): Landing {
    return { landed: false, reason, retryAfterMs };
  }

  return { submit };
}

/**
 * Carries out what the pure half allowed: phase by phase, people side by side, one person's chain in order. One person
 * never blocks another, revocations never wait, and every action ends with a result whatever happens.
 */
import pMap from 'p-map';
import type { LiveAccount, LiveDirectory } from '../core/directory/live.ts';
import {
  type Action,
  isHead,
  isRevocation,
  type Phase,
  phaseOf,
  PHASES,
  yieldsAccount,
} from '../core/plan/action.ts';
import type { Verdict } from '../core/plan/execution.ts';
import type { Plan } from '../core/plan/plan-file.ts';
import type { ActionResult } from '../core/record/receipt.ts';
import { Failure } from '../core/values/failure.ts';
import { confirmRevoked } from './confirm-revoked.ts';
import { reasonOf } from './failure-reason.ts';
import type { NewerReceipt } from './receipt-watch.ts';
import { takeBackOvertaken } from './take-back.ts';
import { type Hands, performAction, performUpdates } from './perform.ts';

export interface ExecutionInput {
  plan: Plan;
  verdicts: ReadonlyMap<string, Verdict>;
  /** Results of what this run has done already, by action id. */
  settled?: ReadonlyMap<string, ActionResult> | undefined;
  live: LiveDirectory;
  /** HR id -> account id of everybody who is linked now. */
  linked: ReadonlyMap<string, string>;
  hands: Hands;
  /** Names of main's newest receipts that were not there when this run planned, by person: another run has acted. */
  newerReceipt: (person: string) => Promise<NewerReceipt | undefined>;
  /** ISO instant. */
  now: () => string;
  /** True once a signal asked to stop: nothing new is begun. */
  isStopping: () => boolean;
  progress: (done: number, total: number) => void;
  concurrency: number;
}

interface Chain {
  /** Why this person's grants no longer run. */
  stopped: string | undefined;
  account: string | null;
  isChecked: boolean;
}

/** One result for each action of the plan, in the plan's order. */
export async function executePlan(input: ExecutionInput): Promise<ActionResult[]> {
  const { plan, verdicts, hands } = input;
  const results = new Map(input.settled);
  const chains = new Map<string, Chain>();
  const linked = new Map(input.linked);
  const settle = (action: Action, result: Omit<ActionResult, 'action' | 'at'>): void => {
    results.set(action.id, { action: action.id, at: input.now(), ...result });
    input.progress(results.size, plan.actions.length);
  };
  for (const action of plan.actions) {
    const chain = chainOf(chains, action, linked);
    if (results.has(action.id)) continue;
    const verdict = verdicts.get(action.id) ?? {
      kind: 'not-attempted',
      code: 'unjudged',
      reason: 'not judged',
    };
    if (verdict.kind === 'run') continue;
    if (verdict.kind === 'already') {
      if (verdict.account !== undefined) chain.account = verdict.account;
      settle(action, {
        outcome: 'already',
        attempts: 0,
        ...(chain.account !== null && yieldsAccount(action.kind) ? { account: chain.account } : {}),
        ...(verdict.job === undefined ? {} : { job: verdict.job }),
      });
      if (action.person !== null && chain.account !== null && isHead(action.kind))
        linked.set(action.person, chain.account);
      continue;
    }
    if (isHead(action.kind)) chain.stopped = `${action.kind} was not done: ${verdict.reason}`;
    settle(action, { outcome: verdict.kind, reason: verdict.reason, attempts: 0 });
  }
  for (const phase of PHASES) {
    const open = plan.actions.filter((action) => !results.has(action.id) && phaseOf(action) === phase);
    await stopOvertaken(open);
    if (phase === 'revoke') {
      // Everybody is out before anything else is taken; what follows depends on nothing and nobody.
      const isOut = ({ kind }: Action): boolean => kind === 'suspend';
      await pMap(open.filter(isOut), (action) => runChain([action]), { concurrency: input.concurrency });
      await pMap(
        open.filter((action) => !isOut(action)),
        (action) => runChain([action]),
        { concurrency: input.concurrency },
      );
    } else
      await pMap([...byPerson(open).values()], (actions) => runChain(actions), {
        concurrency: input.concurrency,
      });
    await confirmRevoked(
      plan.actions.filter((action) => confirmedAfter(phaseOf(action)) === phase),
      results,
      input,
    );
  }
  await takeBackOvertaken(plan.actions, results, chainAccounts(), input);
  return plan.actions.map(
    (action) =>
      results.get(action.id) ?? {
        action: action.id,
        outcome: 'not-attempted',
        reason: 'not reached',
        at: input.now(),
        attempts: 0,
      },
  );

  function chainAccounts(): ReadonlyMap<string, string> {
    return new Map(
      [...chains].flatMap(([person, { account }]): [string, string][] =>
        account === null ? [] : [[person, account]],
      ),
    );
  }

  /** Whom an earlier phase gave something is looked up again before the next one gives more; all of them share one read. */
  async function stopOvertaken(open: Action[]): Promise<void> {
    const people = new Set(
      open.flatMap(({ person }) =>
        person !== null && chains.get(person)?.isChecked === true && chains.get(person)?.stopped === undefined
          ? [person]
          : [],
      ),
    );
    await Promise.all(
      [...people].map(async (person) => {
        const chain = chains.get(person)!;
        try {
          const newer = await input.newerReceipt(person);
          if (newer !== undefined) chain.stopped = `another run has acted on this person: ${newer.name}`;
        } catch (error) {
          chain.stopped = reasonOf(error);
        }
      }),
    );
  }

  async function runChain(actions: Action[]): Promise<void> {
    for (const batch of batches(actions)) {
      const first = batch[0]!;
      const chain = chainOf(chains, first, linked);
      const blocked = await whyBlocked(first, chain);
      if (blocked !== undefined) {
        for (const action of batch) settle(action, blocked);
        continue;
      }
      await runBatch(batch, chain);
    }
  }

  async function whyBlocked(
    action: Action,
    chain: Chain,
  ): Promise<Omit<ActionResult, 'action' | 'at'> | undefined> {
    if (input.isStopping())
      return { outcome: 'not-attempted', reason: 'the run was asked to stop', attempts: 0 };
    if (isRevocation(action) || action.kind === 'unschedule' || action.person === null) return undefined;
    if (chain.stopped !== undefined) return { outcome: 'not-attempted', reason: chain.stopped, attempts: 0 };
    if (chain.isChecked) return undefined;
    try {
      const changed = await checkBeforeGrant(action, chain);
      if (changed === undefined) return undefined;
      chain.stopped = changed;
      return { outcome: 'skipped', reason: changed, attempts: 0 };
    } catch (error) {
      // What cannot be checked is not granted.
      chain.stopped = reasonOf(error);
      return { outcome: 'failed', reason: chain.stopped, attempts: 0 };
    }
  }

  /** Before a person's first grant the account and main's newest receipts are read again: an exit may have come between. */
  async function checkBeforeGrant(action: Action, chain: Chain): Promise<string | undefined> {
    chain.isChecked = true;
    const newer = await input.newerReceipt(action.person!);
    if (newer !== undefined) return `another run has acted on this person: ${newer.name}`;
    const planned = input.live.accounts.find(({ id }) => id === chain.account);
    if (planned === undefined) return undefined;
    const now = await hands.reader.readAccount(planned.id);
    if (now === null) return 'the account is gone';
    const hasChanged =
      now.state !== expectedState(planned, results, plan) ||
      (now.anchor !== planned.anchor && now.anchor !== action.person);
    return hasChanged ? 'the account changed while this run was at work' : undefined;
  }

  async function runBatch(batch: Action[], chain: Chain): Promise<void> {
    const action = batch[0]!;
    try {
      const performed =
        batch.length > 1
          ? await performUpdates(batch, chain.account, hands)
          : await performAction(action, chain.account, hands, (person) => linked.get(person) ?? null);
      if (performed.account !== undefined) {
        chain.account = performed.account.id;
        if (action.person !== null) linked.set(action.person, performed.account.id);
      }
      for (const each of batch)
        settle(each, {
          outcome: performed.outcome,
          attempts: performed.attempts,
          ...(chain.account !== null && yieldsAccount(each.kind) ? { account: chain.account } : {}),
          ...(performed.job === undefined ? {} : { job: performed.job }),
        });
    } catch (error) {
      if (batch.length > 1 && isRefused(error)) {
        // One bad value must not keep back the rest.
        for (const each of batch) await runBatch([each], chain);
        return;
      }
      const reason = reasonOf(error);
      for (const each of batch) settle(each, { outcome: 'failed', reason, attempts: 1 });
      if (!isRevocation(action)) chain.stopped = `${action.kind} failed before: ${reason}`;
    }
  }
}

/** The state that the account should have now: as planned, or as a head of this very plan has made it. */
function expectedState(planned: LiveAccount, results: ReadonlyMap<string, ActionResult>, plan: Plan): string {
  for (const action of plan.actions) {
    if (action.account !== planned.id || results.get(action.id)?.outcome !== 'done') continue;
    if (action.kind === 'activate' || action.kind === 'reinstate') return 'ACTIVATED';
    if (action.kind === 'suspend') return 'SUSPENDED';
  }
  return planned.state;
}

/** No suspension waits for the read that shows a job cancelled. */
function confirmedAfter(phase: Phase): Phase {
  return phase === 'cancel' ? 'revoke' : phase;
}

function chainOf(chains: Map<string, Chain>, action: Action, linked: ReadonlyMap<string, string>): Chain {
  const key = action.person ?? `group ${action.target ?? ''}`;
  const known = chains.get(key);
  if (known !== undefined) {
    known.account ??= action.account;
    return known;
  }
  const chain: Chain = {
    stopped: undefined,
    account: action.account ?? (action.person === null ? null : (linked.get(action.person) ?? null)),
    isChecked: false,
  };
  chains.set(key, chain);
  return chain;
}

function byPerson(actions: Action[]): Map<string, Action[]> {
  const map = new Map<string, Action[]>();
  for (const action of actions) {
    const key = action.person ?? `group ${action.target ?? ''}`;
    map.set(key, [...(map.get(key) ?? []), action]);
  }
  return map;
}

/** One person's updates are one PUT; everything else is one by one. */
function batches(actions: Action[]): Action[][] {
  const updates = actions.filter(({ kind }) => kind === 'update');
  const others = actions.filter(({ kind }) => kind !== 'update').map((action) => [action]);
  return updates.length === 0 ? others : [...others, updates];
}

function isRefused(error: unknown): boolean {
  return error instanceof Failure && error.code === 'jumpcloud-refused';
}

/** Export, plan and apply over and over, as the sync does, until there is nothing left to do. */
import { expect } from 'vitest';
import type { Plan } from '../../scripts/core/plan/plan-file.ts';
import type { Line, Ran } from './line-world.ts';

export interface PlanDocument {
  plans: { file: string; lane: string; digest: string; counts: Record<string, number> }[];
  findings: { code: string; severity: string; person?: string; subject?: string; message: string }[];
  held: { person: string; code: string; message: string }[];
}

export interface ApplyDocument {
  receipts: { file: string; outcome: string; counts: Record<string, number> }[];
}

export interface Round {
  planned: PlanDocument;
  plans: Plan[];
  applied: ApplyDocument;
}

/** Exit 0, or the test fails with what the door said. */
export function succeeded(ran: Ran): Ran {
  expect({ exit: ran.exit, err: ran.exit === 0 ? '' : ran.err, out: ran.exit === 0 ? '' : ran.out }).toEqual({
    exit: 0,
    err: '',
    out: '',
  });
  return ran;
}

/** One export and one plan. */
export async function look(line: Line): Promise<PlanDocument> {
  succeeded(await line.run('export', '--json'));
  return succeeded(await line.run('plan', '--json')).json<PlanDocument>();
}

export async function round(line: Line): Promise<Round> {
  const planned = await look(line);
  const digests = new Set(planned.plans.map(({ digest }) => digest));
  const plans = (await line.plans()).filter(({ digest }) => digests.has(digest));
  const applied = succeeded(
    await line.run('apply', '--json', '--approved-by', 'ann,ben'),
  ).json<ApplyDocument>();
  return { planned, plans, applied };
}

/** @returns the rounds that had something to do; the last look, with its empty plan, is not among them. */
export async function settle(line: Line, atMost = 3): Promise<{ rounds: Round[]; rest: PlanDocument }> {
  const rounds: Round[] = [];
  for (;;) {
    const planned = await look(line);
    if (planned.plans.length === 0) return { rounds, rest: planned };
    if (rounds.length >= atMost)
      throw new Error(
        `the plan is not empty after ${atMost} rounds: ${deedsOf((await line.plans()).filter(({ digest }) => planned.plans.some((plan) => plan.digest === digest))).join(', ')}`,
      );
    rounds.push(await round(line));
  }
}

/** `kind person name`, with the name that people know: of the group, the attribute, the manager. */
export function deedsOf(plans: Plan[]): string[] {
  return plans
    .flatMap(({ lane, actions }) =>
      actions.map(({ kind, person, target, before, after }) => {
        const named = (kind === 'join-group' ? after : kind === 'leave-group' ? before : null) as {
          group?: string;
        } | null;
        const what = named?.group ?? (kind === 'adopt' || kind === 'unschedule' ? '' : (target ?? ''));
        return `${lane}: ${[kind, person, what].filter((part) => part !== null && part !== '').join(' ')}`;
      }),
    )
    .sort();
}

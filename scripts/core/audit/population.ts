/** Every change to access in a period, from plans and receipts: what, why, who approved, and that this came first. */
import { type Action, type ActionKind, type Cause, type Risk } from '../plan/action.ts';
import type { Lane, Plan } from '../plan/plan-file.ts';
import type { ActionOutcome, Receipt, ReceiptOutcome } from '../record/receipt.ts';
import { countPeople, type PeopleClass } from '../render/count-people.ts';
import { describeAction } from '../render/describe-action.ts';
import { labelOf, type PeopleNames } from '../render/plan-view.ts';
import { compareText } from '../values/finding.ts';
import { isWithin, type Period, type Span, weekOf } from './period.ts';

/** approved: by people. policy: guardrails.yaml frees it from review. urgent: revoked ahead of review. missing: none is on record. */
export type Authorisation = 'approved' | 'policy' | 'urgent' | 'missing';

export interface Change {
  /** When it was done or decided, ISO in UTC. */
  at: string;
  plan: string;
  lane: Lane;
  action: string;
  kind: ActionKind;
  counted: PeopleClass | 'groups';
  person: string | null;
  /** "1042 Ada Lovelace"; text of strangers. */
  label: string;
  account: string | null;
  target: string | null;
  /** In words; text of strangers. */
  what: string;
  because: string;
  cause: Cause;
  risk: Risk;
  outcome: ActionOutcome;
  reason: string;
  authorisation: Authorisation;
  approvedBy: string[];
  mergedBy: string;
  /** When the plan came to main, and through which commit; '' when git does not know. */
  plannedAt: string;
  plannedIn: string;
  startedAt: string;
  recordedIn: string;
  run: string;
  trigger: string;
}

/** A plan with what became of it. */
export interface RecordedCase {
  name: string;
  plan: Plan;
  receipt: Receipt | undefined;
  /** When it was first committed, on main or on the branch of its pull request. */
  proposedAt: string | undefined;
  plannedAt: string | undefined;
  plannedIn: string | undefined;
  recordedIn: string | undefined;
}

export interface Population {
  plans: number;
  byLane: Record<Lane, number>;
  byOutcome: Record<ReceiptOutcome | 'pending', number>;
  changes: Change[];
  /** Actions that changed something in JumpCloud. */
  done: number;
  pending: { plan: string; lane: Lane; actions: number; since: string }[];
}

export function changesOf(record: RecordedCase, people: PeopleNames): Change[] {
  const { plan, receipt } = record;
  if (receipt === undefined) return [];
  const results = new Map(receipt.results.map((result) => [result.action, result]));
  const classes = classesOf(plan.actions);
  return plan.actions.flatMap((action): Change[] => {
    const result = results.get(action.id);
    if (result === undefined) return [];
    const { kind, person, account, target, because, cause, risk } = action;
    return [
      {
        at: result.at,
        plan: plan.digest,
        lane: plan.lane,
        action: action.id,
        kind,
        counted: person === null ? 'groups' : (classes.get(person) ?? 'mover'),
        person,
        label: person === null ? '' : labelOf(person, people),
        account: result.account ?? account,
        target,
        what: describeAction(action, people).what,
        because,
        cause,
        risk,
        outcome: result.outcome,
        reason: result.reason ?? '',
        authorisation: authorisationOf(plan, receipt),
        approvedBy: receipt.approvedBy,
        mergedBy: receipt.mergedBy ?? '',
        plannedAt: record.plannedAt ?? '',
        plannedIn: record.plannedIn ?? '',
        startedAt: receipt.startedAt,
        recordedIn: record.recordedIn ?? '',
        run: receipt.run ?? '',
        trigger: receipt.trigger ?? '',
      },
    ];
  });
}

function authorisationOf({ lane }: Plan, { approvedBy }: Receipt): Authorisation {
  if (approvedBy.length > 0) return 'approved';
  return lane === 'auto' ? 'policy' : lane === 'urgent' ? 'urgent' : 'missing';
}

/** Joiner, mover or leaver: each person of a plan counts once, as everywhere else. */
export function classesOf(actions: Action[]): Map<string, PeopleClass> {
  const byPerson = new Map<string, Action[]>();
  for (const action of actions)
    if (action.person !== null) {
      const own = byPerson.get(action.person);
      if (own === undefined) byPerson.set(action.person, [action]);
      else own.push(action);
    }
  return new Map(
    [...byPerson].map(([person, own]): [string, PeopleClass] => {
      const { groups: _, ...counts } = countPeople(own);
      const found = Object.entries(counts).find(([, count]) => count > 0)?.[0];
      return [person, (found ?? 'mover') as PeopleClass];
    }),
  );
}

export function populationOf(cases: RecordedCase[], span: Span, people: PeopleNames): Population {
  const population: Population = {
    plans: 0,
    byLane: { auto: 0, review: 0, urgent: 0 },
    byOutcome: { complete: 0, partial: 0, refused: 0, expired: 0, pending: 0 },
    changes: [],
    done: 0,
    pending: [],
  };
  for (const record of cases) {
    const { plan, receipt, plannedAt } = record;
    if (receipt === undefined) {
      if (plannedAt !== undefined && Date.parse(plannedAt) >= span.until) continue;
      population.pending.push({
        plan: plan.digest,
        lane: plan.lane,
        actions: plan.actions.length,
        since: plannedAt ?? '',
      });
    } else if (!isWithin(span, receipt.finishedAt)) continue;
    population.plans += 1;
    population.byLane[plan.lane] += 1;
    population.byOutcome[receipt?.outcome ?? 'pending'] += 1;
    for (const change of changesOf(record, people)) {
      population.changes.push(change);
      if (change.outcome === 'done') population.done += 1;
    }
  }
  population.changes.sort(
    (a, b) => compareText(a.at, b.at) || compareText(a.plan, b.plan) || compareText(a.action, b.action),
  );
  return population;
}

export interface Week {
  /** Its Monday. */
  week: string;
  counts: Record<string, number>;
}

/** People by class and week: somebody whose plan holds ten actions counts once. Weeks without any are there too. */
export function weeksOf(changes: Change[], period: Period): Week[] {
  const seen = new Set<string>();
  const weeks = new Map<string, Record<string, number>>();
  const span = [`${period.from}T12:00:00Z`, `${period.to}T12:00:00Z`] as const;
  for (let at = Date.parse(span[0]); at <= Date.parse(span[1]) + 6 * 86_400_000; at += 7 * 86_400_000) {
    const week = weekOf(period.timeZone, new Date(at).toISOString());
    if (week <= period.to) weeks.set(week, {});
  }
  for (const { person, plan, counted, outcome, at } of changes) {
    if (outcome !== 'done' && outcome !== 'already') continue;
    const key = `${plan} ${person ?? ''}`;
    if (person === null || seen.has(key)) continue;
    seen.add(key);
    const week = weekOf(period.timeZone, at);
    const counts = weeks.get(week) ?? {};
    counts[counted] = (counts[counted] ?? 0) + 1;
    weeks.set(week, counts);
  }
  return [...weeks].sort((a, b) => compareText(a[0], b[0])).map(([week, counts]) => ({ week, counts }));
}

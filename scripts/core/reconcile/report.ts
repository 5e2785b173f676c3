/** The whole comparison as a value: what every form of the report is made from. */
import type { PeopleNames } from '../render/plan-view.ts';
import type { Day } from '../values/calendar.ts';
import { checkExceptions } from './check-exceptions.ts';
import { checkFailures } from './check-failures.ts';
import { checkUnfillable, checkUnmappedValues } from './check-values.ts';
import { compareAccounts } from './compare-accounts.ts';
import { compareActions, compareFindings } from './compare-actions.ts';
import { compareMembers, compareSuspended } from './compare-members.ts';
import { compareDrift, type Drift, DRIFT_KINDS, type DriftKind, KIND_ORDER } from './drift.ts';
import type { Scene } from './scene.ts';

/** read: every difference was looked up. unavailable: the log could not be asked, and why. */
export type LogState =
  | { state: 'read'; since: string; own: string[]; complete: boolean }
  | { state: 'not-needed' }
  | { state: 'unavailable'; why: string };

export interface Report {
  asOf: Day;
  /** Real time, ISO UTC. */
  at: string;
  compared: { people: number; accounts: number; groups: number };
  drift: Drift[];
  log: LogState;
  names: PeopleNames;
}

/** Every difference, without authors yet. */
export function compareAll(scene: Scene): Drift[] {
  return [
    ...compareAccounts(scene),
    ...compareActions(scene),
    ...compareFindings(scene),
    ...compareMembers(scene),
    ...compareSuspended(scene),
    ...checkExceptions(scene),
    ...checkUnmappedValues(scene),
    ...checkUnfillable(scene),
    ...checkFailures(scene),
  ];
}

export function reportOf(parts: Report): Report {
  return { ...parts, drift: [...parts.drift].sort(compareDrift) };
}

export function countByDriftKind(drift: Drift[]): Partial<Record<DriftKind, number>> {
  const counts: Partial<Record<DriftKind, number>> = {};
  for (const kind of KIND_ORDER) {
    const count = drift.filter((item) => item.kind === kind).length;
    if (count > 0) counts[kind] = count;
  }
  return counts;
}

/** Differences of each kind that occurs, in the order of the table. */
export function byKind(drift: Drift[]): { kind: DriftKind; title: string; items: Drift[] }[] {
  return KIND_ORDER.flatMap((kind) => {
    const items = drift.filter((item) => item.kind === kind);
    return items.length === 0 ? [] : [{ kind, title: DRIFT_KINDS[kind], items }];
  });
}

/** "changed by ann@example.com in the console on 2026-11-20T10:00:00Z"; '' when nobody knows. Text of strangers. */
export function authorWords({ by }: Drift): string {
  if (by === undefined) return '';
  const how = by.how === '' ? '' : ` ${by.how}`;
  const at = by.at.replace(/\.\d+Z$/, 'Z');
  switch (by.kind) {
    case 'rollcall':
      return `last changed by Rollcall itself on ${at}`;
    case 'jumpcloud':
      return `changed by JumpCloud itself${how} on ${at}`;
    case 'rollcall-key':
      return `changed with Rollcall's own key${how} on ${at}, on no receipt`;
    case 'others':
      return `changed by ${by.who}${how} on ${at}`;
  }
}

/** The document of --json. */
export function reportDocument(report: Report): object {
  const { asOf, at, compared, drift, log } = report;
  return {
    version: 1,
    asOf,
    at,
    compared,
    counts: countByDriftKind(drift),
    drift: drift.map(({ watch: _, ...item }) => item),
    log,
  };
}

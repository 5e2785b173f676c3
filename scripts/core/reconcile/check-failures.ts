/** What fails again and again with nothing done in between: before the planner lets it wait, and what it never lets wait. */
import type { Action } from '../plan/action.ts';
import type { Deed } from '../record/ledger.ts';
import { compareText } from '../values/finding.ts';
import type { Drift } from './drift.ts';
import type { Scene } from './scene.ts';
import { hasLanded } from '../record/receipt.ts';

/** So many failures in a row are no accident any more; what the planner has put into quarantine it tells itself. */
const IN_A_ROW = 2;

export function checkFailures(scene: Scene): Drift[] {
  const streaks = new Map<string, Deed[]>();
  for (const deed of scene.ledger.deeds) {
    if (deed.outcome === 'failed') streaks.set(keyOf(deed), [...(streaks.get(keyOf(deed)) ?? []), deed]);
    else if (hasLanded(deed.outcome)) streaks.delete(keyOf(deed));
  }
  const wanted = new Map(scene.planned.actions.map((action): [string, Action] => [keyOf(action), action]));
  return [...streaks]
    .flatMap(([key, failures]) => {
      const action = wanted.get(key);
      const last = failures.at(-1);
      return action === undefined || last === undefined || failures.length < IN_A_ROW
        ? []
        : [{ action, last, count: failures.length }];
    })
    .filter(({ last, count }) => !isTold(last, count, scene))
    .sort((a, b) => compareText(b.last.at, a.last.at))
    .map(({ action, last, count }): Drift => {
      const { person, kind, target, reason, at } = last;
      return {
        kind: 'quarantined',
        severity: kind === 'suspend' || kind === 'leave-group' || kind === 'unbind' ? 'critical' : 'warning',
        ...(person === null ? {} : { person }),
        ...(target === null ? {} : { target }),
        message: `${kind} failed ${count} times in a row, last on ${at.slice(0, 10)}${
          reason === undefined ? '' : ` (${reason})`
        }: the next plan tries it again`,
        remedy: 'report',
        action: action.id,
      };
    });
}

function keyOf({ person, kind, target }: Pick<Deed, 'person' | 'kind' | 'target'>): string {
  return [person, kind, target].join('\u0000');
}

function isTold({ person, kind }: Deed, count: number, { planned }: Scene): boolean {
  return planned.findings.some(
    (finding) =>
      finding.code === 'quarantine' &&
      finding.person === (person ?? undefined) &&
      finding.message.startsWith(`${kind} failed ${count} times in a row`),
  );
}

/** Quarantine: what failed again and again with nothing done in between. It comes back only through the next plan. */
import type { Deed } from '../record/ledger.ts';
import { compareText } from '../values/finding.ts';
import type { Drift } from './drift.ts';
import type { Scene } from './scene.ts';

/** So many failures in a row are no accident any more. */
const IN_A_ROW = 2;

export function checkFailures(scene: Scene): Drift[] {
  const streaks = new Map<string, Deed[]>();
  for (const deed of scene.ledger.deeds) {
    const key = `${deed.person ?? ''} ${deed.kind} ${deed.target ?? ''}`;
    if (deed.outcome === 'failed') streaks.set(key, [...(streaks.get(key) ?? []), deed]);
    else if (deed.outcome === 'done' || deed.outcome === 'already') streaks.delete(key);
  }
  return [...streaks.values()]
    .filter((failures) => failures.length >= IN_A_ROW)
    .sort((a, b) => compareText(b.at(-1)?.at ?? '', a.at(-1)?.at ?? ''))
    .map((failures): Drift => {
      const last = failures.at(-1)!;
      const { person, kind, target, reason, at } = last;
      const isWanted = scene.planned.actions.find(
        (action) => action.person === person && action.kind === kind && action.target === target,
      );
      return {
        kind: 'quarantined',
        severity: kind === 'suspend' || kind === 'leave-group' || kind === 'unbind' ? 'critical' : 'warning',
        ...(person === null ? {} : { person }),
        ...(target === null ? {} : { target }),
        message: `${kind} failed ${failures.length} times in a row, last on ${at}${
          reason === undefined ? '' : `: ${reason}`
        }${isWanted === undefined ? '; the plan does not want it any more' : ''}`,
        remedy: 'report',
        ...(isWanted === undefined ? {} : { action: isWanted.id }),
      };
    });
}

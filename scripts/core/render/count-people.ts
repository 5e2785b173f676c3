/**
 * How many joiners, movers and leavers a plan holds. A person counts once, in the first row that fits.
 *
 * | counted as  | when any of the person's actions is                                             |
 * |-------------|---------------------------------------------------------------------------------|
 * | leaver      | suspend for having left, an armed suspension, delete, anything taken for having left |
 * | on leave    | suspend for leave, anything taken for leave                                     |
 * | return      | reinstate, anything given back                                                  |
 * | joiner      | create, activate, an armed activation                                           |
 * | adoption    | adopt                                                                           |
 * | mover       | update, rename, set-manager, join-group, leave-group, bind, unbind              |
 * | rescheduled | unschedule and nothing else                                                     |
 */
import type { Action } from '../plan/action.ts';
import { textIn } from '../values/json-fields.ts';

export type PeopleClass = 'joiner' | 'mover' | 'leaver' | 'leave' | 'return' | 'adoption' | 'rescheduled';

export type PeopleCounts = Record<PeopleClass, number> & { groups: number };

type Row = [PeopleClass, (action: Action) => boolean];

const ROWS: Row[] = [
  [
    'leaver',
    ({ kind, target, before }) =>
      (kind === 'suspend' && textIn(before, 'stage') !== 'leave') ||
      (kind === 'schedule' && target === 'SUSPENDED') ||
      kind === 'delete' ||
      textIn(before, 'taken') === 'left',
  ],
  ['leave', ({ kind, before }) => kind === 'suspend' || textIn(before, 'taken') === 'leave'],
  ['return', (action) => action.kind === 'reinstate' || isRestored(action)],
  ['joiner', ({ kind }) => kind === 'create' || kind === 'activate' || kind === 'schedule'],
  ['adoption', ({ kind }) => kind === 'adopt'],
  ['mover', ({ kind }) => kind !== 'unschedule'],
  ['rescheduled', () => true],
];

/** The order and the words of the summary; plurals are written out because "leaves" would be read as leavers. */
const WORDS: [keyof PeopleCounts, string, string][] = [
  ['joiner', 'joiner', 'joiners'],
  ['mover', 'mover', 'movers'],
  ['leaver', 'leaver', 'leavers'],
  ['leave', 'on leave', 'on leave'],
  ['return', 'return', 'returns'],
  ['adoption', 'adoption', 'adoptions'],
  ['rescheduled', 'rescheduled', 'rescheduled'],
  ['groups', 'new group', 'new groups'],
];

export function countPeople(actions: Action[]): PeopleCounts {
  const best = new Map<string, number>();
  const counts: PeopleCounts = {
    joiner: 0,
    mover: 0,
    leaver: 0,
    leave: 0,
    return: 0,
    adoption: 0,
    rescheduled: 0,
    groups: 0,
  };
  for (const action of actions) {
    if (action.person === null) {
      counts.groups += 1;
      continue;
    }
    const row = ROWS.findIndex(([, matches]) => matches(action));
    best.set(action.person, Math.min(row, best.get(action.person) ?? ROWS.length));
  }
  for (const row of best.values()) counts[ROWS[row]?.[0] ?? 'mover'] += 1;
  return counts;
}

/** "3 joiners, 2 movers, 1 leaver": numbers and fixed words only; "nothing to do" when all are zero. */
export function countsText(counts: PeopleCounts): string {
  const parts = WORDS.flatMap(([key, one, many]) =>
    counts[key] === 0 ? [] : [`${counts[key]} ${counts[key] === 1 ? one : many}`],
  );
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}

/** Title of the pull request. No HR text: titles reach mail subjects, merge commits and chat. */
export function pullRequestTitle(actions: Action[]): string {
  return `Sync: ${countsText(countPeople(actions))}`;
}

function isRestored({ before }: Action): boolean {
  return (
    typeof before === 'object' && before !== null && !Array.isArray(before) && before['restored'] === true
  );
}

/** The one line that says what an edit of the mappings does, and the changes of groups that it counts. */
import { compareText } from '../values/finding.ts';
import type { Place, PreviewDelta } from './preview-view.ts';
import { clampText } from './visible-text.ts';

/** "moves 14 people: +Engineering EU 9, -Engineering 9; changes values of 3": for check titles; visible text, not escaped. */
export function previewHeadline(delta: PreviewDelta): string {
  if (delta.problems.length > 0)
    return `${delta.problems.length} ${delta.problems.length === 1 ? 'problem' : 'problems'} in the mappings`;
  const moved = delta.people.filter(({ joins, leaves }) => joins.length + leaves.length > 0);
  const stages = delta.people.filter(({ stage, account }) => stage !== undefined || account !== undefined);
  const values = delta.people.filter((person) => person.values.length > 0);
  const bound = delta.people.filter(({ binds, unbinds }) => binds.length + unbinds.length > 0);
  const parts = [
    ...(stages.length === 0 ? [] : [`changes the stage or account of ${people(stages.length)}`]),
    ...(moved.length === 0 ? [] : [`moves ${people(moved.length)}: ${movesText(delta)}`]),
    ...(values.length === 0 ? [] : [`changes values of ${people(values.length)}`]),
    ...(bound.length === 0 ? [] : [`changes devices or applications of ${people(bound.length)}`]),
    ...(delta.released.length === 0 ? [] : [`releases ${groups(delta.released.length)}`]),
  ];
  return parts.length === 0 ? 'changes nothing for anybody' : parts.join('; ');
}

/** The largest moves, at most six. */
function movesText(delta: PreviewDelta): string {
  const all = groupChanges(delta);
  const shown = all.slice(0, 6).map(({ sign, group, ids }) => `${sign}${clampText(group, 60)} ${ids.length}`);
  return [...shown, ...(all.length > 6 ? [`and ${all.length - 6} more`] : [])].join(', ');
}

export interface GroupChange {
  sign: '+' | '-';
  group: string;
  ids: string[];
  /** The reasons with the people they hold for, the most frequent first. */
  reasons: { because: string; at: Place | undefined; count: number }[];
}

/** One entry for each group and direction, the largest first. */
export function groupChanges(delta: Pick<PreviewDelta, 'people'>): GroupChange[] {
  const changes = new Map<string, GroupChange>();
  for (const { person, joins, leaves } of delta.people)
    for (const { sign, group, because, at } of [
      ...joins.map((join) => ({ sign: '+' as const, at: undefined, ...join })),
      ...leaves.map((leave) => ({ sign: '-' as const, at: undefined, ...leave })),
    ]) {
      const key = `${sign}${group}`;
      const change = changes.get(key) ?? { sign, group, ids: [], reasons: [] };
      changes.set(key, change);
      change.ids.push(person);
      const reason = change.reasons.find(
        (one) => one.because === because && one.at?.file === at?.file && one.at?.line === at?.line,
      );
      if (reason === undefined) change.reasons.push({ because, at, count: 1 });
      else reason.count += 1;
    }
  for (const { reasons } of changes.values())
    reasons.sort((a, b) => b.count - a.count || compareText(a.because, b.because));
  return [...changes.values()].sort(
    (a, b) => b.ids.length - a.ids.length || compareText(a.group, b.group) || compareText(a.sign, b.sign),
  );
}

export function people(count: number): string {
  return `${count} ${count === 1 ? 'person' : 'people'}`;
}

export function groups(count: number): string {
  return `${count} ${count === 1 ? 'group' : 'groups'}`;
}

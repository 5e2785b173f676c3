/** What a run of the workflows says on the screen of its day. */
import { peopleOf, type Plan } from '../core/plan/plan-file.ts';
import { countPeople, countsText } from '../core/render/count-people.ts';
import { describeAction } from '../core/render/describe-action.ts';
import { changesByPerson, labelOf, type PeopleNames } from '../core/render/plan-view.ts';
import type { Applied, SyncRun } from './runs.ts';
import type { Line, Row } from './screen.ts';

/** Plans for more people than this are told by their numbers. */
const NAMED_PEOPLE = 3;

/** A sync: each lane with what it does, and what was done at once. */
export function tellSync(time: string, run: SyncRun): Row[] {
  const { auto, review, names, applied } = run;
  if (auto === undefined && review === undefined)
    return [
      { time, who: 'plan', lines: [{ bold: 'Nothing to do: JumpCloud is as HR and the mappings want it.' }] },
    ];
  const rows: Row[] = [];
  if (auto !== undefined)
    rows.push(
      { time, who: 'plan, auto', lines: tellPlan(auto, names) },
      {
        time,
        who: 'apply',
        lines: [`${outcomeText(applied)}, at once: guardrails.yaml asks for no review of this`],
      },
    );
  if (review !== undefined) rows.push({ time, who: 'plan, review', lines: tellPlan(review, names) });
  return rows.map((row, index) => (index === 0 ? row : { ...row, time: '' }));
}

export function tellPlan(plan: Plan, names: PeopleNames): Line[] {
  const counts = { bold: countsText(countPeople(plan.actions)) };
  if (peopleOf(plan).length > NAMED_PEOPLE) {
    const kinds = Object.entries(plan.counts).map(([kind, count]) => `${count} ${kind}`);
    return [counts, `  ${kinds.join(', ')}`];
  }
  return [
    counts,
    ...changesByPerson(plan.actions).flatMap(({ person, actions }): Line[] => [
      labelOf(person, names),
      ...actions.map((action) => {
        const { sign, line } = describeAction(action, names);
        return { sign, text: line };
      }),
    ]),
  ];
}

export function tellReview(time: string, number: number, logins: string[], applied: Applied[]): Row[] {
  const who = logins.length === 1 ? `${logins[0] ?? ''} approves` : `${logins.join(' and ')} approve`;
  return [
    { time, who: 'review', lines: [`${who} pull request ${number}, ${logins[0] ?? ''} merges it`] },
    { time: '', who: 'apply', lines: [outcomeText(applied)] },
  ];
}

/** People who are held, and why. */
export function tellHeld({ held, names }: SyncRun): Line[] {
  return held.map(({ person, code, message }) => `${labelOf(person, names)}: ${message} (${code})`);
}

/** Who was found to have left, with an account still open. */
export function tellSuspensions({ review, names }: SyncRun): Line[] {
  return (review?.actions ?? [])
    .filter(({ kind }) => kind === 'suspend')
    .map(({ person, because }) => ({
      sign: '-',
      text: `${labelOf(person ?? '', names)} suspended: ${because}`,
    }));
}

/** Who was on hold in an earlier run and no longer is. */
export function tellCleared(earlier: SyncRun, later: SyncRun): Line[] {
  const still = new Set(later.held.map(({ person }) => person));
  return earlier.held
    .filter(({ person }) => !still.has(person))
    .map(
      ({ person, code }) =>
        `${labelOf(person, earlier.names)} was on hold (${code}) until the others were adopted`,
    );
}

/** "185 of 185 done" */
export function outcomeText(applied: Applied[]): string {
  const counts = applied.flatMap(({ counts: each }) => Object.entries(each));
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  const done = counts.reduce(
    (sum, [outcome, count]) => (outcome === 'done' || outcome === 'already' ? sum + count : sum),
    0,
  );
  return `${done} of ${all} done`;
}

/** The figures and tables that the evidence and the picture of the company share. */
import type { AgedEntry } from './aged-entries.ts';
import { ageBuckets, type Evidence, hoursText } from './evidence.ts';
import { bars, dotsOverTime, stackedBars } from './html-charts.ts';
import { badge, empty, type Markup, table } from './html-page.ts';
import { spanOf } from './period.ts';
import type { Week } from './population.ts';

const CLASSES: [key: string, name: string, colour: string][] = [
  ['joiner', 'joiners', 'c1'],
  ['mover', 'movers', 'c2'],
  ['leaver', 'leavers', 'c3'],
  ['leave', 'on leave', 'c4'],
  ['return', 'returns', 'c5'],
  ['adoption', 'adoptions', 'c6'],
  ['rescheduled', 'rescheduled', 'c6'],
];

export function weeksChart(weeks: Week[]): Markup {
  const total = (key: string): number => weeks.reduce((sum, { counts }) => sum + (counts[key] ?? 0), 0);
  const said = CLASSES.filter(([key]) => total(key) > 0).map(([key, name]) => `${total(key)} ${name}`);
  if (said.length === 0) return empty('Nothing was changed.');
  return stackedBars(
    {
      id: 'weeks',
      title: 'People whose access changed, by week',
      description: `${weeks.length} weeks with ${said.join(', ')}; each bar is one week, named by its Monday.`,
    },
    weeks.map(({ week }) => week),
    CLASSES.map(([key, name, colour]) => ({
      name,
      colour,
      values: weeks.map(({ counts }) => counts[key] ?? 0),
    })),
  );
}

/** Time to suspend, one mark a leaver; shared with the picture of the company's state. */
export function suspensionChart({
  period,
  timeliness,
  labels,
}: Pick<Evidence, 'period' | 'timeliness' | 'labels'>): Markup {
  const leavers = timeliness.timings.filter(
    ({ passage, doneAt, inherited }) => passage === 'leaver' && doneAt !== '' && !inherited,
  );
  const { p50, p95, max, breaches, goal } = timeliness.distributions.leaver;
  if (leavers.length === 0) return empty('Nobody was suspended for leaving.');
  const { from, until } = spanOf(period);
  return dotsOverTime(
    {
      id: 'suspensions',
      title: 'Hours from the end of the last day until the account was suspended',
      description: `${leavers.length} leavers: the median is ${hoursText(p50)}, the 95th percentile ${hoursText(p95)}, the longest ${hoursText(max)}; ${breaches} later than the goal of ${goal} hours. Below zero is ahead of time. Values beyond the scale stand at its upper edge.`,
    },
    leavers.map((timing) => ({
      at: Math.min(until, Math.max(from, Date.parse(timing.doneAt))),
      value: timing.hours,
      tone: timing.breach ? 'bad' : 'plain',
      label: `${labels[timing.person] ?? timing.person}: ${hoursText(timing.hours)}, ${timing.how}`,
    })),
    { from, until, unit: 'h', goal, goalText: `goal ${goal} h` },
  );
}

export function agedChart(entries: AgedEntry[], what: string): Markup {
  const buckets = ageBuckets(entries);
  const count = buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  return bars(
    {
      id: `ages-${what.toLowerCase()}`,
      title: `${what} in force, by age`,
      description: `${count} in all: ${buckets.map(({ label, count: own }) => `${own} ${label}`).join(', ')}.`,
    },
    buckets,
    'c4',
  );
}

export function agedTable(entries: AgedEntry[], labels: Record<string, string>, what: string): Markup {
  return table(
    `${what}, oldest first`,
    [
      { title: 'what' },
      { title: 'about' },
      { title: 'owner' },
      { title: 'reason' },
      { title: 'since' },
      { title: 'age', numeric: true },
      { title: 'ends' },
      { title: 'renewed', numeric: true },
    ],
    entries.map(({ kind, about, owner, reason, since, by, ageDays, expires, renewals, stale, until }) => [
      kind,
      labels[about] ?? about,
      owner,
      reason,
      `${since.slice(0, 10)}, by ${by}`,
      `${ageDays} d`,
      until !== ''
        ? badge('plain', `gone ${until.slice(0, 10)}`)
        : stale
          ? badge('warn', `ended ${expires}, still there`)
          : expires,
      renewals,
    ]),
  );
}

/**
 * What is told before or without any receipt. All of these stand for days, so each is news only against what main knew
 * already: `known` holds what the plans and person files of the checked-out commit said.
 *
 * | event             | told                                                                                  |
 * |-------------------|---------------------------------------------------------------------------------------|
 * | needs-review      | once a plan of lane review: it waits for approval                                     |
 * | held              | once a person, code and month: nothing is granted or taken until somebody decides     |
 * | guardrail-refused | once a day a code and person that a guardrail holds against a plan; a refused export;     |
 * |                   | at once whom the urgent lane leaves inside, which writes no plan of them                  |
 * | failed            | once a run: jobs of it that failed, receipt or not                                    |
 * | silence           | no successful run for as many hours as the file says, and again after as many more    |
 *
 * A budget that is overrun is a guardrail-refused: it pages, because people may stay inside until two approve.
 */
import type { Plan } from '../plan/plan-file.ts';
import type { PersonFile } from '../people/person-file.ts';
import type { Manifest } from '../record/manifest.ts';
import { countPeople } from '../render/count-people.ts';
import { secondsBetween } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';
import { GUARDRAIL_CODES, isGuardrailCode } from '../values/guardrail-codes.ts';
import { compareHrIds } from '../values/hr-id.ts';
import { announcesExit } from './future-exit.ts';
import type { PersonCode } from './people-word.ts';
import { type Notice, noticeKey } from './notice.ts';
import { kindsText, peopleIn } from './receipt-notices.ts';

export interface Standing {
  /** Plans that are news: of this run, on main or in the pull request. */
  plans: Plan[];
  /** Person files that are news. */
  people: Pick<PersonFile, 'stage' | 'hold' | 'employee'>[];
  /** Others whom the planner holds. */
  held: PersonCode[];
  known: Known;
  /** Of this run, ISO. */
  at: string;
  run: string | undefined;
}

/** `<person> <code>` of holds and of guardrails that were told or could be read before. */
export interface Known {
  held: ReadonlySet<string>;
  refused: ReadonlySet<string>;
}

export function standingNotices(standing: Standing): Notice[] {
  const { plans, at, run } = standing;
  const rest = { at, ...(run === undefined ? {} : { run }) };
  return [
    ...plans.filter(({ lane }) => lane === 'review').map((plan) => reviewNotice(plan, rest)),
    ...heldNotices(standing, rest),
    ...plans.flatMap((plan) => guardrailNotices(plan, standing.known, rest)),
  ];
}

function reviewNotice(plan: Plan, rest: Pick<Notice, 'at' | 'run'>): Notice {
  const shown = plan.actions.filter((action) => !announcesExit(action));
  const { leave, return: back, groups, ...rows } = countPeople(shown);
  const counts = { ...rows, 'on leave': leave, return: back, 'new group': groups };
  return {
    event: 'needs-review',
    key: noticeKey('needs-review', { plan: plan.digest }),
    people: peopleIn(shown, kindsText),
    counts: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    others: plan.actions.length - shown.length,
    plan: { digest: plan.digest, asOf: plan.asOf, lane: plan.lane },
    ...rest,
  };
}

/** One notice a person and code, so that each is remembered on its own; the route tells them in one message. */
function heldNotices(
  { plans, people, held: others, known }: Standing,
  rest: Pick<Notice, 'at' | 'run'>,
): Notice[] {
  const held = new Map<string, { person: string; code: string }>();
  for (const { person, code } of [...heldIn(plans, people), ...others])
    if (!known.held.has(`${person} ${code}`)) held.set(`${person} ${code}`, { person, code });
  return [...held.values()]
    .sort((a, b) => compareHrIds(a.person, b.person) || compareText(a.code, b.code))
    .map(({ person, code }) => ({
      event: 'held',
      // Without git a ledger alone remembers: who is still, or again, on hold next month is told of again.
      key: noticeKey('held', { person, code, month: rest.at.slice(0, 7) }),
      people: [{ person, code, did: `on hold: ${code}` }],
      together: 'held',
      ...rest,
    }));
}

export function heldIn(
  plans: Pick<Plan, 'held'>[],
  people: Pick<PersonFile, 'stage' | 'hold' | 'employee'>[],
): { person: string; code: string }[] {
  return [
    ...people.flatMap(({ stage, hold, employee }) =>
      stage === 'hold' ? [{ person: employee.id, code: codeOf(hold?.code ?? 'hold') }] : [],
    ),
    ...plans.flatMap((plan) => plan.held.map(({ person, code }) => ({ person, code: codeOf(code) }))),
  ];
}

/** One notice a code and person: what is refused besides tomorrow must not tell today's again. */
function guardrailNotices(plan: Plan, known: Known, rest: Pick<Notice, 'at' | 'run'>): Notice[] {
  return refusedIn([plan])
    .filter((pair) => !known.refused.has(pair))
    .map((pair): Notice => {
      const [person = '', code = ''] = pair.split(' ');
      return {
        event: 'guardrail-refused',
        key: noticeKey('guardrail-refused', { pair, day: plan.asOf }),
        people: person === '' ? [] : [{ person, code, did: code }],
        codes: [code],
        together: plan.digest,
        plan: { digest: plan.digest, asOf: plan.asOf, lane: plan.lane },
        ...rest,
      };
    });
}

/** What stands against actions of a plan; who is on hold is told of by itself. */
function isGuardrail(code: string): boolean {
  return isGuardrailCode(code) && ['blocks', 'reviews', 'tells'].includes(GUARDRAIL_CODES[code].does);
}

/** `<person> <code>` of what guardrails hold against plans; the person may be ''. Sorted, each once. */
export function refusedIn(plans: Pick<Plan, 'findings'>[]): string[] {
  const pairs = plans.flatMap(({ findings }) =>
    findings
      .filter(({ code, severity }) => isGuardrail(code) && severity !== 'info')
      .map(({ code, person }) => `${person ?? ''} ${code}`),
  );
  return [...new Set(pairs)].sort(compareText);
}

/** The sync proposes their exit and tells of it again: an hour inside that nobody knows of is worse than a second page. */
export function insideNotices(inside: readonly PersonCode[], at: string, run: string | undefined): Notice[] {
  return inside.map(({ person, code }) => ({
    event: 'guardrail-refused',
    key: noticeKey('guardrail-refused', { inside: person, code, day: at.slice(0, 10) }),
    at,
    people: [{ person, code, did: `stays inside until the exit is reviewed: ${code}` }],
    codes: [code],
    together: 'inside',
    ...(run === undefined ? {} : { run }),
  }));
}

/** An export that was refused: nothing may be planned on it. */
export function exportNotice(manifest: Manifest | undefined, run: string | undefined): Notice[] {
  if (manifest === undefined || manifest.complete) return [];
  const codes = [codeOf(manifest.refused ?? 'incomplete-export')];
  return [
    {
      event: 'guardrail-refused',
      key: noticeKey('guardrail-refused', { codes, day: manifest.asOf }),
      at: manifest.finishedAt,
      people: [],
      codes,
      ...(run === undefined ? {} : { run }),
    },
  ];
}

/** Jobs of this run that failed; `run` is its id, so that a second attempt of the same run is the same event. */
export function runNotice(
  jobs: string[],
  run: { id: string; url: string | undefined },
  at: string,
): Notice[] {
  if (jobs.length === 0) return [];
  return [
    {
      event: 'failed',
      key: noticeKey('failed', { run: run.id, jobs: [...jobs].sort() }),
      at,
      people: [],
      jobs: [...jobs].sort(),
      ...(run.url === undefined ? {} : { run: run.url }),
    },
  ];
}

/**
 * Told once for every `limit` hours of it.
 *
 * @param last when a run last succeeded, as far as anybody knows
 * @param looked when this was looked at before: what was due by then was told then
 */
export function silenceNotice(
  last: string | undefined,
  now: string,
  limit: number,
  looked: string | undefined,
): Notice[] {
  const day = now.slice(0, 10);
  if (last === undefined)
    return looked?.slice(0, 10) === day
      ? []
      : [
          {
            event: 'silence',
            key: noticeKey('silence', { last: null, day }),
            at: now,
            people: [],
            silence: { last: null, hours: 0 },
          },
        ];
  const timesBy = (instant: string): number => Math.floor(secondsBetween(last, instant) / 3_600 / limit);
  const times = timesBy(now);
  if (times < 1 || (looked !== undefined && timesBy(looked) >= times)) return [];
  const hours = Math.floor(secondsBetween(last, now) / 3_600);
  return [
    {
      event: 'silence',
      key: noticeKey('silence', { last, times }),
      at: now,
      people: [],
      silence: { last, hours },
    },
  ];
}

/** A code is kebab-case; whatever else stands there is no code and is not repeated. */
function codeOf(text: string): string {
  return /^[a-z][a-z0-9-]{0,60}$/.test(text) ? text : 'other';
}

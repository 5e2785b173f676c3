/** The evidence of a period, gathered from the archive: git log, plans, receipts, person files, and nothing else. */
import { ageEntries, type AgedEntry, type EntryVersion } from '../core/audit/aged-entries.ts';
import { unreadablePerson } from '../core/audit/check-tree.ts';
import { type Evidence, evidenceOf } from '../core/audit/evidence.ts';
import { type AnsweredChange, type Signature, trailersOf } from '../core/audit/history.ts';
import { type Period, spanOf } from '../core/audit/period.ts';
import { populationOf, type RecordedCase } from '../core/audit/population.ts';
import { type Facts, type Passage, timingsOf } from '../core/audit/timeliness.ts';
import type { PersonFile } from '../core/people/person-file.ts';
import { peopleOf } from '../core/plan/plan-file.ts';
import { labelOf, type PeopleNames, type PersonName, personNameOf } from '../core/render/plan-view.ts';
import { type Finding, orderFindings } from '../core/values/finding.ts';
import { personFileOf } from '../core/values/hr-id.ts';
import type { Archive } from './archive.ts';
import { checkAllDuties, type RecordOfMain } from './verify-record.ts';

const AT_ONCE = 200;

/** Everybody of a commit, and a finding for each file that does not read: somebody is missing from every list then. */
export async function readPeopleAt(
  archive: Archive,
  commit: string,
): Promise<{ people: PersonFile[]; unreadable: Finding[] }> {
  const blobs = commit === archive.head ? archive.state : await archive.filesAt(commit, 'state/people');
  const wanted = [...blobs].filter(([path]) => path.startsWith('state/people/') && path.endsWith('.yaml'));
  const people: PersonFile[] = [];
  const unreadable: Finding[] = [];
  for (let start = 0; start < wanted.length; start += AT_ONCE)
    for (const [path, file] of await Promise.all(
      wanted
        .slice(start, start + AT_ONCE)
        .map(async ([name, blob]) => [name, await archive.person(blob)] as const),
    ))
      if (file === undefined) unreadable.push(unreadablePerson(path, commit));
      else people.push(file);
  return { people, unreadable };
}

export function namesOfPeople(people: PersonFile[]): PeopleNames {
  return new Map(people.map((person): [string, PersonName] => [person.employee.id, personNameOf(person)]));
}

/** Plans with receipts, and when git got them. */
export function casesOf({ plans, receipts, arrivals }: RecordOfMain): RecordedCase[] {
  return [...plans].map(([name, plan]) => {
    const planned = arrivals.get(`state/plans/${name}`);
    return {
      name,
      plan,
      receipt: receipts.get(name),
      proposedAt: planned?.origin?.at ?? planned?.main.at,
      plannedAt: planned?.main.at,
      plannedIn: planned?.main.id,
      recordedIn: arrivals.get(`state/receipts/${name}`)?.main.id,
    };
  });
}

export interface GatherOptions {
  period: Period;
  goals: Record<Passage, number>;
  generatedAt: string;
  /** What verifying found, for the section of integrity. */
  integrity: Finding[];
  derived: boolean;
}

export async function gatherEvidence(
  archive: Archive,
  record: RecordOfMain,
  options: GatherOptions,
): Promise<Evidence> {
  const { period, goals } = options;
  const cases = casesOf(record);
  const { people, unreadable } = await readPeopleAt(archive, archive.head);
  const names = namesOfPeople(people);
  const population = populationOf(cases, spanOf(period), names);
  const versions = versionsOf(record.changes);
  const startTime = (await archive.policyAt(archive.head))?.lifecycle.start.time ?? '00:00';
  const facts = await readFacts(archive, cases, versions, record);
  const timings = timingsOf({
    cases,
    period,
    goals,
    startTime,
    recordBegan: record.changes.find(({ change }) => change.path.startsWith('state/people/'))?.main.at ?? '',
    factsFor: (person, { name }) =>
      facts.get(`${name} ${person}`) ?? { hireDate: undefined, lastDay: undefined },
    leftNow: leftNow(people, cases, versions),
  });
  const [exceptions, overrides] = await Promise.all([
    readAged(archive, record.changes, 'mappings/exceptions.yaml', period),
    readAged(archive, record.changes, 'mappings/guardrails.yaml', period),
  ]);
  const involved = new Set([
    ...population.changes.flatMap(({ person }) => person ?? []),
    ...timings.map(({ person }) => person),
    ...exceptions.map(({ about }) => about),
  ]);
  return evidenceOf({
    period,
    generatedAt: options.generatedAt,
    head: archive.head,
    cases,
    population,
    timings,
    goals,
    exceptions,
    overrides,
    duties: await checkAllDuties(archive, record),
    integrity: {
      findings: orderFindings([...options.integrity, ...unreadable]),
      derived: options.derived,
      commits: archive.history.mainline.length,
      ...vouching(record.changes),
    },
    labels: Object.fromEntries(
      [...involved].filter((id) => names.has(id)).map((id) => [id, labelOf(id, names)]),
    ),
  });
}

function versionsOf(changes: AnsweredChange[]): Map<string, AnsweredChange[]> {
  const versions = new Map<string, AnsweredChange[]>();
  for (const answered of changes) {
    const { path } = answered.change;
    if (path.startsWith('state/people/')) versions.set(path, [...(versions.get(path) ?? []), answered]);
  }
  return versions;
}

/** First day and last day of whoever starts or leaves by a plan, as the commit of the plan had them, or the next export. */
async function readFacts(
  archive: Archive,
  cases: RecordedCase[],
  versions: ReadonlyMap<string, AnsweredChange[]>,
  { arrivals }: RecordOfMain,
): Promise<Map<string, Facts>> {
  const facts = new Map<string, Facts>();
  const wanted: { key: string; blob: string; later: string | undefined; isExit: boolean }[] = [];
  for (const { name, plan } of cases) {
    const arrival = arrivals.get(`state/plans/${name}`);
    if (arrival === undefined) continue;
    const passing = plan.actions.filter(
      ({ kind }) => kind === 'suspend' || kind === 'schedule' || kind === 'create' || kind === 'activate',
    );
    for (const person of peopleOf({ actions: passing })) {
      const path = personFileOf(person);
      const own = versions.get(path) ?? [];
      const then = own.findLast(({ index }) => index <= arrival.index)?.change.after;
      const later = own.find(({ index }) => index > arrival.index)?.change.after ?? undefined;
      const isExit = passing.some((action) => action.person === person && action.kind === 'suspend');
      if (then !== undefined && then !== null)
        wanted.push({ key: `${name} ${person}`, blob: then, later, isExit });
    }
  }
  for (let start = 0; start < wanted.length; start += AT_ONCE)
    await Promise.all(
      wanted.slice(start, start + AT_ONCE).map(async ({ key, blob, later, isExit }) => {
        let file = await archive.person(blob);
        // The urgent lane acts before the facts are exported.
        if (isExit && file?.stage !== 'left' && later !== undefined)
          file = (await archive.person(later)) ?? file;
        facts.set(key, factsOf(file, isExit));
      }),
    );
  return facts;
}

function factsOf(file: PersonFile | undefined, isExit: boolean): Facts {
  const employee = file?.employee as Record<string, string> | undefined;
  const lastDay =
    isExit && file?.stage !== 'left' && file?.stage !== 'hold' ? undefined : employee?.['terminationDate'];
  return { hireDate: employee?.['hireDate'], lastDay };
}

/** Leavers of the newest export whose account the record names. */
function leftNow(
  people: PersonFile[],
  cases: RecordedCase[],
  versions: ReadonlyMap<string, AnsweredChange[]>,
): { person: string; lastDay: string | undefined; knownAt: string }[] {
  const known = new Set(cases.flatMap(({ plan, receipt }) => (receipt === undefined ? [] : peopleOf(plan))));
  return people
    .filter(({ stage, employee }) => stage === 'left' && known.has(employee.id))
    .map((person) => ({
      person: person.employee.id,
      lastDay: person.employee['terminationDate'] as string | undefined,
      knownAt: versions.get(personFileOf(person.employee.id))?.at(-1)?.main.at ?? '',
    }));
}

/** Exceptions, or overrides of guardrails, from every version of their file. */
export async function readAged(
  archive: Archive,
  changes: AnsweredChange[],
  path: string,
  period: Period,
): Promise<AgedEntry[]> {
  const versions: EntryVersion[] = [];
  for (const { change, main, origin } of changes) {
    if (change.path !== path) continue;
    const commit = origin ?? main;
    const entries = await archive.entries(path, change.after);
    // A version that does not read says nothing about what was in force.
    if (entries !== undefined)
      versions.push({ at: main.at, commit: commit.id, author: commit.author, entries });
  }
  const { from } = spanOf(period);
  return ageEntries(versions, period.to, new Date(from).toISOString());
}

function vouching(changes: AnsweredChange[]): Pick<Evidence['integrity'], 'signatures' | 'authors'> {
  const commits = new Map(
    changes.flatMap(({ change, origin, main }) => {
      const commit = origin ?? main;
      return change.path.startsWith('state/') ? [[commit.id, commit] as const] : [];
    }),
  );
  const signatures: Record<Signature, number> = { good: 0, unchecked: 0, doubtful: 0, bad: 0, none: 0 };
  const authors = new Map<string, number>();
  for (const commit of commits.values()) {
    signatures[commit.signature] += 1;
    const author = `${commit.author} <${commit.authorEmail}>${trailersOf(commit, 'Source').length + trailersOf(commit, 'Plan-Digest').length > 0 ? '' : ', without trailers'}`;
    authors.set(author, (authors.get(author) ?? 0) + 1);
  }
  return {
    signatures,
    authors: [...authors]
      .map(([author, count]) => ({ author, commits: count }))
      .sort((a, b) => b.commits - a.commits),
  };
}

/** explain over a checkout that was read once, and JumpCloud where it may be asked. */
import type { LiveDirectory } from '../core/directory/live.ts';
import { type Explanation, explainPerson, nextOf } from '../core/explain/explanation.ts';
import { explainGroup, type GroupExplanation } from '../core/explain/group-explanation.ts';
import type { TracedPlan } from '../core/explain/record-trace.ts';
import type { LineCommits } from '../core/explain/rule-trace.ts';
import { compareImagined, imagine } from '../core/explain/what-if.ts';
import type { MappingSources } from '../core/mappings/policy.ts';
import { rederive } from '../core/people/person.ts';
import type { PersonFile } from '../core/people/person-file.ts';
import { reservationsOf } from '../core/people/reservations.ts';
import { planChanges, type Planned } from '../core/plan/planner.ts';
import { createAttribution } from '../core/reconcile/attribute-drift.ts';
import type { Drift } from '../core/reconcile/drift.ts';
import { ownWritesOf } from '../core/reconcile/own-writes.ts';
import type { RecordedPlan } from '../core/record/ledger.ts';
import { personNameOf } from '../core/render/plan-view.ts';
import { Failure } from '../core/values/failure.ts';
import type { DirectoryLog, DirectoryReader } from '../ports.ts';
import { type Desk, planDesk } from './plan-desk.ts';

export interface LiveSources {
  reader: DirectoryReader;
  log: DirectoryLog;
}

const LOG_DAYS = 90;

export async function explainPersonAt(
  desk: Desk,
  file: PersonFile,
  options: {
    recorded: RecordedPlan[];
    /** Plans that wait in the pull request. */
    open: TracedPlan[];
    sources: Pick<MappingSources, 'lifecycle' | 'naming'>;
    /** Facts to imagine. */
    set: Record<string, string> | undefined;
    live: LiveSources | undefined;
    progress: (text: string) => void;
    readCommits: (person: PersonFile) => Promise<LineCommits>;
  },
): Promise<Explanation> {
  const { recorded, open, sources, set, live, progress } = options;
  const { policy, ledger, asOf, pins } = desk;
  const { id } = file.employee;
  const reserved = reservationsOf(desk.people, ledger);
  const rest = { ledger, reserved, asOf };
  const { person, failure } = rederive(file, rest, policy);
  const imagined = set === undefined ? undefined : imagine(file, set, policy, rest);
  const [asked, commits] = await Promise.all([
    // Read for both at once: what the imagined person would need is read too.
    live === undefined ? undefined : planDesk(desk, live.reader, { only: [id], lane: undefined, progress }),
    options.readCommits(person),
  ]);
  const names = new Map(desk.people.map((each) => [each.employee.id, personNameOf(each)]));
  const explanation = explainPerson({
    person,
    failure,
    policy,
    sources,
    recorded,
    open,
    ledger,
    pins,
    commits,
    names,
    asOf,
    live:
      asked === undefined
        ? undefined
        : {
            people: asked.planned.people,
            directory: await withMemberships(asked.live, asked.planned.linked.get(id), live?.reader),
            planned: asked.planned,
          },
  });
  if (imagined === undefined || set === undefined) return explanation;
  const next =
    asked === undefined ? null : nextOf(await planImagined(desk, imagined, live, asked, progress), id, names);
  return {
    ...explanation,
    whatIf: { ...compareImagined(person, imagined, set, policy), next: next?.actions ?? null },
  };
}

/** A plan reads the groups that mappings name; somebody who asks why a person has what they have means all of them. */
async function withMemberships(
  directory: LiveDirectory,
  account: string | undefined,
  reader: DirectoryReader | undefined,
): Promise<LiveDirectory> {
  if (account === undefined || reader === undefined || directory.memberships.has(account)) return directory;
  const memberships = await reader.readMemberships(account);
  return { ...directory, memberships: new Map([...directory.memberships, [account, memberships]]) };
}

/** Somebody who would leave needs more of JumpCloud to be read: their groups and devices. */
async function planImagined(
  desk: Desk,
  imagined: PersonFile,
  live: LiveSources | undefined,
  asked: { planned: Planned; live: LiveDirectory },
  progress: (text: string) => void,
): Promise<Planned> {
  const { id } = imagined.employee;
  const people = desk.people.map((person) => (person.employee.id === id ? imagined : person));
  const isSameStage =
    asked.planned.people.find(({ employee }) => employee.id === id)?.stage === imagined.stage;
  if (isSameStage || live === undefined)
    return planChanges({ ...desk, people, live: asked.live, only: new Set([id]), lane: undefined });
  const { planned } = await planDesk({ ...desk, people }, live.reader, {
    only: [id],
    lane: undefined,
    progress,
  });
  return planned;
}

export async function explainGroupAt(
  desk: Desk,
  group: string,
  options: {
    recorded: RecordedPlan[];
    open: TracedPlan[];
    commits: LineCommits;
    now: () => string;
    live: LiveSources | undefined;
    progress: (text: string) => void;
  },
): Promise<GroupExplanation> {
  const { recorded, open, commits, now, live, progress } = options;
  const { policy, ledger, asOf } = desk;
  const reserved = reservationsOf(desk.people, ledger);
  const asked = live === undefined ? undefined : await readGroup(desk, group, live, progress);
  const people =
    asked?.planned.people ??
    desk.people.map((file) => rederive(file, { ledger, reserved, asOf }, policy).person);
  const explanation = explainGroup({
    group,
    policy,
    people,
    recorded,
    open,
    ledger,
    names: new Map(people.map((person) => [person.employee.id, personNameOf(person)])),
    commits,
    asOf,
    live:
      asked === undefined
        ? undefined
        : {
            group: asked.found,
            accounts: new Map(asked.live.accounts.map(({ id, username }) => [id, username])),
            linked: asked.planned.linked,
          },
  });
  return live === undefined ? explanation : nameAuthors(explanation, recorded, live.log, now(), progress);
}

async function readGroup(desk: Desk, group: string, live: LiveSources, progress: (text: string) => void) {
  const { planned, live: directory } = await planDesk(desk, live.reader, {
    only: [],
    lane: undefined,
    progress,
  });
  const id = desk.pins[group] ?? directory.groupNames.find(({ name }) => name === group)?.id;
  const known = id === undefined ? undefined : directory.groups.get(id);
  const found = known ?? (id === undefined ? undefined : ((await live.reader.readGroup(id)) ?? undefined));
  return { planned, live: directory, found };
}

/** Who put the others in, where JumpCloud's log still knows; without the log they are only named. */
async function nameAuthors(
  explanation: GroupExplanation,
  recorded: RecordedPlan[],
  log: DirectoryLog,
  at: string,
  progress: (text: string) => void,
): Promise<GroupExplanation> {
  const { others, live } = explanation;
  if (others.length === 0 || live === null) return explanation;
  const since = new Date(Date.parse(at) - LOG_DAYS * 86_400_000).toISOString();
  const drift = others.map(({ account }): Drift => ({
    kind: 'unmanaged-member',
    severity: 'info',
    account,
    message: '',
    remedy: 'report',
    watch: { about: 'bound', account, to: live.id, op: 'add' },
  }));
  const attribution = createAttribution(drift, ownWritesOf(recorded, since));
  try {
    progress('reading who put them there');
    await log.readChanges(since, (events) => attribution.take(events));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return explanation;
  }
  const authors = new Map(
    attribution
      .finish()
      .drift.flatMap(({ account, by, kind }) =>
        account === undefined || by === undefined || kind !== 'unmanaged-member'
          ? []
          : [[account, by] as const],
      ),
  );
  return {
    ...explanation,
    others: others.map((other) => {
      const by = authors.get(other.account);
      return by === undefined ? other : { ...other, by };
    }),
  };
}

/** Why one person has what they have: the whole chain from the HR row to the receipts, as a value. */
import type { LiveDirectory } from '../directory/live.ts';
import { type Match, matchPeople } from '../directory/match.ts';
import type { Policy } from '../mappings/policy.ts';
import type { RuleFailure } from '../mappings/rule-failure.ts';
import type { PersonFile } from '../people/person-file.ts';
import { type GroupPins, indexGroups } from '../plan/group-index.ts';
import type { Planned } from '../plan/planner.ts';
import type { Held } from '../plan/plan-file.ts';
import type { Ledger, RecordedPlan } from '../record/ledger.ts';
import { personNameOf, type PeopleNames } from '../render/plan-view.ts';
import type { Day } from '../values/calendar.ts';
import type { Finding } from '../values/finding.ts';
import { personFileOf } from '../values/hr-id.ts';
import type { Source } from '../values/source.ts';
import {
  type AttributeTrace,
  type GroupTrace,
  type NameTrace,
  traceAttributes,
  traceGroups,
  type TraceInput,
  traceNames,
} from './account-trace.ts';
import {
  type ActionTrace,
  type DeedTrace,
  traceAction,
  type TracedPlan,
  traceRecord,
  type WaitingTrace,
} from './record-trace.ts';
import type { LineCommits } from './rule-trace.ts';
import { type StageTrace, statusPlace, traceStage } from './stage-trace.ts';
import type { WhatIf } from './what-if.ts';

export interface LiveTrace {
  /** How matching sees them: linked, adopt, none, or the code of what is unclear. */
  match: string;
  message?: string;
  account?: {
    id: string;
    username: string;
    email: string;
    state: string;
    employeeIdentifier: string;
    /** HR id of the manager, or the account's id when it is nobody's. */
    manager: string | null;
    administrator: boolean;
  };
}

export interface Explanation {
  person: { id: string; name: string; file: string };
  asOf: Day;
  facts: Record<string, string>;
  stage: StageTrace;
  account: { state: string; managerId?: string } | null;
  names: NameTrace[];
  attributes: AttributeTrace[];
  groups: GroupTrace[];
  bindings: Record<string, string>;
  /** null: JumpCloud was not asked. */
  live: LiveTrace | null;
  waiting: WaitingTrace[];
  /** What a plan of now would do; null: JumpCloud was not asked. */
  next: { actions: ActionTrace[]; held: Held[]; findings: Finding[] } | null;
  record: DeedTrace[];
  whatIf?: WhatIf & { next: ActionTrace[] | null };
}

export interface ExplainInput {
  /** As derived by these mappings. */
  person: PersonFile;
  /** A rule that cannot be worked out over the person's facts. */
  failure?: RuleFailure | undefined;
  policy: Policy;
  sources: { lifecycle: Source; naming: Source };
  recorded: RecordedPlan[];
  /** Plans that wait in the pull request. */
  open: TracedPlan[];
  ledger: Ledger;
  pins: GroupPins;
  commits: LineCommits;
  names: PeopleNames;
  asOf: Day;
  /** Everybody, and JumpCloud, where it was asked. */
  live: { people: PersonFile[]; directory: LiveDirectory; planned: Planned } | undefined;
}

/** Places whose commits an explanation shows, to be looked up before it is made. */
export function placesOf(
  person: PersonFile,
  policy: Policy,
  { lifecycle, naming }: ExplainInput['sources'],
): string[] {
  return [
    statusPlace(person, lifecycle),
    ...policy.attributes.map(({ place }) => place),
    ...policy.groups.flatMap(({ rules }) => rules.map(({ place }) => place)),
    ...(['username', 'email'] as const).flatMap((name) =>
      policy.naming[name].map(
        (_rule, index) => `${naming.file}:${naming.locate([name, 'candidates', index]).line}`,
      ),
    ),
  ];
}

export function explainPerson(input: ExplainInput): Explanation {
  const { person, policy, sources, recorded, ledger, commits, names, asOf, live, pins } = input;
  const { id } = person.employee;
  const match =
    live === undefined
      ? undefined
      : matchPeople({ people: live.people, accounts: live.directory.accounts, ledger, policy, asOf }).get(id);
  const account = match !== undefined && match.kind !== 'none' ? match.account : undefined;
  const trace: TraceInput = {
    person,
    policy,
    naming: sources.naming,
    record: ledger.people.get(id),
    commits,
    asOf,
    live:
      live === undefined
        ? undefined
        : { account, directory: live.directory, groups: indexGroups(policy, live.directory, pins) },
  };
  const { waiting, done } = traceRecord(
    [...recorded, ...input.open],
    names,
    (action) => action.person === id,
  );
  const { managerId } = person.account ?? {};
  return {
    person: { id, name: personNameOf(person).name, file: personFileOf(id) },
    asOf,
    facts: { ...(person.employee as Record<string, string>) },
    stage: traceStage(person, {
      policy,
      lifecycle: sources.lifecycle,
      commits,
      asOf,
      failure: input.failure,
    }),
    account:
      person.account === undefined
        ? null
        : { state: person.account.state, ...(managerId === undefined ? {} : { managerId }) },
    names: traceNames(trace),
    attributes: traceAttributes(trace),
    groups: traceGroups(trace),
    bindings: person.account?.bindings ?? {},
    live: live === undefined || match === undefined ? null : liveTrace(match, live.directory),
    waiting,
    next: live === undefined ? null : nextOf(live.planned, id, names),
    record: done,
  };
}

export function nextOf(planned: Planned, id: string, names: PeopleNames): NonNullable<Explanation['next']> {
  return {
    actions: planned.actions
      .filter(({ person }) => person === id)
      .map((action) => traceAction(action, names, planned.laneOf.get(action.id))),
    held: planned.held.filter(({ person }) => person === id),
    findings: planned.findings.filter(({ person }) => person === id),
  };
}

function liveTrace(match: Match, directory: LiveDirectory): LiveTrace {
  const account = match.kind === 'none' ? undefined : match.account;
  const message = match.kind === 'held' ? match.message : match.kind === 'adopt' ? match.because : undefined;
  const manager = directory.accounts.find(({ id }) => id === account?.manager);
  return {
    match: match.kind === 'held' ? match.code : match.kind,
    ...(message === undefined ? {} : { message }),
    ...(account === undefined
      ? {}
      : {
          account: {
            id: account.id,
            username: account.username,
            email: account.email,
            state: account.state,
            employeeIdentifier: account.anchor,
            manager: manager?.anchor || account.manager,
            administrator: account.admin,
          },
        }),
  };
}

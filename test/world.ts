/** A world born in agreement: a company, its mappings, and a JumpCloud that already is as it should be. Tests change one thing. */
import { parse } from 'yaml';
import type { LiveAccount, LiveBinding, LiveDirectory, LiveGroup } from '../scripts/core/directory/live.ts';
import { compilePolicy, type MappingSources, type Policy } from '../scripts/core/mappings/policy.ts';
import { deriveCompany } from '../scripts/core/people/company.ts';
import type { HrRead } from '../scripts/core/people/hr-read.ts';
import type { PersonFile } from '../scripts/core/people/person-file.ts';
import { foldRecord, type Ledger, type RecordedPlan } from '../scripts/core/record/ledger.ts';
import { type Action, actionOf } from '../scripts/core/plan/action.ts';
import { planChanges, type Planned, type PlanInput } from '../scripts/core/plan/planner.ts';
import { digestOf } from '../scripts/core/values/canonical-json.ts';
import { compareHrIds } from '../scripts/core/values/hr-id.ts';
import type { Source } from '../scripts/core/values/source.ts';

export const ATTRIBUTES = `
attributes:
  firstname: coalesce(preferredName, firstName)
  lastname: lastName
  displayname: coalesce(preferredName, firstName) + ' ' + lastName
  jobTitle: jobTitle
  department: department
  location: location
  phone.work: workPhone
`;
export const GROUPS = `
groups:
  - { group: All Staff, when: "true" }
  - { group: Engineering, when: "department == 'Engineering'" }
  - { group: Sales, when: "department == 'Sales'" }
  - { group: London Office, when: "location.startsWith('London')" }
`;
export const LIFECYCLE = `
timeZone: America/Denver
employmentStatuses: { Full-Time: working, Contractor: working, Furloughed: leave, Terminated: terminated }
`;

export interface WorldOptions {
  attributes?: string;
  groups?: string;
  lifecycle?: string;
  guardrails?: string;
  naming?: string;
  devices?: string;
  exceptions?: string;
}

export function sourceOf(file: string, yaml: string): Source {
  return {
    file,
    value: (parse(yaml) as unknown) ?? {},
    locate: () => ({ line: 1, column: 1 }),
    line: () => '',
  };
}

export function sourcesOf(options: WorldOptions = {}): MappingSources {
  const empty = (file: string): Source => sourceOf(`mappings/${file}.yaml`, '{}');
  return {
    attributes: sourceOf('mappings/attributes.yaml', options.attributes ?? ATTRIBUTES),
    groups: [sourceOf('mappings/groups/all.yaml', options.groups ?? GROUPS)],
    lifecycle: sourceOf('mappings/lifecycle.yaml', options.lifecycle ?? LIFECYCLE),
    guardrails: sourceOf('mappings/guardrails.yaml', options.guardrails ?? '{}'),
    naming: sourceOf('mappings/naming.yaml', options.naming ?? '{}'),
    devices: sourceOf('mappings/devices.yaml', options.devices ?? '{}'),
    lookups: empty('lookups'),
    exceptions: sourceOf('mappings/exceptions.yaml', options.exceptions ?? '{}'),
    notifications: empty('notifications'),
    examples: empty('examples'),
  };
}

export function policyOf(options: WorldOptions = {}): Policy {
  const result = compilePolicy(sourcesOf(options));
  if (!result.ok) throw new Error(JSON.stringify(result.problems, undefined, 2));
  return result.policy;
}

export type Row = Record<string, string> & { id: string };

/** An employee with sensible facts; `id` decides the names. */
export function employee(id: string, facts: Record<string, string | undefined> = {}): Row {
  const row: Record<string, string | undefined> = {
    id,
    firstName: `First${id}`,
    lastName: `Last${id}`,
    workEmail: `p${id}@example.com`,
    jobTitle: 'Engineer',
    department: 'Engineering',
    location: 'London, UK',
    status: 'Active',
    employmentStatus: 'Full-Time',
    hireDate: '2020-01-06',
    ...facts,
  };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Row;
}

export function readOf(rows: Row[]): HrRead {
  return {
    total: rows.length,
    rows: rows.map(({ id, ...values }) => ({ id, values, hidden: [] })),
    scheduled: new Map(),
    hiddenColumns: [],
  };
}

export function accountId(key: string): string {
  return digestOf(key).slice(0, 24);
}

export interface World {
  asOf: string;
  rows: Row[];
  /** Approved time off of mapped types, by HR id. */
  timeOff: Map<string, { start: string; end: string }[]>;
  /** What HR has entered for days to come, by HR id. */
  scheduled: Map<string, Record<string, string>>;
  policy: Policy;
  people: PersonFile[];
  live: MutableLive;
  recorded: RecordedPlan[];
}

export interface MutableLive {
  accounts: LiveAccount[];
  groups: Map<string, LiveGroup & { members: Set<string> }>;
  memberships: Map<string, { id: string; name: string }[]>;
  armed: LiveDirectory['armed'];
  /** What each account is bound to directly, and what there is to bind to, by `type:name`. */
  bindings: Map<string, LiveBinding[]>;
  bindable: Map<string, LiveBinding>;
}

/** Export as of a day over what was exported before. */
export function exportPeople(world: World, rows: Row[] = world.rows, asOf = world.asOf): PersonFile[] {
  const result = deriveCompany({
    read: { ...readOf(rows), scheduled: world.scheduled },
    previous: new Map(world.people.map((person) => [person.employee.id, person])),
    ledger: foldRecord(world.recorded),
    policy: world.policy,
    asOf,
    timeOff: world.timeOff,
    deleted: new Set(),
    only: undefined,
  });
  if (!result.ok) throw result.failure;
  return result.people;
}

/** Everybody exported, everybody's account as desired and anchored, every group filled. */
export function worldOf(rows: Row[], options: WorldOptions & { asOf?: string } = {}): World {
  const policy = policyOf(options);
  const world: World = {
    asOf: options.asOf ?? '2026-11-23',
    rows,
    timeOff: new Map(),
    scheduled: new Map(),
    policy,
    people: [],
    live: {
      accounts: [],
      groups: new Map(),
      memberships: new Map(),
      armed: [],
      bindings: new Map(),
      bindable: new Map(),
    },
    recorded: [],
  };
  world.people = exportPeople(world);
  for (const { name } of policy.groups) {
    const id = accountId(`group ${name}`);
    world.live.groups.set(id, { id, name, membershipMethod: 'STATIC', members: new Set() });
  }
  for (const { type, name } of policy.bindings)
    world.live.bindable.set(`${type}:${name}`, { type, id: accountId(`${type} ${name}`), name });
  for (const person of [...world.people].sort((a, b) => compareHrIds(a.employee.id, b.employee.id))) {
    const desired = person.account;
    if (desired === undefined || desired.state === 'none') continue;
    const id = accountId(`person ${person.employee.id}`);
    world.live.accounts.push({
      id,
      username: desired.username ?? `user${person.employee.id}`,
      email: desired.email ?? `u${person.employee.id}@example.com`,
      state: desired.state === 'staged' ? 'STAGED' : desired.state === 'active' ? 'ACTIVATED' : 'SUSPENDED',
      anchor: person.employee.id,
      manager: desired.managerId === undefined ? null : accountId(`person ${desired.managerId}`),
      attributes: { ...desired.attributes },
      admin: false,
      restricted: [],
    });
    for (const group of Object.keys(desired.groups))
      world.live.groups.get(accountId(`group ${group}`))?.members.add(id);
    const bound = Object.keys(desired.bindings ?? {}).map((key) => world.live.bindable.get(key)!);
    world.live.bindings.set(id, bound);
  }
  return world;
}

/** A group that no mapping names, with these people in it: what somebody gave by hand. @returns its id */
export function giveByHand(world: World, group: string, ...people: string[]): string {
  const id = accountId(`group ${group}`);
  const members = new Set(people.map((person) => accountId(`person ${person}`)));
  world.live.groups.set(id, { id, name: group, membershipMethod: 'STATIC', members });
  return id;
}

export function liveOf(world: World): LiveDirectory {
  const groups = [...world.live.groups.values()];
  const memberships = new Map(
    world.live.accounts.map(({ id }): [string, { id: string; name: string }[]] => [
      id,
      [
        ...groups
          .filter((group) => group.members.has(id))
          .map(({ id: group, name }) => ({ id: group, name })),
        ...(world.live.memberships.get(id) ?? []),
      ],
    ]),
  );
  return {
    accounts: world.live.accounts,
    groupNames: groups.map(({ id, name }) => ({ id, name })),
    groups: world.live.groups,
    memberships,
    bindings: world.live.bindings,
    bindable: world.live.bindable,
    armed: world.live.armed,
    sshKeys: new Map(),
  };
}

export function ledgerOf(world: World): Ledger {
  return foldRecord(world.recorded);
}

export function planWorld(world: World, overrides: Partial<PlanInput> = {}): Planned {
  return planChanges({
    asOf: world.asOf,
    policy: world.policy,
    people: world.people,
    live: liveOf(world),
    ledger: ledgerOf(world),
    pins: {},
    holds: {},
    only: undefined,
    lane: undefined,
    ...overrides,
  });
}

/** Changes one employee's facts, and exports again. */
export function change(world: World, id: string, facts: Record<string, string | undefined>): void {
  world.rows = world.rows.map((row) =>
    row.id === id
      ? (Object.fromEntries(
          Object.entries({ ...row, ...facts }).filter(([, value]) => value !== undefined),
        ) as Row)
      : row,
  );
  world.people = exportPeople(world);
}

/** `kind target-or-name: lane`, in the plan's order. */
export function summaryOf(planned: Planned): string[] {
  return planned.actions.map((action) => {
    const after = action.after as { group?: string } | null;
    const before = action.before as { group?: string } | null;
    const name =
      action.kind === 'join-group'
        ? after?.group
        : action.kind === 'leave-group'
          ? before?.group
          : action.target;
    return [action.kind, action.person, name ?? '', planned.laneOf.get(action.id)]
      .filter((part) => part !== '')
      .join(' ');
  });
}

/** One action of employee 1, as a test says; `parts` wins. */
export function anAction(kind: Action['kind'], parts: Partial<Action> = {}): Action {
  return actionOf({
    kind,
    person: '1',
    account: null,
    target: null,
    before: null,
    after: null,
    because: 'a test says so',
    cause: 'hr',
    risk: 'medium',
    ...parts,
  });
}

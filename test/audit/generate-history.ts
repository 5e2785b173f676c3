/**
 * A company's repository with years of history, as the line would have left it: joiners, movers, leavers, leaves, an
 * urgent exit now and then, exceptions, a new mapping a year. Plans come from the planner itself; receipts from a
 * JumpCloud in memory. The same options give the same repository.
 *
 *     node --import tsx test/audit/generate-history.ts FOLDER [PEOPLE] [YEARS]
 */
import { personText } from '../../scripts/adapters/files/person-yaml.ts';
import { pinsText } from '../../scripts/adapters/files/state-files.ts';
import type { Action } from '../../scripts/core/plan/action.ts';
import { peopleOf, type Plan, planName, planText } from '../../scripts/core/plan/plan-file.ts';
import { derivePerson } from '../../scripts/core/people/person.ts';
import type { PersonFile } from '../../scripts/core/people/person-file.ts';
import { normaliseEmployee } from '../../scripts/core/people/employee.ts';
import { foldRecord, type Ledger, type RecordedPlan } from '../../scripts/core/record/ledger.ts';
import { countByOutcome, type Receipt, receiptText, sealReceipt } from '../../scripts/core/record/receipt.ts';
import { type Commit, commitMessage } from '../../scripts/core/render/commit-message.ts';
import { countPeople } from '../../scripts/core/render/count-people.ts';
import { addDays } from '../../scripts/core/values/calendar.ts';
import { personFileOf } from '../../scripts/core/values/hr-id.ts';
import { isMain } from '../../scripts/shell/door.ts';
import { applyPlans, passArmed } from '../simulate.ts';
import {
  accountId,
  ATTRIBUTES,
  employee,
  LIFECYCLE,
  planWorld,
  policyOf,
  type Row,
  type World,
  worldOf,
} from '../world.ts';
import { type Importing, openImport } from './fast-import.ts';

export interface HistoryOptions {
  people: number;
  /** Calendar days. */
  days: number;
  /** Last day. */
  until: string;
  seed?: number;
  /** Facts of the first people, for names that attack. */
  facts?: Record<string, string>[];
  /** Events a working day, in people; default people / 200. */
  pace?: number;
  /** A forger with all the keys: everything after this is sealed, chained and committed as if it were true. */
  forge?: Forger;
}

export interface Forger {
  plan?: (plan: Plan, company: Readonly<Company>) => Plan;
  receipt?: (receipt: Receipt, plan: Plan) => Receipt;
  /** Text of a file on its way into a commit. */
  text?: (path: string, text: string) => string;
}

export interface Generated {
  folder: string;
  until: string;
  plans: number;
  receipts: number;
  commits: number;
  /** HR ids of leavers. */
  left: string[];
}

const BOT = { name: 'rollcall[bot]', email: '4242+rollcall[bot]@users.noreply.github.com' };
const ANN = { name: 'Ann Admin', email: '17+ann@users.noreply.github.com' };
const MERGER = { name: 'Ben Boss', email: '18+ben@users.noreply.github.com' };
const DEPARTMENTS = ['Engineering', 'Sales', 'Finance', 'Support', 'Legal', 'People'];
const CITIES = ['London, UK', 'Denver, US', 'Zurich, CH', 'Sydney, AU'];
const NEVER = new Set<string>();

function groupsYaml(extra: number): string {
  const rules = [
    '  - { group: All Staff, when: "true" }',
    ...DEPARTMENTS.map((name) => `  - { group: ${name}, when: "department == '${name}'" }`),
    ...CITIES.map((city) => `  - { group: ${city.split(',')[0]} Office, when: "location == '${city}'" }`),
    ...Array.from(
      { length: extra },
      (_, year) => `  - { group: Badge ${year + 1}, when: "department == 'Sales'" }`,
    ),
  ];
  return `groups:\n${rules.join('\n')}\n`;
}

function guardrailsYaml(overrides: string): string {
  return `approvals:\n  approvers:\n    - { login: ann, employee: "1" }\n    - { login: ben }\n    - { login: cem, employee: "3" }\n${overrides}`;
}

/** Numbers from 0 to below `limit`, the same ones for the same seed (mulberry32). */
function dice(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  };
}

export interface Company {
  world: World;
  forge: Forger;
  files: Map<string, PersonFile>;
  rows: Map<string, Row>;
  /** Each person's part of the record. */
  slices: Map<string, RecordedPlan[]>;
  texts: { groups: string; exceptions: string; guardrails: string };
  importing: Importing;
  head: string;
  previous: string | null;
  counts: { plans: number; receipts: number; commits: number };
  /** People whose file shows what a receipt gave only after the next export. */
  stale: Set<string>;
  /** Time off that HR has entered ahead. */
  leaves: Map<string, { from: string; until: string }>;
}

export async function generateHistory(folder: string, options: HistoryOptions): Promise<Generated> {
  const roll = dice(options.seed ?? 7);
  const first = addDays(options.until, -options.days + 1);
  const company = found(folder, options, first, roll);
  const onLeave = new Map<string, string>();
  /** Whose last day was announced on that day itself: JumpCloud ends their access, HR enters the status later. */
  const ending: string[] = [];
  const left: string[] = [];
  let next = options.people + 1;
  let exceptions = 0;
  for (let day = first; day <= options.until; day = addDays(day, 1)) {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    company.world.asOf = day;
    const touched = new Set(company.stale);
    company.stale.clear();
    passArmed(company.world, `${day}T12:00:00Z`);
    for (const id of ending.splice(0)) {
      set(company, id, { status: 'Inactive', employmentStatus: 'Terminated' });
      touched.add(id);
    }
    if (day > first && day.endsWith('-03-02')) changeMappings(company, day, touched);
    const pace = options.pace ?? options.people / 200;
    const urgent: string[] = [];
    for (let event = 0; event < pace; event += 1) {
      const kind = roll(10);
      const working = pick(company, roll, onLeave);
      if (kind < 3) {
        const id = String(next);
        next += 1;
        company.rows.set(id, {
          ...employee(id),
          department: DEPARTMENTS[roll(6)]!,
          location: CITIES[roll(4)]!,
          hireDate: addDays(day, roll(10)),
        });
        touched.add(id);
      } else if (kind < 6 && working !== undefined) {
        set(company, working, { department: DEPARTMENTS[roll(6)]!, jobTitle: `Engineer ${roll(9)}` });
        touched.add(working);
      } else if (kind === 6 && working !== undefined && working !== '1' && working !== '3' && roll(2) === 0) {
        set(company, working, { terminationDate: day });
        left.push(working);
        ending.push(working);
        onLeave.set(working, '9999-12-31');
        touched.add(working);
      } else if (kind < 8 && working !== undefined && working !== '1' && working !== '3') {
        const late = roll(12) === 0 ? 4 : 1;
        set(company, working, {
          status: 'Inactive',
          employmentStatus: 'Terminated',
          terminationDate: addDays(day, -late),
        });
        left.push(working);
        if (roll(5) === 0) urgent.push(working);
        touched.add(working);
      } else if (kind === 8 && working !== undefined) {
        if (roll(2) === 0) set(company, working, { employmentStatus: 'Furloughed' });
        else company.leaves.set(working, { from: addDays(day, 3), until: addDays(day, 19) });
        onLeave.set(working, addDays(day, 20));
        touched.add(working);
      } else if (working !== undefined && roll(4) === 0) {
        exceptions += 1;
        addException(company, day, working, exceptions);
        touched.add(working);
      }
    }
    for (const [id, until] of onLeave)
      if (until <= day && company.rows.get(id)?.['status'] === 'Active') {
        set(company, id, { employmentStatus: 'Full-Time' });
        company.leaves.delete(id);
        onLeave.delete(id);
        touched.add(id);
      }
    for (const [id, file] of company.files)
      if (file.stage === 'prehire' || file.stage === 'future' || company.leaves.get(id)?.from === day)
        touched.add(id);
    for (const [id, { from }] of company.leaves)
      if (from < day && company.files.get(id)?.stage === 'active') touched.add(id);
    if (urgent.length > 0) goUrgent(company, day, urgent);
    sync(company, day, touched, roll);
  }
  await company.importing.finish();
  return { folder, until: options.until, ...company.counts, left };
}

function found(
  folder: string,
  options: HistoryOptions,
  first: string,
  roll: (limit: number) => number,
): Company {
  const rows = Array.from({ length: options.people }, (_, index): Row => {
    const id = String(index + 1);
    return {
      ...employee(id),
      department: DEPARTMENTS[roll(6)]!,
      location: CITIES[roll(4)]!,
      ...options.facts?.[index],
    };
  });
  const texts = { groups: groupsYaml(0), exceptions: 'exceptions: []\n', guardrails: guardrailsYaml('') };
  const world = worldOf(rows, { ...texts, asOf: first });
  const files = new Map(world.people.map((person) => [person.employee.id, person]));
  const importing = openImport(folder, options.forge?.text);
  const at = `${first}T05:00:00Z`;
  const mappings: [string, string][] = [
    ['mappings/attributes.yaml', ATTRIBUTES],
    ['mappings/lifecycle.yaml', LIFECYCLE],
    ['mappings/guardrails.yaml', texts.guardrails],
    ['mappings/exceptions.yaml', texts.exceptions],
    ['mappings/groups/all.yaml', texts.groups],
    ['README.md', '# Identity\n'],
  ];
  const start = importing.commit({
    message: 'Set up Rollcall\n',
    author: ANN,
    at,
    changes: mappings,
    parents: [],
  });
  const pins = Object.fromEntries(world.policy.groups.map(({ name }) => [name, accountId(`group ${name}`)]));
  const head = importing.commit({
    message: commitMessage({
      kind: 'sync',
      counts: countPeople([]),
      facts: files.size,
      plans: [],
      asOf: first,
    }),
    author: BOT,
    at: `${first}T05:10:00Z`,
    changes: [
      ...[...files.values()].map((person): [string, string] => [
        personFileOf(person.employee.id),
        personText(person),
      ]),
      ['state/groups.yaml', pinsText(pins)],
    ],
    parents: [start],
  });
  return {
    world,
    forge: options.forge ?? {},
    files,
    rows: new Map(rows.map((row) => [row.id, row])),
    slices: new Map(),
    texts,
    importing,
    head,
    previous: null,
    counts: { plans: 0, receipts: 0, commits: 2 },
    stale: new Set(),
    leaves: new Map(),
  };
}

function set(company: Company, id: string, facts: Record<string, string>): void {
  company.rows.set(id, { ...company.rows.get(id)!, ...facts });
}

function pick(
  company: Company,
  roll: (limit: number) => number,
  onLeave: ReadonlyMap<string, string>,
): string | undefined {
  const ids = [...company.files.keys()];
  for (let tries = 0; tries < 20; tries += 1) {
    const id = ids[roll(ids.length)]!;
    if (
      company.files.get(id)?.stage === 'active' &&
      company.rows.get(id)?.['status'] === 'Active' &&
      !onLeave.has(id)
    )
      return id;
  }
  return undefined;
}

function ledgerOf(company: Company, people: Iterable<string>): Ledger {
  return foldRecord([...people].flatMap((id) => company.slices.get(id) ?? []));
}

function derive(company: Company, id: string, ledger: Ledger): PersonFile {
  const { policy, asOf } = company.world;
  const { id: _, ...values } = company.rows.get(id)!;
  return derivePerson(
    {
      employee: normaliseEmployee({ id, values, hidden: [] }, undefined, policy.fields, asOf),
      previous: company.files.get(id),
      ledger: ledger.people.get(id),
      leave: company.leaves.get(id),
      missingSince: undefined,
      reserved: { usernames: new Map(), emails: new Map() },
      asOf,
    },
    policy,
  );
}

function plansFor(company: Company, people: PersonFile[], ledger: Ledger, lane?: 'urgent'): Plan[] {
  const { world } = company;
  const ids = new Set(people.map(({ employee: { id } }) => id));
  const accounts = world.live.accounts.filter(({ anchor }) => ids.has(anchor));
  const own = new Set(accounts.map(({ id }) => id));
  const small: World = {
    ...world,
    people,
    live: { ...world.live, accounts, armed: world.live.armed.filter(({ account }) => own.has(account)) },
  };
  const { plans } = planWorld(small, { ledger, ...(lane === undefined ? {} : { lane }) });
  return plans.map((plan) => company.forge.plan?.(plan, company) ?? plan);
}

function goUrgent(company: Company, day: string, ids: string[]): void {
  const ledger = ledgerOf(company, ids);
  const people = ids.map((id) => derive(company, id, ledger));
  for (const plan of plansFor(company, people, ledger, 'urgent')) {
    const startedAt = `${day}T11:00:00Z`;
    const receipt = perform(company, plan, startedAt, {
      trigger: 'bamboohr-webhook',
      times: {
        hrEffective: startedAt,
        received: `${day}T11:00:02Z`,
        dispatched: `${day}T11:00:03Z`,
        suspended: `${day}T11:00:20Z`,
      },
    });
    commit(
      company,
      `${day}T11:02:00Z`,
      {
        kind: 'urgent',
        plan: plan.digest,
        people: peopleOf(plan),
        suspended: true,
        outcome: receipt.outcome,
        trigger: 'bamboohr-webhook',
      },
      [planFile(plan), receiptFile(plan, receipt)],
    );
    company.counts.plans += 1;
  }
}

/** One day's run: facts and lane auto to main, lane review through a merged pull request. */
function sync(
  company: Company,
  day: string,
  touched: ReadonlySet<string>,
  roll: (limit: number) => number,
): void {
  if (touched.size === 0) return;
  const ledger = ledgerOf(company, touched);
  const people = [...touched].map((id) => derive(company, id, ledger));
  const plans = plansFor(company, people, ledger);
  const auto = plans.find(({ lane }) => lane === 'auto');
  const review = plans.find(({ lane }) => lane === 'review');
  const waiting = review === undefined ? NEVER : new Set(peopleOf(review));
  const changed = people.filter((person) => {
    const before = company.files.get(person.employee.id);
    return before === undefined || personText(before) !== personText(person);
  });
  for (const person of people) company.files.set(person.employee.id, person);
  const direct = changed.filter(({ employee: { id } }) => !waiting.has(id));
  if (direct.length > 0 || auto !== undefined) {
    commit(
      company,
      `${day}T13:00:00Z`,
      {
        kind: 'sync',
        counts: countPeople(auto?.actions ?? []),
        facts: direct.length,
        plans: auto === undefined ? [] : [auto.digest],
        asOf: day,
      },
      [...direct.map(personEntry), ...(auto === undefined ? [] : [planFile(auto)])],
    );
  }
  if (auto !== undefined) {
    const receipt = perform(company, auto, `${day}T13:02:00Z`, {});
    recordReceipt(company, `${day}T13:05:00Z`, auto, receipt);
  }
  if (review !== undefined) {
    const message = commitMessage({
      kind: 'sync',
      counts: countPeople(review.actions),
      facts: waiting.size,
      plans: [review.digest],
      asOf: day,
    });
    const changes = [
      ...changed.filter(({ employee: { id } }) => waiting.has(id)).map(personEntry),
      planFile(review),
    ];
    const branch = company.importing.commit({
      message,
      author: BOT,
      at: `${day}T13:01:00Z`,
      changes,
      parents: [company.head],
    });
    const hour = 15 + roll(6);
    company.head = company.importing.commit({
      message: `Merge pull request #${company.counts.commits} from acme/rollcall/sync\n\nSync\n`,
      author: MERGER,
      at: `${day}T${hour}:00:00Z`,
      changes,
      parents: [company.head, branch],
    });
    company.counts.commits += 2;
    const approvers = waiting.has('1') ? ['ben'] : roll(3) === 0 ? ['ben'] : ['ann'];
    const receipt = perform(company, review, `${day}T${hour}:03:00Z`, {
      approvedBy: approvers,
      mergedBy: 'ben',
    });
    recordReceipt(company, `${day}T${hour}:06:00Z`, review, receipt);
  }
  for (const plan of plans) for (const id of peopleOf(plan)) company.stale.add(id);
}

function personEntry(person: PersonFile): [string, string] {
  return [personFileOf(person.employee.id), personText(person)];
}

function planFile(plan: Plan): [string, string] {
  return [`state/plans/${planName(plan)}`, planText(plan)];
}

function receiptFile(plan: Plan, receipt: Receipt): [string, string] {
  return [`state/receipts/${planName(plan)}`, receiptText(receipt)];
}

function recordReceipt(company: Company, at: string, plan: Plan, receipt: Receipt): void {
  const { outcome, approvedBy, mergedBy } = receipt;
  commit(
    company,
    at,
    {
      kind: 'receipt',
      plan: plan.digest,
      counts: countByOutcome(receipt.results),
      outcome,
      approvedBy,
      ...(mergedBy === undefined ? {} : { mergedBy }),
    },
    [receiptFile(plan, receipt)],
  );
  company.counts.plans += 1;
}

function commit(company: Company, at: string, message: Commit, changes: [string, string][]): void {
  company.head = company.importing.commit({
    message: commitMessage(message),
    author: BOT,
    at,
    changes,
    parents: [company.head],
  });
  company.counts.commits += 1;
}

/** Does the plan in the JumpCloud in memory and seals what happened into the chain. */
function perform(company: Company, plan: Plan, startedAt: string, rest: Partial<Receipt>): Receipt {
  const { world } = company;
  world.recorded = [];
  applyPlans(world, [plan]);
  const done = world.recorded[0]!.receipt!;
  const second = (index: number): string =>
    new Date(Date.parse(startedAt) + 1_000 * (1 + (index % 100))).toISOString();
  const sealed = sealReceipt({
    previous: company.previous,
    plan: plan.digest,
    startedAt,
    finishedAt: new Date(Date.parse(startedAt) + 110_000).toISOString(),
    outcome: 'complete',
    results: done.results.map((result, index) => ({ ...result, at: second(index) })),
    approvedBy: [],
    run: `https://github.com/acme/identity/actions/runs/${company.counts.receipts + 1}`,
    ...rest,
  });
  const receipt = company.forge.receipt?.(sealed, plan) ?? sealed;
  company.previous = receipt.digest;
  company.counts.receipts += 1;
  const byPerson = new Map<string, Action[]>();
  for (const action of plan.actions)
    if (action.person !== null) byPerson.set(action.person, [...(byPerson.get(action.person) ?? []), action]);
  for (const [person, actions] of byPerson) {
    const ids = new Set(actions.map(({ id }) => id));
    const slice = {
      plan: { ...plan, actions },
      receipt: { ...receipt, results: receipt.results.filter(({ action }) => ids.has(action)) },
    };
    company.slices.set(person, [...(company.slices.get(person) ?? []), slice]);
  }
  return receipt;
}

/** A rule more, merged by a person; everybody whom it concerns is planned again. */
function changeMappings(company: Company, day: string, touched: Set<string>): void {
  const year = Number(day.slice(0, 4)) - 2020;
  company.texts.groups = groupsYaml(year);
  const id = (name: string): string => accountId(`group ${name}`);
  for (let index = 1; index <= year; index += 1) {
    const name = `Badge ${index}`;
    if (!company.world.live.groups.has(id(name)))
      company.world.live.groups.set(id(name), {
        id: id(name),
        name,
        membershipMethod: 'STATIC',
        members: new Set(),
      });
  }
  company.world.policy = policyOf(company.texts);
  const pins = Object.fromEntries(company.world.policy.groups.map(({ name }) => [name, id(name)]));
  company.head = company.importing.commit({
    message: 'mapping(groups): badges for Sales\n',
    author: ANN,
    at: `${day}T08:00:00Z`,
    changes: [['mappings/groups/all.yaml', company.texts.groups]],
    parents: [company.head],
  });
  company.counts.commits += 1;
  commit(
    company,
    `${day}T08:30:00Z`,
    { kind: 'sync', counts: countPeople([]), facts: 0, plans: [], asOf: day },
    [['state/groups.yaml', pinsText(pins)]],
  );
  for (const [person, file] of company.files) if (file.stage === 'active') touched.add(person);
}

function addException(company: Company, day: string, person: string, number: number): void {
  const entry = `  - { kind: group, person: "${person}", group: Finance, owner: ann, reason: "project ${number}", expires: ${addDays(day, 60)} }\n`;
  const kept = company.texts.exceptions
    .split('\n')
    .filter((line) => (/expires: (\S+) /.exec(line)?.[1] ?? '') >= addDays(day, -30));
  company.texts.exceptions = `exceptions:\n${kept.map((line) => `${line}\n`).join('')}${entry}`;
  company.world.policy = policyOf(company.texts);
  company.head = company.importing.commit({
    message: 'mapping(exceptions): Finance for a project\n',
    author: ANN,
    at: `${day}T09:00:00Z`,
    changes: [['mappings/exceptions.yaml', company.texts.exceptions]],
    parents: [company.head],
  });
  company.counts.commits += 1;
}

if (isMain(import.meta)) {
  const [folder = '', people = '2000', years = '3'] = process.argv.slice(2);
  const started = performance.now();
  const made = await generateHistory(folder, {
    people: Number(people),
    days: Math.round(365.25 * Number(years)),
    until: '2026-11-20',
  });
  console.log(
    JSON.stringify({
      ...made,
      left: made.left.length,
      seconds: Math.round((performance.now() - started) / 100) / 10,
    }),
  );
}

import { describe, expect, it } from 'vitest';
import type { LiveAccount } from '../../../scripts/core/directory/live.ts';
import { sealReceipt } from '../../../scripts/core/record/receipt.ts';
import { applyPlans, settle } from '../../simulate.ts';
import { compilePolicy } from '../../../scripts/core/mappings/policy.ts';
import {
  accountId,
  ATTRIBUTES,
  change,
  employee,
  GROUPS,
  planWorld,
  sourceOf,
  sourcesOf,
  type World,
  worldOf,
} from '../../world.ts';
import { driftOf, told } from './scene-world.ts';

const ROWS = [
  employee('1', { department: 'Engineering' }),
  employee('2', { department: 'Sales', managerId: '1' }),
  employee('3', { department: 'Sales', location: 'London, UK', managerId: '1' }),
];

function account(username: string, facts: Partial<LiveAccount> = {}): LiveAccount {
  return {
    id: accountId(username),
    username,
    email: `${username}@example.com`,
    state: 'ACTIVATED',
    anchor: '',
    manager: null,
    attributes: {},
    admin: false,
    restricted: [],
    ...facts,
  };
}

const of = (world: World, id: string): LiveAccount =>
  world.live.accounts.find(({ anchor }) => anchor === id)!;
const group = (world: World, name: string): Set<string> =>
  world.live.groups.get(accountId(`group ${name}`))!.members;

describe('a world in agreement', () => {
  it('has nothing to say', () => {
    expect(driftOf(worldOf(ROWS))).toEqual([]);
  });

  it('has nothing to say of one that Rollcall made itself', () => {
    const world = worldOf(ROWS);
    world.live.accounts = [];
    for (const { members } of world.live.groups.values()) members.clear();
    settle(world);
    expect(driftOf(world)).toEqual([]);
  });
});

describe('one thing changed', () => {
  it.each<[string, (world: World) => void, string[]]>([
    [
      'an account of nobody that works',
      (world) => world.live.accounts.push(account('ghost')),
      ['active-without-person ghost'],
    ],
    [
      'an account whose identifier is nobody’s',
      (world) => world.live.accounts.push(account('ghost', { anchor: '99', state: 'SUSPENDED' })),
      ['orphaned-account ghost'],
    ],
    [
      'an account is gone',
      (world) => (world.live.accounts = world.live.accounts.filter(({ anchor }) => anchor !== '2')),
      ['missing-user 2'],
    ],
    ['an account lost its identifier', (world) => (of(world, '2').anchor = ''), ['unlinked-account 2']],
    [
      'a title',
      (world) => (of(world, '1').attributes['jobTitle'] = 'Chief'),
      ['attribute-mismatch 1 jobTitle'],
    ],
    ['a phone that only HR lacks is left', (world) => (of(world, '1').attributes['phone.work'] = '1'), []],
    ['a manager', (world) => (of(world, '2').manager = null), ['attribute-mismatch 2 1']],
    ['an address', (world) => (of(world, '3').email = 'x@example.com'), ['attribute-mismatch 3 email']],
    ['a suspension', (world) => (of(world, '2').state = 'SUSPENDED'), ['state-mismatch 2']],
    [
      'a membership taken away',
      (world) => group(world, 'Sales').delete(accountId('person 2')),
      ['group-mismatch 2 Sales'],
    ],
    [
      'a membership that nobody gave',
      (world) => group(world, 'Sales').add(accountId('person 1')),
      ['unmanaged-member 1 Sales'],
    ],
    [
      'a member that is no employee',
      (world) => {
        world.live.accounts.push(account('ghost', { state: 'STAGED' }));
        group(world, 'Sales').add(accountId('ghost'));
      },
      ['orphaned-account ghost', 'unmanaged-member ghost Sales'],
    ],
    [
      'a group is gone',
      (world) => world.live.groups.delete(accountId('group Sales')),
      ['group-problem Sales'],
    ],
    [
      'a group filled by a rule of JumpCloud',
      (world) => (world.live.groups.get(accountId('group Sales'))!.membershipMethod = 'DYNAMIC_AUTOMATED'),
      ['group-problem Sales'],
    ],
    [
      'HR has a new department',
      (world) => change(world, '2', { department: 'Alchemy' }),
      ['attribute-mismatch 2 department', 'group-mismatch 2 Sales', 'unmapped-value department'],
    ],
    [
      'HR has a status that nobody mapped',
      (world) => change(world, '2', { employmentStatus: 'Sabbatical' }),
      ['held-person 2 unmapped-status'],
    ],
  ])('%s', (_name, alter, expected) => {
    const world = worldOf(ROWS);
    alter(world);
    expect(told(driftOf(world))).toEqual(expected);
  });

  it('a leaver whom a run suspended, and who was given a group and a device after', () => {
    const world = worldOf(ROWS);
    world.live.accounts = [];
    settle(world);
    change(world, '2', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' });
    settle(world);
    expect(driftOf(world)).toEqual([]);
    const id = of(world, '2').id;
    world.live.memberships.set(id, [{ id: 'g9', name: 'Payroll' }]);
    const bindings = new Map([[id, [{ type: 'system', id: 's1', name: 'macbook' }]]]);
    const drift = driftOf(world, { suspended: { bindings } });
    expect(told(drift)).toEqual(['suspended-still-bound 2 Payroll', 'suspended-still-bound 2 macbook']);
    expect(drift.map(({ remedy }) => remedy).sort()).toEqual(['auto', 'report']);
  });

  it('people on leave keep what policy keeps', () => {
    const lifecycle =
      'timeZone: America/Denver\nemploymentStatuses: { Full-Time: working, Furloughed: leave }\nleave: { groups: keep, bindings: [policy] }';
    const world = worldOf([employee('1'), employee('2', { employmentStatus: 'Furloughed' })], { lifecycle });
    const id = accountId('person 2');
    const bindings = new Map([
      [
        id,
        [
          { type: 'system', id: 's1', name: 'macbook' },
          { type: 'policy', id: 'p1', name: 'Disk' },
        ],
      ],
    ]);
    expect(
      told(driftOf(world, { suspended: { bindings } })).filter((line) => line.startsWith('susp')),
    ).toEqual(['suspended-still-bound 2 Disk']);
  });
});

describe('what is declared is no drift', () => {
  it('ignored and protected accounts', () => {
    const world = worldOf(ROWS, {
      guardrails: '{ protected: { accounts: [breakglass] } }',
      exceptions:
        'exceptions: [{ kind: ignore, account: printer, owner: it, reason: x, expires: 2027-01-01 }]',
    });
    world.live.accounts.push(account('breakglass'), account('printer'), account('ghost', { admin: true }));
    const drift = driftOf(world);
    expect(told(drift)).toEqual(['active-without-person ghost']);
    expect(drift[0]?.severity).toBe('critical');
  });
});

describe('exceptions', () => {
  it.each<[string, string, boolean]>([
    ['ended', 'kind: group, person: "1", group: Sales, expires: 2026-11-01', true],
    ['ends soon', 'kind: group, person: "1", group: Sales, expires: 2026-11-25', true],
    ['in use', 'kind: group, person: "1", group: Sales, expires: 2027-06-01', false],
    ['given by a rule too', 'kind: group, person: "2", group: Sales, expires: 2027-06-01', true],
    ['of nobody', 'kind: hold, person: "77", expires: 2027-06-01', true],
    [
      'pin that HR has too',
      'kind: pin, person: "1", attribute: jobTitle, value: engineer, expires: 2027-06-01',
      true,
    ],
    ['pin', 'kind: pin, person: "1", attribute: jobTitle, value: Chief, expires: 2027-06-01', false],
    ['ignores nobody', 'kind: ignore, account: nobody, expires: 2027-06-01', true],
    ['adopts what is linked', 'kind: adopt, person: "1", account: x, expires: 2027-06-01', true],
    ['nobody is suspended by hand', 'kind: reinstate, person: "1", expires: 2027-06-01', true],
    ['left, and yet there', 'kind: left, person: "1", expires: 2027-06-01', true],
  ])('%s', (_name, text, isStale) => {
    const world = worldOf(ROWS, { exceptions: `exceptions: [{ owner: it, reason: x, ${text} }]` });
    const stale = driftOf(world).filter(({ kind }) => kind === 'stale-exception');
    expect(stale.length).toBe(isStale ? 1 : 0);
  });
});

describe('vocabulary', () => {
  const groups = (rules: string): World => worldOf(ROWS, { groups: `groups:\n${rules}` });

  it.each<[string, string, string[]]>([
    [
      'a value that no rule names',
      `  - { group: Sales, when: "department == 'Sales'" }`,
      ['unmapped-value department'],
    ],
    [
      'any value, and so none',
      `  - { group: All, when: "department != ''" }`,
      ['unmapped-value department', 'unmapped-value department'],
    ],
    [
      'beginnings, lists and negations name what they name',
      `  - { group: A, when: "department.startsWith('Eng')" }\n  - { group: B, when: "!(department in ['Sales'])" }`,
      [],
    ],
    [
      'what a rule cannot be worked out over is not named by it, and what it is worked out over is',
      `  - { group: A, when: "location.split(', ')[1] == 'UK'" }`,
      [],
    ],
    ['a field that no rule reads is nobody’s business', `  - { group: All, when: "true" }`, []],
    [
      'a group that nobody can be in',
      `  - { group: A, when: "department in ['Engineering', 'Sales']" }\n  - { group: B, when: "department == 'Salse'" }`,
      ['unfillable-group B'],
    ],
    [
      'one rule of two',
      `  - { group: A, when: "department in ['Engineering', 'Sales']" }\n  - { group: A, when: "location == 'Mars'" }`,
      ['dead-rule A', 'unmapped-value location'],
    ],
  ])('%s', (_name, rules, expected) => {
    expect(told(driftOf(groups(rules)))).toEqual(expected);
  });

  it('says what was probably meant', () => {
    const drift = driftOf(groups(`  - { group: B, when: "department == 'Salse'" }`));
    expect(drift.find(({ kind }) => kind === 'unfillable-group')?.message).toContain(
      `HR has no "Salse" (did you mean "Sales"?)`,
    );
  });

  it('asks lookup tables by what they answer', () => {
    const world = worldOf(ROWS, { groups: 'groups: []' });
    const compiled = compilePolicy({
      ...sourcesOf({
        groups: 'groups: []',
        attributes: `attributes: { costCenter: "lookup('costs', department, 'none')" }`,
      }),
      lookups: sourceOf('mappings/lookups.yaml', 'tables: { costs: { Sales: "4200" } }'),
    });
    if (!compiled.ok) throw new Error('the mappings do not compile');
    world.policy = compiled.policy;
    const unmapped = driftOf(world).filter(({ kind }) => kind === 'unmapped-value');
    expect(unmapped.map(({ target, is }) => [target, is])).toEqual([['department', 'Engineering']]);
  });
});

it('goes on where a rule cannot be worked out over somebody, and names who is on hold for it', () => {
  const second = "location.split(', ')[1]";
  const world = worldOf(ROWS, {
    attributes: `${ATTRIBUTES}  costCenter: ${second}\n`,
    groups: `${GROUPS}  - { group: UK, when: "department != 'Support' && ${second} == 'UK'" }\n`,
    exceptions: `exceptions:
  - { kind: group, person: "1", group: UK, owner: it, reason: x, expires: 2027-01-01 }
  - { kind: pin, person: "1", attribute: costCenter, value: UK, owner: it, reason: x, expires: 2027-01-01 }`,
  });
  change(world, '1', { location: 'Nowhereland' });
  expect(told(driftOf(world)).filter((drift) => !drift.startsWith('unmapped-value'))).toEqual([
    'held-person 1 rule-failed',
  ]);
});

describe('failures', () => {
  function failing(times: number, last: 'failed' | 'done' = 'failed'): World {
    const world = worldOf(ROWS);
    for (let index = 1; index <= times; index += 1) {
      of(world, '1').attributes['jobTitle'] = `Chief ${index}`;
      const [plan] = planWorld(world).plans;
      const at = `2026-11-${10 + index}T10:00:00.000Z`;
      world.recorded.push({
        plan: plan!,
        receipt: sealReceipt({
          previous: null,
          plan: plan!.digest,
          startedAt: at,
          finishedAt: at,
          outcome: 'partial',
          results: plan!.actions.map(({ id }) => ({
            action: id,
            outcome: index === times ? last : 'failed',
            reason: 'JumpCloud said no',
            at,
            attempts: 1,
          })),
          approvedBy: [],
        }),
      });
    }
    return world;
  }

  it('twice in a row is quarantine, once is not, and success ends it', () => {
    const quarantined = (world: World): number =>
      driftOf(world).filter(({ kind }) => kind === 'quarantined').length;
    expect(quarantined(failing(1))).toBe(0);
    expect(quarantined(failing(2))).toBe(1);
    expect(quarantined(failing(3, 'done'))).toBe(0);
    // The planner lets it wait from here on and says so itself: it is told once.
    expect(quarantined(failing(3))).toBe(1);
    expect(driftOf(failing(2)).find(({ kind }) => kind === 'quarantined')?.message).toContain(
      '2 times in a row',
    );
  });
});

describe('what the plan will do', () => {
  it('is told by lane, and marked while a plan waits', () => {
    const world = worldOf(ROWS);
    of(world, '1').attributes['jobTitle'] = 'Chief';
    of(world, '1').attributes['department'] = 'Sales';
    const remedies = (): object =>
      Object.fromEntries(driftOf(world).map(({ target, remedy, pending }) => [target, [remedy, pending]]));
    expect(remedies()).toEqual({ jobTitle: ['auto', undefined], department: ['pull-request', undefined] });
    for (const plan of planWorld(world).plans) world.recorded.push({ plan, receipt: undefined });
    expect(remedies()).toEqual({ jobTitle: ['auto', true], department: ['pull-request', true] });
    const { plans } = planWorld(world);
    world.recorded.length = 0;
    applyPlans(world, plans);
    expect(driftOf(world)).toEqual([]);
  });
});

describe('what becomes of it', () => {
  const rows = [...ROWS, employee('4', { department: 'Sales' })];
  const undone = (guardrails: string): World => {
    const world = worldOf(rows, { guardrails });
    world.live.accounts = world.live.accounts.filter(({ anchor }) => anchor !== '4');
    settle(world);
    of(world, '4').attributes['jobTitle'] = 'Chief';
    group(world, 'Sales').delete(of(world, '4').id);
    return world;
  };

  it.each([
    ['{}', ['group-mismatch pull-request', 'attribute-mismatch auto']],
    [
      'drift: { attributes: review, memberships: auto }',
      ['group-mismatch auto', 'attribute-mismatch pull-request'],
    ],
    [
      'drift: { attributes: report, memberships: report }',
      ['group-mismatch report', 'attribute-mismatch report'],
    ],
  ])('%s', (guardrails, expected) => {
    const drift = driftOf(undone(guardrails));
    expect(drift.map(({ kind, remedy }) => `${kind} ${remedy}`).sort()).toEqual(expected.sort());
    // Whatever is done about it, who did it is looked up, and each is told once.
    expect(drift.every(({ watch, cause }) => watch !== undefined && cause === 'drift')).toBe(true);
  });

  it('an account that was ours and is gone was deleted by somebody, and who is looked up', () => {
    const world = undone('{}');
    const { id } = of(world, '4');
    world.live.accounts = world.live.accounts.filter((each) => each.id !== id);
    const [missing, ...others] = driftOf(world);
    expect([missing?.kind, missing?.watch, others]).toEqual([
      'missing-user',
      { about: 'deleted', account: id },
      [],
    ]);
    // Whoever never had one lost none.
    world.recorded = [];
    expect(driftOf(world).map(({ watch }) => watch)).toEqual([undefined]);
  });

  it('of a leaver it is told as well, although nothing is to be made anew', () => {
    const world = undone('{}');
    const { id } = of(world, '4');
    change(world, '4', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-22' });
    world.live.accounts = world.live.accounts.filter((each) => each.id !== id);
    expect(driftOf(world).map(({ severity, person }) => [severity, person])).toEqual([['critical', '4']]);
  });
});

/** Stories of one person: what HR does, what is planned, what JumpCloud is afterwards. */
import { describe, expect, test } from 'vitest';
import { applyPlans, passArmed, settle } from '../../simulate.ts';
import {
  change,
  employee,
  exportPeople,
  giveByHand,
  LIFECYCLE,
  planWorld,
  policyOf,
  summaryOf,
  type World,
  worldOf,
} from '../../world.ts';

const START = '2026-11-23';

function company(extra: Parameters<typeof employee>[1] = {}): World {
  return worldOf(
    [employee('1', { managerId: '2' }), employee('2'), employee('3', { managerId: '2', ...extra })],
    { asOf: START },
  );
}

function goTo(world: World, day: string): void {
  world.asOf = day;
  passArmed(world, `${day}T12:00:00Z`);
  world.people = exportPeople(world);
}

function groupsOf(world: World, person: string): string[] {
  const id = world.live.accounts.find(({ anchor }) => anchor === person)?.id ?? '';
  return [...world.live.groups.values()]
    .filter(({ members }) => members.has(id))
    .map(({ name }) => name)
    .sort();
}

const stateOf = (world: World, person: string): string | undefined =>
  world.live.accounts.find(({ anchor }) => anchor === person)?.state;

describe('leave and return', () => {
  test('takes the groups, remembers what others gave, and gives back exactly that', () => {
    const world = company();
    giveByHand(world, 'VPN', '3');
    const before = groupsOf(world, '3');
    change(world, '3', { employmentStatus: 'Furloughed' });
    expect(new Set(planWorld(world).actions.map(({ kind }) => kind))).toEqual(
      new Set(['suspend', 'leave-group']),
    );
    expect([...planWorld(world).laneOf.values()].every((lane) => lane === 'auto')).toBe(true);
    expect(settle(world)).toBe(1);
    expect(stateOf(world, '3')).toBe('SUSPENDED');
    expect(groupsOf(world, '3')).toEqual([]);
    expect(
      Object.values(world.people.find(({ employee: { id } }) => id === '3')?.restore?.groups ?? {}),
    ).toContain('VPN');

    change(world, '3', { employmentStatus: 'Full-Time' });
    expect([...planWorld(world).laneOf.values()].every((lane) => lane === 'auto')).toBe(true);
    expect(settle(world)).toBe(1);
    expect(stateOf(world, '3')).toBe('ACTIVATED');
    expect(groupsOf(world, '3')).toEqual(before);
    // What others gave stays theirs: moving on does not take it away.
    expect(
      Object.values(world.people.find(({ employee: { id } }) => id === '3')?.given?.groups ?? {}),
    ).not.toContain('VPN');
  });

  test('leaving for good gives nothing back to a rehire, but a rescinded exit restores', () => {
    for (const [hireDate, restored] of [
      ['2020-01-06', true],
      ['2026-12-01', false],
    ] as const) {
      const world = company();
      giveByHand(world, 'VPN', '3');
      change(world, '3', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: START });
      settle(world);
      expect(groupsOf(world, '3')).toEqual([]);
      expect(world.people.find(({ employee: { id } }) => id === '3')?.restore).toBeUndefined();
      goTo(world, '2026-12-01');
      change(world, '3', {
        status: 'Active',
        employmentStatus: 'Full-Time',
        terminationDate: undefined,
        hireDate,
      });
      const lanes = new Set(planWorld(world).laneOf.values());
      expect(lanes).toEqual(new Set(['review']));
      settle(world);
      expect(stateOf(world, '3')).toBe('ACTIVATED');
      expect(groupsOf(world, '3').includes('VPN')).toBe(restored);
      expect(groupsOf(world, '3')).toContain('Engineering');
    }
  });
});

describe('dates', () => {
  test('a joiner is staged ahead with an armed start, and active on the day with no run at all', () => {
    const world = company();
    world.rows.push(employee('4', { hireDate: '2026-11-27', managerId: '2' }));
    settle(world);
    expect(stateOf(world, '4')).toBe('STAGED');
    expect(world.live.armed).toMatchObject([{ state: 'ACTIVATED', at: '2026-11-27T07:00:00Z' }]);
    goTo(world, '2026-11-27');
    expect(stateOf(world, '4')).toBe('ACTIVATED');
    expect(planWorld(world).actions).toEqual([]);
  });

  test('a hire that moves out of the window loses the armed start; one who is rescinded is suspended after review', () => {
    const world = company();
    world.rows.push(employee('4', { hireDate: '2026-11-27' }));
    settle(world);
    change(world, '4', { hireDate: '2027-03-01' });
    expect(summaryOf(planWorld(world))).toEqual([expect.stringMatching(/^unschedule 4 job\d+ auto$/)]);
    settle(world);
    expect(world.live.armed).toEqual([]);
    change(world, '4', { status: 'Inactive', employmentStatus: 'Full-Time', hireDate: '2026-11-20' });
    expect(summaryOf(planWorld(world))[0]).toBe('suspend 4 review');
  });

  test('a future last day stays out of the file until the day itself, then it is armed', () => {
    const world = company({ terminationDate: '2026-11-25' });
    const file = (): Record<string, unknown> =>
      world.people.find(({ employee: { id } }) => id === '3')!.employee;
    expect(file()['terminationDate']).toBeUndefined();
    expect(planWorld(world).actions).toEqual([]);
    goTo(world, '2026-11-25');
    expect(file()['terminationDate']).toBe('2026-11-25');
    expect(summaryOf(planWorld(world))).toEqual(['schedule 3 SUSPENDED auto']);
    settle(world);
    expect(world.live.armed).toMatchObject([{ state: 'SUSPENDED', at: '2026-11-26T06:59:00Z' }]);
    passArmed(world, '2026-11-26T07:00:00Z');
    expect(stateOf(world, '3')).toBe('SUSPENDED');
    world.asOf = '2026-11-26';
    change(world, '3', { status: 'Inactive', employmentStatus: 'Terminated' });
    const kinds = planWorld(world).actions.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['leave-group']));
  });

  test('a moved last day arms the new job before the old one is cancelled', () => {
    const world = company({ terminationDate: '2026-11-23' });
    settle(world);
    const options = { ...world.policy.lifecycle.lastDay, armDays: 10 };
    world.policy = { ...world.policy, lifecycle: { ...world.policy.lifecycle, lastDay: options } };
    change(world, '3', { terminationDate: '2026-11-24' });
    expect(planWorld(world).actions.map(({ kind }) => kind)).toEqual(['schedule', 'unschedule']);
  });

  describe('of somebody whom others suspended on that very day', () => {
    const suspendedByHand = (facts: Record<string, string>): World => {
      const world = company(facts);
      settle(world);
      expect(world.live.armed).toHaveLength(1);
      world.live.accounts.find(({ anchor }) => anchor === '3')!.state = 'SUSPENDED';
      return world;
    };

    test('stays armed: they may lift it again, and no run may come between', () => {
      const world = suspendedByHand({ terminationDate: '2026-11-23' });
      expect(summaryOf(planWorld(world))).toEqual(['reinstate 3 review']);
    });

    test('is cancelled where HR moved it, and not armed anew', () => {
      const world = suspendedByHand({ terminationDate: '2026-11-23' });
      const lastDay = { ...world.policy.lifecycle.lastDay, armDays: 10 };
      world.policy = { ...world.policy, lifecycle: { ...world.policy.lifecycle, lastDay } };
      change(world, '3', { terminationDate: '2026-11-24' });
      expect(planWorld(world).actions.map(({ kind }) => kind)).toEqual(['reinstate', 'unschedule']);
    });
  });
});

describe('an edit of the mappings', () => {
  const edit = (world: World, lifecycle: (now: World['policy']['lifecycle']) => object): void => {
    world.policy = {
      ...world.policy,
      lifecycle: { ...world.policy.lifecycle, ...lifecycle(world.policy.lifecycle) },
    };
    world.people = exportPeople(world);
  };

  test.each([
    ['the time zone', () => ({ timeZone: 'America/New_York' })],
    [
      'the hour of last days',
      (now: World['policy']['lifecycle']) => ({ lastDay: { ...now.lastDay, time: '17:00' } }),
    ],
  ])('moves no armed last day without review: %s', (_name, lifecycle) => {
    const world = company({ terminationDate: '2026-11-23' });
    settle(world);
    edit(world, lifecycle);
    expect(planWorld(world).actions.map(({ kind, cause }) => [kind, cause])).toEqual([
      ['schedule', 'mapping'],
      ['unschedule', 'mapping'],
    ]);
    expect(planWorld(world).plans.map(({ lane }) => lane)).toEqual(['review']);
    // Once it is approved and done, what HR moves is armed without review as before.
    settle(world);
    const { lastDay } = world.policy.lifecycle;
    edit(world, () => ({ lastDay: { ...lastDay, armDays: 10 } }));
    change(world, '3', { terminationDate: '2026-11-24' });
    expect(planWorld(world).plans.map(({ lane }) => lane)).toEqual(['auto']);
  });

  test('moves no armed start without review', () => {
    const world = company();
    world.rows.push(employee('4', { hireDate: '2026-11-27', managerId: '2' }));
    settle(world);
    edit(world, ({ start }) => ({ start: { ...start, time: '06:00' } }));
    expect(planWorld(world).plans.map(({ lane }) => lane)).toEqual(['review']);
  });
});

describe('holds change nothing', () => {
  test('an unmapped status, a rehire half entered, a missing hire date and a moved hire date freeze the person', () => {
    const facts: [Record<string, string | undefined>, string][] = [
      [{ employmentStatus: 'Sabbatical' }, 'unmapped-status'],
      [{ employmentStatus: undefined }, 'unmapped-status'],
      [{ employmentStatus: 'Terminated' }, 'statuses-disagree'],
      [{ hireDate: undefined }, 'no-hire-date'],
      [{ hireDate: '2027-01-01' }, 'hire-date-moved'],
      [{ terminationDate: '2026-11-01' }, 'statuses-disagree'],
    ];
    for (const [changed, code] of facts) {
      const world = company();
      change(world, '3', { ...changed, department: 'Sales' });
      const planned = planWorld(world);
      expect(planned.held).toMatchObject([{ person: '3', code }]);
      expect(planned.actions).toEqual([]);
      expect(planWorld({ ...world, people: exportPeople(world) }).held).toEqual(planned.held);
    }
  });

  test('absence is never evidence: a missing person is held, said as critical, and a reviewed line decides', () => {
    const world = company();
    world.rows = world.rows.filter(({ id }) => id !== '3');
    world.people = exportPeople(world);
    expect(planWorld(world).actions).toEqual([]);
    expect(planWorld(world).findings).toMatchObject([
      { code: 'unexplained', severity: 'critical', person: '3' },
    ]);
    world.policy = {
      ...world.policy,
      exceptions: [
        {
          kind: 'left',
          person: '3',
          owner: 'ann',
          reason: 'gone',
          expires: '2027-01-01',
          place: 'mappings/exceptions.yaml:3',
        },
      ],
    };
    world.people = exportPeople(world);
    expect(summaryOf(planWorld(world))[0]).toBe('suspend 3 review');
  });
});

describe('mapping edits', () => {
  test('what an edit caused is always for review and says so; renaming a department in HR and mapping together moves nobody', () => {
    const world = company();
    const edited = worldOf([employee('1')], {
      groups:
        'groups:\n  - { group: All Staff, when: "true" }\n  - { group: Engineering, when: "department == \'Product\'" }\n  - { group: London Office, when: "location.startsWith(\'London\')" }\n',
    }).policy;
    world.policy = edited;
    world.people = exportPeople(world);
    const planned = planWorld(world);
    expect(new Set(planned.actions.map(({ kind, cause }) => `${kind} ${cause}`))).toEqual(
      new Set(['leave-group mapping']),
    );
    world.rows = world.rows.map((row) => ({ ...row, department: 'Product' }));
    world.people = exportPeople(world);
    expect(new Set(planWorld(world).actions.map(({ kind }) => kind))).toEqual(new Set(['update']));
  });

  test('a status that an edit turns into an exit is never done without review', () => {
    const world = company({
      status: 'Inactive',
      employmentStatus: 'Contractor',
      terminationDate: '2026-11-01',
    });
    change(world, '3', {});
    applyPlans(world, []);
    world.live.accounts.find(({ anchor }) => anchor === '3')!.state = 'ACTIVATED';
    const lifecycle = {
      ...world.policy.lifecycle,
      employmentStatuses: { ...world.policy.lifecycle.employmentStatuses, Contractor: 'terminated' as const },
    };
    world.policy = { ...world.policy, lifecycle };
    expect([...planWorld(world).laneOf.values()].includes('auto')).toBe(false);
  });
});

test.each([
  ['leave: { groups: keep }', 'away', 'leave-group'],
  ['leave: { bindings: [] }', 'away', 'unbind'],
  ['leaving: { bindings: [] }', 'gone', 'unbind'],
] as const)('what an edit takes from whoever is away already is for review: %s no more', (was, how, kind) => {
  const devices = 'bindings: [{ bind: policy, name: Disk, when: "true", because: everyone }]';
  const world = worldOf([employee('1'), employee('2')], {
    asOf: '2026-11-23',
    devices,
    lifecycle: `${LIFECYCLE}${was}\n`,
  });
  change(
    world,
    '2',
    how === 'away'
      ? { employmentStatus: 'Furloughed' }
      : { status: 'Inactive', employmentStatus: 'Terminated' },
  );
  settle(world);
  world.policy = policyOf({ devices });
  world.people = exportPeople(world);
  const { actions, laneOf } = planWorld(world);
  expect(new Set(actions.map((action) => action.kind))).toEqual(new Set([kind]));
  expect([...new Set(laneOf.values())]).toEqual(['review']);
  // Another run says the same, and the next person to go is no edit's doing.
  world.people = exportPeople(world);
  expect([...new Set(planWorld(world).laneOf.values())]).toEqual(['review']);
  change(world, '1', { status: 'Inactive', employmentStatus: 'Terminated' });
  const lanes = planWorld(world);
  expect(
    new Set(lanes.actions.filter(({ person }) => person === '1').map(({ id }) => lanes.laneOf.get(id))),
  ).toEqual(new Set(['auto']));
});

test('a job that stands on no receipt of ours is not ours to cancel, for whatever hour', () => {
  const world = company();
  change(world, '3', { terminationDate: START });
  applyPlans(world, planWorld(world).plans);
  const [ours] = world.live.armed;
  world.live.armed.push({ ...ours!, job: 'f'.repeat(24) });
  world.live.armed.push({ ...ours!, job: 'e'.repeat(24), at: '2026-12-24T12:00:00Z' });
  expect(planWorld(world).actions).toEqual([]);
});

/** A company's days, through the real doors and over real HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY, GROUPS, unlinked } from './company.ts';
import { type Line, type LineOptions, startLine } from './line-world.ts';
import { type ApplyDocument, deedsOf, look, type PlanDocument, round, settle, succeeded } from './settle.ts';

const lines: Line[] = [];
afterAll(async () => {
  for (const line of lines) await line.close();
});
async function start(options: LineOptions = {}): Promise<Line> {
  const line = await startLine({ bamboohr: COMPANY, jumpcloud: EMPTY_DIRECTORY, ...options });
  lines.push(line);
  return line;
}

/** A line that has been through its first run. */
async function settled(options: LineOptions = {}): Promise<Line> {
  const line = await start(options);
  await settle(line);
  return line;
}

describe('the first run', () => {
  test('everybody is created, then complete: at most three rounds to the empty plan', async () => {
    const line = await start();
    const { rounds, rest } = await settle(line);
    expect(deedsOf(rounds[0]!.plans).filter((deed) => deed.includes('create'))).toEqual(
      EMPLOYEES.map(({ id }) => `review: create ${id}`),
    );
    expect(rest).toMatchObject({ plans: [], held: [] });
    const { users, groups } = await line.directory();
    expect(groups['All Staff']).toEqual(Object.keys(users));
    expect(groups['Engineering']).toEqual(['bob.stone', 'dee.nowak']);
    expect(groups['Contractors']).toEqual(['dee.nowak']);
    expect(users['cas.meyer']).toMatchObject({
      employeeIdentifier: '103',
      state: 'ACTIVATED',
      manager: 'bob.stone',
      department: 'Sales',
    });
    expect((await line.receipts()).every(({ outcome }) => outcome === 'complete')).toBe(true);
  });

  test('in agreement: not one write, no plan file, exit 0', async () => {
    const grown = await settled();
    const state = await grown.control<object>('jumpcloud', 'GET', '/state');
    const line = await start({ jumpcloud: state });
    const planned = await look(line);
    expect(planned).toMatchObject({ plans: [], held: [], findings: [] });
    expect(await line.list('state/plans')).toEqual([]);
    const applied = succeeded(await line.run('apply'));
    expect(applied.out).toContain('Nothing is pending');
    expect(await line.writes()).toEqual([]);
  });

  test('accounts of before are adopted, then updated, then left alone', async () => {
    const [ada, bob] = EMPLOYEES as [(typeof EMPLOYEES)[0], (typeof EMPLOYEES)[0]];
    const line = await start({
      bamboohr: { ...COMPANY, employees: [ada, bob] },
      jumpcloud: {
        users: [
          unlinked(ada, { jobTitle: 'Chief', department: 'Operations' }),
          unlinked(bob, { username: 'bstone', manager: 'ada.byron' }),
          { username: 'printers', email: 'printers@example.com', state: 'ACTIVATED' },
        ],
        userGroups: GROUPS.map((name) => ({
          name,
          members: name === 'All Staff' ? ['ada.byron', 'printers'] : [],
        })),
      },
    });
    const { rounds, rest } = await settle(line);
    expect(deedsOf(rounds[0]!.plans)).toEqual(['review: adopt 101', 'review: adopt 102']);
    const second = deedsOf(rounds[1]!.plans);
    expect(second).toContain('auto: update 101 jobTitle');
    expect(second).toContain('review: join-group 102 Engineering');
    expect(second.filter((deed) => / (create|rename) /.test(deed))).toEqual([]);
    expect(rest.findings.map(({ code }) => code)).toEqual(['accounts-without-employee']);
    const { users, groups } = await line.directory();
    expect(Object.keys(users)).toEqual(['ada.byron', 'bstone', 'printers']);
    expect(groups['All Staff']).toEqual(['ada.byron', 'bstone', 'printers']);
  });
});

describe('a day like any other', () => {
  let line: Line;
  beforeAll(async () => {
    line = await settled();
  });

  test('nobody changed: no write, and every file is the same byte for byte', async () => {
    const before = await line.hashes();
    await line.forget();
    expect((await look(line)).plans).toEqual([]);
    succeeded(await line.run('apply', '--approved-by', 'ann'));
    expect(await line.writes()).toEqual([]);
    const { 'state/export.json': _was, ...old } = before;
    const { 'state/export.json': _is, ...now } = await line.hashes();
    expect(now).toEqual(old);
  });

  test('applied again: nothing is sent and it says so', async () => {
    await line.hr('105', { jobTitle: 'Head of Sales' });
    const { plans } = await round(line);
    expect(deedsOf(plans)).toEqual(['auto: update 105 jobTitle']);
    await line.forget();
    const again = succeeded(await line.run('apply', '--approved-by', 'ann'));
    expect(again.out).toBe('Nothing is pending: every plan has its receipt.\n');
    expect(await line.requests('jumpcloud')).toEqual([]);
    const asJson = succeeded(await line.run('apply', '--json')).json();
    expect(asJson).toEqual({ receipts: [] });
  });

  test('a hire: prepared a week ahead, armed, and active by itself on the day', async () => {
    await line.hire(employee('107', 'Gus', 'Reyes', { hireDate: '2026-11-27', supervisorEId: '102' }));
    const { rounds } = await settle(line);
    expect(deedsOf(rounds[0]!.plans)).toContain('review: create 107');
    const { users, scheduled, groups } = await line.directory();
    expect(users['gus.reyes']).toMatchObject({ state: 'STAGED', manager: 'bob.stone' });
    expect(groups['Engineering']).toContain('gus.reyes');
    // Midnight in Denver.
    expect(scheduled).toEqual(['gus.reyes ACTIVATED 2026-11-27T07:00:00.000Z']);
    await line.goTo('2026-11-27T18:00:00Z');
    expect((await line.directory()).users['gus.reyes']).toMatchObject({ state: 'ACTIVATED' });
    expect((await settle(line)).rounds).toEqual([]);
  });

  test('a transfer: out of the old groups and into the new ones', async () => {
    await line.hr('103', { department: 'Marketing', location: 'Vancouver, CA', supervisorEId: '101' });
    const { rounds } = await settle(line, 2);
    const deeds = rounds.flatMap(({ plans }) => deedsOf(plans));
    expect(deeds).toEqual(
      expect.arrayContaining([
        'review: join-group 103 Marketing',
        'review: join-group 103 Vancouver Office',
        'review: leave-group 103 Sales',
        'review: leave-group 103 Sydney Office',
        'review: set-manager 103 101',
        'review: update 103 department',
      ]),
    );
    const { users, groups } = await line.directory();
    expect(users['cas.meyer']).toMatchObject({ department: 'Marketing', manager: 'ada.byron' });
    expect(groups['Sales']).not.toContain('cas.meyer');
    expect(groups['Vancouver Office']).toContain('cas.meyer');
  });

  test('a profile change is one PUT, and needs nobody', async () => {
    await line.hr('106', { jobTitle: 'Controller', preferredName: 'Faye', workPhone: '+44 20 7' });
    succeeded(await line.run('export', '--json'));
    await look(line);
    await line.forget();
    const applied = succeeded(await line.run('apply', '--json', '--lane', 'auto')).json<ApplyDocument>();
    expect(applied.receipts.map(({ outcome, counts }) => [outcome, counts['done']])).toEqual([
      ['complete', 3],
    ]);
    const writes = await line.writes();
    expect(writes.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{24}/, '{id}')}`)).toEqual([
      'PUT /api/systemusers/{id}',
    ]);
    expect((await line.directory()).users['fay.quist']).toMatchObject({
      displayname: 'Faye Quist',
      jobTitle: 'Controller',
      phoneNumbers: [{ type: 'work', number: '+44 20 7' }],
    });
  });

  test('a marriage: the new name goes to review, the account stays the same', async () => {
    const { users } = await line.control<{ users: { _id: string; username: string }[] }>(
      'jumpcloud',
      'GET',
      '/state',
    );
    const id = users.find(({ username }) => username === 'dee.nowak')?._id;
    await line.hr('104', { lastName: 'Lindt', workEmail: 'dee.lindt@example.com' });
    const { rounds } = await settle(line);
    const deeds = rounds.flatMap(({ plans }) => deedsOf(plans));
    expect(deeds).toEqual(
      expect.arrayContaining(['review: rename 104 email', 'review: rename 104 username']),
    );
    const after = await line.control<{ users: { _id: string; username: string; email: string }[] }>(
      'jumpcloud',
      'GET',
      '/state',
    );
    expect(after.users.find(({ _id }) => _id === id)).toMatchObject({
      username: 'dee.lindt',
      email: 'dee.lindt@example.com',
      lastname: 'Lindt',
    });
  });

  test('leave and return: what was taken is given back, by hand given groups included', async () => {
    const state = await line.control<{ userGroups: object[] }>('jumpcloud', 'GET', '/state');
    await line.control('jumpcloud', 'PUT', '/state', {
      ...state,
      userGroups: [...state.userGroups, { name: 'Book Club', members: ['eve.okafor', 'ada.byron'] }],
    });
    await line.hr('105', { employmentHistoryStatus: 'Furloughed' });
    const leave = await round(line);
    expect(deedsOf(leave.plans)).toEqual([
      'auto: leave-group 105 All Staff',
      'auto: leave-group 105 Book Club',
      'auto: leave-group 105 London Office',
      'auto: leave-group 105 Sales',
      'auto: suspend 105',
    ]);
    let { users, groups } = await line.directory();
    expect(users['eve.okafor']).toMatchObject({ state: 'SUSPENDED' });
    expect(groups['Book Club']).toEqual(['ada.byron']);
    expect((await settle(line, 1)).rest.plans).toEqual([]);
    expect(await line.read('state/people/05/105.yaml')).toContain('restore:');
    await line.hr('105', { employmentHistoryStatus: 'Full-Time' });
    const { rounds } = await settle(line);
    expect(rounds.flatMap(({ plans }) => deedsOf(plans))).toContain('auto: reinstate 105');
    ({ users, groups } = await line.directory());
    expect(users['eve.okafor']).toMatchObject({ state: 'ACTIVATED' });
    expect(groups['Book Club']).toEqual(['ada.byron', 'eve.okafor']);
    expect(groups['Sales']).toContain('eve.okafor');
    expect(await line.read('state/people/05/105.yaml')).not.toContain('restore:');
  });

  test('a termination takes everything without waiting for anybody; rescinded, it all comes back', async () => {
    await line.hr('102', {
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-11-26',
    });
    succeeded(await line.run('export'));
    succeeded(await line.run('plan'));
    const applied = succeeded(await line.run('apply', '--json', '--lane', 'auto')).json<ApplyDocument>();
    expect(applied.receipts.map(({ outcome }) => outcome)).toEqual(['complete']);
    let { users, groups } = await line.directory();
    expect(users['bob.stone']).toMatchObject({ state: 'SUSPENDED' });
    expect(Object.values(groups).flat()).not.toContain('bob.stone');
    expect((await settle(line)).rest.plans).toEqual([]);
    await line.hr('102', {
      status: 'Active',
      employmentHistoryStatus: 'Full-Time',
      terminationDate: undefined,
    });
    const { rounds } = await settle(line);
    const deeds = rounds.flatMap(({ plans }) => deedsOf(plans));
    expect(deeds).toContain('review: reinstate 102');
    ({ users, groups } = await line.directory());
    expect(users['bob.stone']).toMatchObject({ state: 'ACTIVATED' });
    expect(groups['Engineering']).toContain('bob.stone');
  });

  test('hired again years later: the same account, and only what the rules give now', async () => {
    await line.hr('106', {
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-11-26',
    });
    await settle(line);
    const before = Object.keys((await line.directory()).users);
    await line.goTo('2028-05-02T18:00:00Z');
    await line.hr('106', {
      status: 'Active',
      employmentHistoryStatus: 'Full-Time',
      hireDate: '2028-05-01',
      terminationDate: undefined,
      department: 'Product',
    });
    const { rounds } = await settle(line);
    expect(rounds.flatMap(({ plans }) => deedsOf(plans))).toContain('review: reinstate 106');
    const { users, groups } = await line.directory();
    expect(Object.keys(users)).toEqual(before);
    expect(users['fay.quist']).toMatchObject({ state: 'ACTIVATED', department: 'Product' });
    expect(groups['Product']).toContain('fay.quist');
    expect(groups['Finance']).not.toContain('fay.quist');
  });
});

describe('only some of it', () => {
  test('--only reads, plans and applies one person, and leaves everybody else as they were', async () => {
    const line = await settled();
    await line.hr('103', { jobTitle: 'Seller' });
    await line.hr('105', { jobTitle: 'Buyer' });
    await line.forget();
    succeeded(await line.run('export', '--only', '103'));
    const hrRequests = await line.requests('bamboohr');
    expect(hrRequests.some(({ path }) => path.includes('/employees'))).toBe(true);
    const planned = succeeded(await line.run('plan', '--json', '--only', '103')).json<PlanDocument>();
    expect(planned.plans).toHaveLength(1);
    succeeded(await line.run('apply', '--only', '103'));
    const { users } = await line.directory();
    expect(users['cas.meyer']).toMatchObject({ jobTitle: 'Seller' });
    expect(users['eve.okafor']).toMatchObject({ jobTitle: 'Engineer' });
    expect(await line.read('state/people/05/105.yaml')).toContain('jobTitle: Engineer');
    const { rounds } = await settle(line);
    expect(rounds.map(({ plans }) => deedsOf(plans))).toEqual([['auto: update 105 jobTitle']]);
  });

  test('--lane: auto goes, review waits and is not touched', async () => {
    const line = await settled();
    await line.hr('103', { jobTitle: 'Seller', department: 'Finance' });
    await look(line);
    const refused = await line.run('apply');
    expect(refused.exit).toBe(3);
    expect(refused.err).toContain('--approved-by');
    expect(await line.list('state/receipts')).toHaveLength((await line.list('state/plans')).length - 2);
    succeeded(await line.run('apply', '--lane', 'auto'));
    expect((await line.directory()).users['cas.meyer']).toMatchObject({
      jobTitle: 'Seller',
      department: 'Sales',
    });
    succeeded(await line.run('apply', '--lane', 'review', '--approved-by', 'ann'));
    expect((await line.directory()).users['cas.meyer']).toMatchObject({ department: 'Finance' });
    const receipts = await line.receipts();
    expect(receipts.filter(({ approvedBy }) => approvedBy.includes('ann')).length).toBeGreaterThan(0);
  });

  test('--lane urgent plans revocations alone, in one plan', async () => {
    const line = await settled();
    await line.hr('105', { status: 'Inactive', employmentHistoryStatus: 'Terminated' });
    await line.hr('103', { jobTitle: 'Seller' });
    succeeded(await line.run('export', '--only', '105,103'));
    const planned = succeeded(
      await line.run('plan', '--json', '--lane', 'urgent', '--only', '105,103'),
    ).json<PlanDocument>();
    expect(planned.plans.map(({ lane }) => lane)).toEqual(['urgent']);
    expect(Object.keys(planned.plans[0]!.counts).sort()).toEqual(['leave-group', 'suspend']);
    succeeded(await line.run('apply', '--lane', 'urgent', '--only', '105'));
    expect((await line.directory()).users['eve.okafor']).toMatchObject({ state: 'SUSPENDED' });
  });
});

describe('devices', () => {
  test('bound by rule once, taken by a move and by an exit, and never asked for again', async () => {
    const line = await start({
      jumpcloud: { ...EMPTY_DIRECTORY, systemGroups: [{ name: 'London laptops' }] },
      files: {
        'mappings/devices.yaml':
          "bindings:\n  - { bind: system_group, name: London laptops, when: location.startsWith('London') }\n",
      },
    });
    const boundOf = async (): Promise<string[]> => {
      const { users, associations } = await line.control<{
        users: { _id: string; username: string }[];
        associations: { systemGroup: string; type: string; target: string }[];
      }>('jumpcloud', 'GET', '/state');
      const names = new Map(users.map(({ _id, username }) => [_id, username]));
      return associations
        .flatMap(({ type, target }) => (type === 'user' ? [names.get(target) ?? target] : []))
        .sort();
    };
    await settle(line);
    const everybodyElse = ['ada.byron', 'bob.stone', 'dee.nowak', 'eve.okafor', 'fay.quist'];
    expect(await boundOf()).toEqual(everybodyElse);
    await line.forget();
    expect((await look(line)).plans).toEqual([]);
    expect((await line.requests('jumpcloud')).filter(({ path }) => path.includes('/associations'))).toEqual(
      [],
    );
    await line.hr('104', { location: 'Sydney, AU' });
    await line.hr('105', { status: 'Inactive', employmentHistoryStatus: 'Terminated' });
    await settle(line);
    expect(await boundOf()).toEqual(['ada.byron', 'bob.stone', 'fay.quist']);
  });
});

describe('what machines read', () => {
  test('--json: one document with these members on stdout, logs on stderr', async () => {
    const line = await start();
    const exported = succeeded(await line.run('export', '--json')).json();
    expect(Object.keys(exported).sort()).toEqual(
      ['asOf', 'complete', 'employees', 'findings', 'unchanged', 'written'].sort(),
    );
    expect(exported).toMatchObject({ asOf: '2026-11-23', employees: 6, written: 6, complete: true });
    const planned = succeeded(await line.run('plan', '--json')).json<PlanDocument>();
    expect(Object.keys(planned).sort()).toEqual(['findings', 'held', 'plans']);
    const [plan] = planned.plans;
    expect(Object.keys(plan!).sort()).toEqual(['counts', 'digest', 'file', 'lane']);
    expect(plan!.file).toBe(`state/plans/2026-11-23-${plan!.digest}.json`);
    const applied = succeeded(
      await line.run('apply', '--json', '--approved-by', 'ann'),
    ).json<ApplyDocument>();
    expect(Object.keys(applied)).toEqual(['receipts']);
    expect(Object.keys(applied.receipts[0]!).sort()).toEqual(['counts', 'file', 'outcome']);
    expect(applied.receipts[0]!.file).toBe(plan!.file.replace('plans', 'receipts'));
    const stored = JSON.parse(await line.read(plan!.file)) as Record<string, unknown>;
    expect(Object.keys(stored).sort()).toEqual(
      ['version', 'digest', 'asOf', 'lane', 'base', 'actions', 'findings', 'held', 'counts'].sort(),
    );
    const [receipt] = await line.receipts();
    expect(receipt).toMatchObject({
      version: 1,
      plan: plan!.digest,
      outcome: 'complete',
      approvedBy: ['ann'],
    });
    expect(Object.keys(receipt!.results[0]!).sort()).toEqual(
      expect.arrayContaining(['action', 'at', 'attempts', 'outcome']),
    );
  });

  test('a failure is one JSON document as well', async () => {
    const line = await start();
    delete line.environment['BAMBOOHR_API_KEY'];
    const failed = await line.run('export', '--json');
    expect(failed.exit).toBe(2);
    expect(failed.json()).toMatchObject({ error: { code: 'missing-variable' } });
  });

  test('as a process of its own: the same document, nothing else on stdout', async () => {
    const line = await start({ clock: 'wall' });
    succeeded(await line.run('export'));
    const planned = await line.spawn('plan', ['--json']).done;
    expect(succeeded(planned).json<PlanDocument>().plans).toHaveLength(1);
    const refused = await line.spawn('apply', ['--json']).done;
    expect(refused.exit).toBe(3);
    expect(refused.json()).toMatchObject({ error: { code: 'not-approved' } });
  });
});

describe('side by side', () => {
  test('a slow person keeps nobody waiting; each person is done in order', async () => {
    const line = await start();
    await look(line);
    await line.forget();
    await line.faults('jumpcloud', [{ method: 'POST', path: '/api/systemusers', delayMs: 700 }]);
    succeeded(await line.run('apply', '--approved-by', 'ann'));
    const writes = await line.writes();
    const creates = writes.flatMap(({ path, body }) =>
      path === '/api/systemusers' ? [(body as { employeeIdentifier: string }).employeeIdentifier] : [],
    );
    // The first one asked was answered last.
    expect(creates.slice(0, -1)).not.toContain('101');
    expect(creates.at(-1)).toBe('101');
    const { users } = await line.control<{ users: { _id: string; username: string }[] }>(
      'jumpcloud',
      'GET',
      '/state',
    );
    for (const { _id, username } of users) {
      const created = writes.findIndex(
        ({ path, body }) =>
          path === '/api/systemusers' && (body as { username: string }).username === username,
      );
      const others = writes.flatMap((write, index) =>
        JSON.stringify([write.path, write.body]).includes(_id) ? [index] : [],
      );
      expect(others.every((index) => index > created)).toBe(true);
    }
  });
});

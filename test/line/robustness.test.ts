/** Bad days of the vendors, and people whom JumpCloud refuses: everything else goes on, and what did not is told. */
import { afterAll, describe, expect, test } from 'vitest';
import type { Receipt } from '../../scripts/core/record/receipt.ts';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY, GROUPS } from './company.ts';
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
async function settled(options: LineOptions = {}): Promise<Line> {
  const line = await start(options);
  await settle(line);
  return line;
}

interface Group {
  id: string;
  name: string;
  membershipMethod?: string;
  members: string[];
}
interface State {
  users: (Record<string, unknown> & { _id: string; username: string })[];
  userGroups: Group[];
}

/** Somebody at the console. */
async function atTheConsole(line: Line, change: (state: State) => Partial<State>): Promise<void> {
  const state = await line.control<State>('jumpcloud', 'GET', '/state');
  await line.control('jumpcloud', 'PUT', '/state', { ...state, ...change(state) });
}

async function newest(line: Line): Promise<Receipt> {
  const receipts = await line.receipts();
  return receipts.reduce((a, b) => (a.finishedAt > b.finishedAt ? a : b));
}

// Waiting is most of these, so they wait together.
describe.concurrent('a vendor has a bad day', () => {
  test('429 and 503 with Retry-After: waited for, and told', async () => {
    const line = await start();
    await line.faults('bamboohr', [
      { path: '/api/v1/employees', status: 503, retryAfter: 1 },
      { method: 'POST', path: '/api/v1/reports', status: 429, retryAfter: 1 },
    ]);
    const exported = succeeded(await line.run('export'));
    expect(exported.err).toMatch(/waiting 1 s: BambooHR asks for it/);
    await line.faults('jumpcloud', [
      { path: '/api/systemusers', status: 429, retryAfter: 1 },
      { path: '/api/v2/usergroups', status: 503 },
    ]);
    expect(succeeded(await line.run('plan')).err).toMatch(/JumpCloud/);
    await line.faults('jumpcloud', [
      { method: 'POST', path: '/api/systemusers', status: 429, retryAfter: 1 },
      { method: 'POST', path: '/api/v2/usergroups', status: 429, retryAfter: 1 },
    ]);
    succeeded(await line.run('apply', '--approved-by', 'ann'));
    expect(Object.keys((await line.directory()).users)).toHaveLength(EMPLOYEES.length);
    expect((await settle(line)).rest.plans).toEqual([]);
  }, 30_000);

  test('429 that asks for more time than there is: exit 1, and nothing is lost', async () => {
    const line = await start();
    await line.faults('bamboohr', [{ path: '/api/v1', status: 429, retryAfter: 86_400, times: 9 }]);
    const ran = await line.run('export');
    expect(ran.exit).toBe(1);
    expect(ran.err).toMatch(/throttled/);
    await line.faults('bamboohr', []);
    expect((await settle(line)).rest.plans).toEqual([]);
  });

  test('a page torn while it is walked is read again', async () => {
    const line = await start();
    await line.faults('bamboohr', [{ path: '/api/v1/employees', tornPage: true, times: 1 }]);
    expect(succeeded(await line.run('export', '--json')).json()).toMatchObject({ employees: 6 });
    await line.faults('jumpcloud', [{ path: '/api/systemusers', tornPage: true, times: 1 }]);
    await settle(line);
    await line.faults('jumpcloud', [{ path: '/api/systemusers', tornPage: true, times: 1 }]);
    // A missing row would read as a missing account, and be made a second time.
    expect((await look(line)).plans).toEqual([]);
  });

  test('torn for good: nothing is decided on it', async () => {
    const line = await settled();
    const before = await line.hashes();
    await line.forget();
    await line.faults('jumpcloud', [{ path: '/api/systemusers', tornPage: 'count', times: 99 }]);
    await line.faults('bamboohr', [{ path: '/api/v1/employees', tornPage: true, times: 99 }]);
    const exported = await line.run('export');
    expect(exported.exit).toBe(3);
    expect(exported.err).toContain('incomplete-read');
    const planned = await line.run('plan');
    expect(planned.exit).toBe(3);
    const { 'state/export.json': _was, ...old } = before;
    const { 'state/export.json': _is, ...now } = await line.hashes();
    expect(now).toEqual(old);
    expect(await line.writes()).toEqual([]);
  });

  test('JumpCloud is down in the middle of apply: what was done is on the receipt, the rest comes later', async () => {
    const line = await settled();
    await line.hire(employee('120', 'Kai', 'Novak'));
    await line.hire(employee('121', 'Lea', 'Brandt'));
    await look(line);
    await line.faults('jumpcloud', [{ method: 'POST', path: '/api/v2/usergroups', status: 500, times: 99 }]);
    const applied = await line.run('apply', '--json', '--approved-by', 'ann');
    expect(applied.exit).toBe(1);
    expect(applied.json<ApplyDocument>().receipts[0]).toMatchObject({ outcome: 'partial' });
    const { results } = await newest(line);
    expect(
      results.filter(({ account, outcome }) => account !== undefined && outcome === 'done'),
    ).toHaveLength(2);
    expect(results.some(({ outcome, reason }) => outcome === 'failed' && (reason ?? '') !== '')).toBe(true);
    await line.faults('jumpcloud', []);
    expect((await settle(line)).rest.plans).toEqual([]);
    expect((await line.directory()).groups['All Staff']).toContain('lea.brandt');
  }, 60_000);
});

describe.concurrent('memberships', () => {
  test('given or taken by somebody else in between: already, not an error', async () => {
    const line = await settled();
    await line.hr('103', { department: 'Finance' });
    await look(line);
    await atTheConsole(line, ({ userGroups }) => ({
      userGroups: userGroups.map((group) => {
        if (group.name === 'Finance') return { ...group, members: [...group.members, 'cas.meyer'] };
        if (group.name === 'Sales')
          return { ...group, members: group.members.filter((name) => name !== 'cas.meyer') };
        return group;
      }),
    }));
    const applied = succeeded(
      await line.run('apply', '--json', '--approved-by', 'ann'),
    ).json<ApplyDocument>();
    expect(applied.receipts[0]).toMatchObject({ outcome: 'complete', counts: { already: 2, failed: 0 } });
    expect((await settle(line)).rest.plans).toEqual([]);
  });

  test('409 and 404 from JumpCloud itself are confirmed by a read', async () => {
    const line = await settled();
    await line.hr('103', { department: 'Finance' });
    await look(line);
    // The graph lags: the plan reads what was, the write meets what is.
    await line.faults('jumpcloud', [
      {
        method: 'POST',
        path: '/api/v2/usergroups',
        status: 409,
        body: { message: 'Already Exists' },
        times: 2,
      },
    ]);
    const applied = await line.run('apply', '--json', '--approved-by', 'ann');
    // A 409 that no read bears out is a failure, whatever it says.
    expect(applied.exit).toBe(1);
    expect(
      (await newest(line)).results.some(({ reason }) => reason?.includes('membership-unclear') === true),
    ).toBe(true);
    expect((await settle(line)).rest.plans).toEqual([]);
    const { groups } = await line.directory();
    expect(groups['Finance']).toContain('cas.meyer');
    expect(groups['Sales']).not.toContain('cas.meyer');
  }, 30_000);

  test('the graph shows what was written only after a while', async () => {
    const line = await start({
      jumpcloud: { ...EMPTY_DIRECTORY, switches: { graphLag: { reads: 2, ms: 0 } } },
    });
    const { rest } = await settle(line);
    expect(rest.plans).toEqual([]);
  }, 30_000);
});

describe('groups', () => {
  const others = (groups: Group[], name: string): Group[] => groups.filter((group) => group.name !== name);

  async function foundIn(line: Line): Promise<string[]> {
    return (await look(line)).findings.map(({ code, subject }) => `${code} ${subject ?? ''}`.trim());
  }

  test('missing, doubled and dynamic ones are told; everybody gets everything else', async () => {
    const line = await start({
      jumpcloud: {
        userGroups: [
          ...GROUPS.filter((name) => !['Sales', 'Engineering'].includes(name)).map((name) => ({
            name,
            members: [],
          })),
          { name: 'Finance', members: [] },
          {
            name: 'Engineering',
            membershipMethod: 'DYNAMIC_AUTOMATED',
            memberQuery: {
              queryType: 'FilterQuery',
              filters: [{ field: 'department', operator: 'eq', value: 'Engineering' }],
            },
          },
        ],
      },
    });
    const { rest, rounds } = await settle(line);
    expect(rest.findings.map(({ code, subject }) => `${code} ${subject}`)).toEqual([
      'group-doubled Finance',
      'group-dynamic Engineering',
      'group-missing Sales',
    ]);
    expect(
      rest.findings.every(({ message }) => /create it there|rename all but one|make it static/.test(message)),
    ).toBe(true);
    expect(
      rounds.flatMap(({ plans }) => deedsOf(plans)).some((deed) => /Sales|Finance|Engineering$/.test(deed)),
    ).toBe(false);
    const { users, groups } = await line.directory();
    expect(Object.keys(users)).toHaveLength(EMPLOYEES.length);
    expect(groups['London Office']?.length).toBeGreaterThan(0);
    // The rule of JumpCloud fills it by itself.
    expect(groups['Engineering']).toEqual(['bob.stone', 'dee.nowak']);
  });

  test('renamed, deleted and replaced underneath: frozen, the rest goes on', async () => {
    const line = await settled();
    await atTheConsole(line, ({ userGroups }) => ({
      userGroups: [
        ...userGroups
          .filter(({ name }) => !['Finance', 'Operations'].includes(name))
          .map((group) => (group.name === 'Sales' ? { ...group, name: 'Sales (EMEA)' } : group)),
        { id: '0'.repeat(23) + '9', name: 'Operations', members: [] },
      ],
    }));
    await line.hr('105', { department: 'Marketing' });
    await line.hr('106', { department: 'Sales' });
    expect(await foundIn(line)).toEqual(
      expect.arrayContaining(['group-gone Finance', 'group-gone Operations', 'group-renamed Sales']),
    );
    const { rounds, rest } = await settle(line);
    expect(rounds.flatMap(({ plans }) => deedsOf(plans))).toContain('review: join-group 105 Marketing');
    expect(rest.plans).toEqual([]);
    const { groups } = await line.directory();
    expect(groups['Marketing']).toEqual(['eve.okafor']);
    expect(groups['Sales (EMEA)']).toContain('eve.okafor');
    expect(groups['Operations']).toEqual([]);
  });

  test('deleted between plan and apply: that join fails or is skipped, everything else is done', async () => {
    const line = await settled();
    await line.hire(employee('120', 'Kai', 'Novak', { department: 'Product' }));
    await line.hr('106', { department: 'UX' });
    await look(line);
    await atTheConsole(line, ({ userGroups }) => ({ userGroups: others(userGroups, 'Product') }));
    await line.run('apply', '--approved-by', 'ann');
    const { users, groups } = await line.directory();
    expect(users['kai.novak']).toMatchObject({ state: 'ACTIVATED' });
    expect(groups['All Staff']).toContain('kai.novak');
    expect(groups['UX']).toEqual(['fay.quist']);
    const { rest } = await settle(line);
    expect(rest.findings.map(({ code }) => code)).toContain('group-gone');
  });

  test('a leaver in a group that JumpCloud fills by a rule: suspended, and the rest is told as critical', async () => {
    const line = await settled();
    await atTheConsole(line, ({ userGroups }) => ({
      userGroups: [
        ...others(userGroups, 'Sales'),
        {
          ...(userGroups.find(({ name }) => name === 'Sales') as Group),
          membershipMethod: 'DYNAMIC_AUTOMATED',
          memberQuery: {
            queryType: 'FilterQuery',
            filters: [{ field: 'department', operator: 'eq', value: 'Sales' }],
          },
        } as Group,
      ],
    }));
    await line.hr('105', {
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-11-22',
    });
    const planned = await look(line);
    expect(planned.findings).toContainEqual(
      expect.objectContaining({ code: 'group-kept', severity: 'critical', person: '105', subject: 'Sales' }),
    );
    succeeded(await line.run('apply', '--approved-by', 'ann'));
    const { users, groups } = await line.directory();
    expect(users['eve.okafor']).toMatchObject({ state: 'SUSPENDED' });
    expect(groups['All Staff']).not.toContain('eve.okafor');
  });
});

describe('one bad person never blocks another', () => {
  test('a create and an update that JumpCloud refuses', async () => {
    const line = await settled();
    const joiners = ['120', '121', '122'].map((id, index) =>
      employee(id, ['Kai', 'Lea', 'Mia'][index]!, 'Novak', {
        workEmail: `${['kai', 'lea', 'mia'][index]}@example.com`,
      }),
    );
    for (const joiner of joiners) await line.hire(joiner);
    await line.hr('103', { jobTitle: 'Seller' });
    await line.hr('104', { jobTitle: 'Builder' });
    await look(line);
    await line.faults('jumpcloud', [
      {
        method: 'POST',
        path: '/api/systemusers',
        status: 400,
        body: { message: 'Validation failed: email is banned' },
      },
      { method: 'PUT', path: '/api/systemusers/', status: 400, body: { message: 'jobTitle is not allowed' } },
    ]);
    const applied = await line.run('apply', '--json', '--approved-by', 'ann');
    expect(applied.exit).toBe(1);
    const { receipts } = applied.json<ApplyDocument>();
    expect(receipts.map(({ outcome }) => outcome)).toEqual(['partial', 'partial']);
    const made = (await line.directory()).users;
    expect(['kai', 'lea', 'mia'].filter((name) => name in made)).toHaveLength(2);
    const results = (await line.receipts()).flatMap((receipt) => receipt.results);
    expect(results.some(({ outcome, reason }) => outcome === 'failed' && /400/.test(reason ?? ''))).toBe(
      true,
    );
    // Whoever was not made is not joined either, and it says why.
    expect(
      results.some(({ outcome, reason }) => outcome === 'not-attempted' && /create/.test(reason ?? '')),
    ).toBe(true);
    expect((await settle(line)).rest.plans).toEqual([]);
    expect(Object.keys((await line.directory()).users)).toEqual(
      expect.arrayContaining(['kai', 'lea', 'mia']),
    );
  });

  test('a name that JumpCloud has already, of somebody who is no employee: another name, or held, never taken over', async () => {
    const line = await start({
      jumpcloud: {
        ...EMPTY_DIRECTORY,
        users: [{ username: 'bob.stone', email: 'stranger@example.com', state: 'ACTIVATED' }],
      },
    });
    const { rest } = await settle(line);
    expect(rest.plans).toEqual([]);
    const { users } = await line.directory();
    expect(users['bob.stone']).toMatchObject({ email: 'stranger@example.com' });
    expect(users['bob.stone']?.['employeeIdentifier'] ?? '').toBe('');
    const bob = Object.values(users).find((user) => user['employeeIdentifier'] === '102');
    expect(bob).toMatchObject({ email: 'bob.stone@example.com' });
  });

  test('one person on hold by hand: nothing for them, everything for the others', async () => {
    const line = await settled();
    await line.write(
      'mappings/exceptions.yaml',
      "exceptions:\n  - { kind: hold, person: '103', owner: it-lead, reason: legal hold, expires: 2026-12-31 }\n",
    );
    await line.hr('103', { jobTitle: 'Seller' });
    await line.hr('104', { jobTitle: 'Builder' });
    const { plans, planned } = await round(line);
    expect(planned.held.map(({ person, code }) => `${person} ${code}`)).toEqual(['103 held-by-exception']);
    expect(deedsOf(plans)).toEqual(['auto: update 104 jobTitle']);
  });

  test('somebody vanished from BambooHR: held and critical, nothing is taken', async () => {
    const line = await settled();
    const state = await line.control<{ employees: { id: string }[] }>('bamboohr', 'GET', '/state');
    await line.control('bamboohr', 'PUT', '/state', {
      ...state,
      employees: state.employees.filter(({ id }) => id !== '105'),
    });
    const planned: PlanDocument = await look(line);
    expect(planned.plans).toEqual([]);
    expect(planned.held.map(({ person, code }) => `${person} ${code}`)).toEqual(['105 unexplained']);
    expect(planned.findings).toContainEqual(
      expect.objectContaining({ code: 'unexplained', severity: 'critical', person: '105' }),
    );
  });

  test('the world moved between plan and apply: what is no longer wanted is skipped, loudly', async () => {
    const line = await settled();
    await line.hr('103', { department: 'Finance' });
    await look(line);
    await line.hr('103', { department: 'Sales' });
    succeeded(await line.run('export'));
    const applied = await line.run('apply', '--approved-by', 'ann');
    expect(applied.exit).toBe(0);
    expect(applied.out).toMatch(/0 of \d+/);
    const { results } = await newest(line);
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['skipped']));
    expect((await line.directory()).groups['Sales']).toContain('cas.meyer');
  });

  test('HR was last read more than an hour ago: revocations run, grants wait', async () => {
    const line = await settled();
    await line.hr('105', {
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-11-22',
    });
    await line.hr('103', { jobTitle: 'Seller' });
    await look(line);
    await line.goTo('2026-11-23T20:30:00Z');
    const applied = await line.run('apply', '--json');
    expect(applied.exit).toBe(1);
    const { users } = await line.directory();
    expect(users['eve.okafor']).toMatchObject({ state: 'SUSPENDED' });
    expect(users['cas.meyer']).toMatchObject({ jobTitle: 'Engineer' });
    expect((await newest(line)).results.some(({ reason }) => /within the last hour/.test(reason ?? ''))).toBe(
      true,
    );
    expect((await settle(line)).rest.plans).toEqual([]);
    expect((await line.directory()).users['cas.meyer']).toMatchObject({ jobTitle: 'Seller' });
  });
});

/**
 * One person, one group, one answer that is bad for days: everything else goes on, it is tried again with growing pauses,
 * named in every plan until it works, and exit and receipt tell partial from complete; one rule that fails over the facts
 * of one person holds that person. By the real doors.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../scripts/emulators/kit/faults.ts';
import { COMPANY, EMPTY_DIRECTORY } from './company.ts';
import { type Line, PROJECT, startLine } from './line-world.ts';
import { type ApplyDocument, deedsOf, look, type PlanDocument, settle, succeeded } from './settle.ts';

const lines: Line[] = [];
afterAll(async () => {
  for (const line of lines) await line.close();
});
async function settled(files: Record<string, string> = {}): Promise<Line> {
  const line = await startLine({ bamboohr: COMPANY, jumpcloud: EMPTY_DIRECTORY, files });
  lines.push(line);
  await settle(line);
  return line;
}

interface Ids {
  user(name: string): string;
  group(name: string): string;
}
async function idsOf(line: Line): Promise<Ids> {
  const { users, userGroups } = await line.control<{
    users: { _id: string; username: string }[];
    userGroups: { id: string; name: string }[];
  }>('jumpcloud', 'GET', '/state');
  return {
    user: (name) => users.find(({ username }) => username === name)!._id,
    group: (wanted) => userGroups.find(({ name }) => name === wanted)!.id,
  };
}

/** One run of the sync: what was planned, and how apply ended. */
async function sync(
  line: Line,
): Promise<{ planned: PlanDocument; deeds: string[]; exit: number; outcomes: string[] }> {
  const planned = await look(line);
  const digests = new Set(planned.plans.map(({ digest }) => digest));
  const deeds = deedsOf((await line.plans()).filter(({ digest }) => digests.has(digest)));
  const applied = await line.run('apply', '--json', '--approved-by', 'ann,ben');
  const { receipts } = applied.json<ApplyDocument>();
  return { planned, deeds, exit: applied.exit, outcomes: receipts.map(({ outcome }) => outcome) };
}

/** `code subject-or-person`, of what is said about people and groups. */
function said({ findings }: PlanDocument): string[] {
  return findings.map(({ code, person, subject }) => `${code} ${person ?? subject ?? ''}`.trim()).sort();
}

describe('what cannot be written', () => {
  test.skipIf(process.env['ROLLCALL_LONG'] !== '1')(
    'one person and one group: three failures, then 1, 2 … days of quiet, named every time, until they work',
    async () => {
      const line = await settled();
      const ids = await idsOf(line);
      const broken = (status: number): Fault[] => [
        { method: 'PUT', path: `/api/systemusers/${ids.user('cas.meyer')}`, status, times: 999 },
        { method: 'POST', path: `/api/v2/usergroups/${ids.group('Marketing')}/members`, status, times: 999 },
      ];
      await line.hr('103', { jobTitle: 'Seller' });
      await line.hr('106', { department: 'Marketing' });
      await line.hr('104', { jobTitle: 'Builder' });
      const wanted = ['auto: update 103 jobTitle', 'review: join-group 106 Marketing'];
      for (const [run, status] of [400, 500, 403].entries()) {
        await line.faults('jumpcloud', broken(status));
        const { deeds, exit, outcomes } = await sync(line);
        expect(deeds, `run ${run + 1}`).toEqual(expect.arrayContaining(wanted));
        // The others were done by the first run.
        expect(deeds.length).toBe(run === 0 ? 5 : 2);
        expect({ exit, partial: outcomes.every((outcome) => outcome === 'partial') }).toEqual({
          exit: 1,
          partial: true,
        });
      }
      const { users, groups } = await line.directory();
      expect(users['dee.nowak']).toMatchObject({ jobTitle: 'Builder' });
      expect(groups['Finance']).not.toContain('fay.quist');

      const named = ['quarantine 103', 'quarantine 106'];
      const quiet = await sync(line);
      expect(quiet).toMatchObject({ deeds: [], exit: 0, outcomes: [] });
      expect(said(quiet.planned)).toEqual(named);
      for (const { message } of quiet.planned.findings)
        expect(message).toMatch(
          /failed 3 times in a row, last on 2026-11-23 \(.*\), and is tried again on 2026-11-24:/,
        );

      await line.goTo('2026-11-24T18:00:00Z');
      const again = await sync(line);
      expect(again).toMatchObject({ deeds: wanted, exit: 1 });
      expect(said(again.planned)).toEqual(named);
      await line.goTo('2026-11-25T18:00:00Z');
      await line.hr('102', { jobTitle: 'Architect' });
      const others = await sync(line);
      expect(others).toMatchObject({ deeds: ['auto: update 102 jobTitle'], exit: 0, outcomes: ['complete'] });
      expect(said(others.planned)).toEqual(named);

      await line.faults('jumpcloud', []);
      await line.goTo('2026-11-26T18:00:00Z');
      const mended = await sync(line);
      expect(mended.deeds).toEqual(wanted);
      expect(mended.exit).toBe(0);
      expect(said(mended.planned)).toEqual(named);
      const rest = await sync(line);
      expect(rest).toMatchObject({ deeds: [], exit: 0 });
      expect(said(rest.planned)).toEqual([]);
      expect((await line.directory()).users['cas.meyer']).toMatchObject({ jobTitle: 'Seller' });
    },
    300_000,
  );
});

describe('what cannot be read', () => {
  test('one group, one account, one row of HR: left alone and named, and nobody else waits', async () => {
    const line = await settled();
    const ids = await idsOf(line);
    // Eve leaves while nothing can be read of a group that she is in.
    await line.hr('105', {
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-11-22',
    });
    await line.hr('104', { jobTitle: 'Builder' });
    await line.hr('102', { jobTitle: 'Architect' });

    const group: Fault = {
      path: `/api/v2/usergroups/${ids.group('Sales')}`,
      status: 200,
      body: { nonsense: true },
      times: 999,
    };
    await line.faults('jumpcloud', [group]);
    const first = await look(line);
    expect(said(first)).toEqual(expect.arrayContaining(['group-unread Sales', 'group-kept 105']));
    const digests = new Set(first.plans.map(({ digest }) => digest));
    const deeds = deedsOf((await line.plans()).filter(({ digest }) => digests.has(digest)));
    expect(deeds).toEqual(expect.arrayContaining(['auto: suspend 105', 'auto: update 104 jobTitle']));
    expect(deeds.some((deed) => deed.endsWith(' Sales'))).toBe(false);

    // Bob's account makes no sense, nor does what HR says of Dee.
    const accounts = await answerOf(line, 'jumpcloud', '/api/systemusers?sort=_id&limit=100&skip=0');
    const bob = (accounts['results'] as Record<string, unknown>[]).find(
      ({ username }) => username === 'bob.stone',
    )!;
    Object.assign(bob, { state: 'DREAMING', jobTitle: 7 });
    await line.faults('jumpcloud', [
      { method: 'GET', path: '/api/systemusers', status: 200, body: accounts, times: 1 },
    ]);
    const second = await look(line);
    expect(second.held.map(({ person, code }) => `${person} ${code}`)).toContain('102 account-unreadable');
    expect(second.plans.map(({ counts }) => counts)).not.toEqual([]);

    const employees = await hrAnswer(line);
    (employees['data'] as Record<string, unknown>[]).find(({ employeeId }) => employeeId === '104')![
      'jobTitleName'
    ] = { oops: 1 };
    await line.faults('bamboohr', [
      { method: 'GET', path: '/api/v1/employees', status: 200, body: employees, times: 1 },
    ]);
    const third = await look(line);
    expect(third.held.map(({ person, code }) => `${person} ${code}`)).toEqual(['104 redacted-row']);
    const rest = await settle(line);
    expect(rest.rest).toMatchObject({ plans: [], held: [], findings: [] });
    expect((await line.directory()).users['eve.okafor']).toMatchObject({ state: 'SUSPENDED' });
  }, 300_000);
});

describe('a rule that cannot be worked out over one person', () => {
  const LEFT = {
    status: 'Inactive',
    employmentHistoryStatus: 'Terminated',
    terminationDate: '2026-11-22',
  };
  const ODD = { location: 'Nowhereland' };

  test('that one is on hold and named; everybody else goes on, and whoever leaves is out, in the urgent lane too', async () => {
    const shipped = readFileSync(join(PROJECT, 'mappings/attributes.yaml'), 'utf8');
    const rule = '  costCenter: ';
    const attributes = `${shipped}${rule}location.split(', ')[1]\n`;
    const place = `mappings/attributes.yaml:${attributes.split('\n').length - 1}:${rule.length + 1}`;
    const line = await settled({ 'mappings/attributes.yaml': attributes });
    const before = await line.directory();
    await line.hr('103', { ...ODD, jobTitle: 'Seller' });
    await line.hr('102', { jobTitle: 'Architect' });
    await line.hr('105', LEFT);
    await line.hr('106', { ...ODD, ...LEFT });
    await line.hr('104', { ...ODD, employmentHistoryStatus: 'Furloughed' });

    const exported = succeeded(await line.run('export', '--json')).json<Pick<PlanDocument, 'findings'>>();
    expect(exported.findings.filter(({ code }) => code === 'rule-failed')).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(`^${place}: the rule .*; it fails for 2 people: `),
      }),
    ]);
    const { planned, deeds, exit, outcomes } = await sync(line);
    expect(planned.held).toEqual([
      { person: '103', code: 'rule-failed', message: expect.stringMatching(`^${place}: the rule cannot be`) },
    ]);
    expect(said(planned)).toEqual(['rule-failed 104']);
    expect(JSON.stringify([planned, exported])).not.toContain('Nowhereland');
    expect(deeds).toEqual(
      expect.arrayContaining([
        'auto: suspend 104',
        'auto: suspend 105',
        'auto: suspend 106',
        'auto: update 102 jobTitle',
      ]),
    );
    expect(deeds.filter((deed) => deed.includes(' 103'))).toEqual([]);
    expect({ exit, outcomes: [...new Set(outcomes)] }).toEqual({ exit: 0, outcomes: ['complete'] });
    const after = await line.directory();
    expect(after.users['cas.meyer']).toEqual(before.users['cas.meyer']);
    expect(Object.values(after.groups).flat()).not.toContain('fay.quist');
    expect(after.groups['Sales']).toContain('cas.meyer');
    for (const name of ['dee.nowak', 'eve.okafor', 'fay.quist'])
      expect([name, after.users[name]?.['state']]).toEqual([name, 'SUSPENDED']);
    expect(after.users['dee.nowak']).toMatchObject({ location: 'London, UK', costCenter: 'UK' });

    // Still on hold, and now they leave.
    await line.hr('103', LEFT);
    await line.hr('102', { ...ODD, ...LEFT });
    succeeded(await line.run('export', '--only', '102,103'));
    succeeded(await line.run('plan', '--lane', 'urgent'));
    succeeded(await line.run('apply', '--lane', 'urgent'));
    const { users } = await line.directory();
    for (const name of ['bob.stone', 'cas.meyer'])
      expect([name, users[name]?.['state']]).toEqual([name, 'SUSPENDED']);
    expect(await settle(line)).toMatchObject({ rest: { plans: [], held: [] } });
  }, 300_000);
});

async function answerOf(line: Line, vendor: 'jumpcloud', path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${line.url(vendor)}${path}`, { headers: { 'x-api-key': 'any' } });
  return (await answer.json()) as Record<string, unknown>;
}

/** The list as export asks for it, taken from the log of its last request. */
async function hrAnswer(line: Line): Promise<Record<string, unknown>> {
  const asked = (await line.requests('bamboohr')).filter(({ path }) => path === '/api/v1/employees').at(-1)!;
  const query = new URLSearchParams(asked.query as Record<string, string>).toString();
  const answer = await fetch(`${line.url('bamboohr')}${asked.path}?${query}`, {
    headers: { accept: 'application/json', authorization: `Basic ${btoa('any:x')}` },
  });
  return (await answer.json()) as Record<string, unknown>;
}

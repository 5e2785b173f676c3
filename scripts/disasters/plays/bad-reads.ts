/** BambooHR answers, and what it says is not so: people and fields that a permission, a fault or a torn page hides. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disaster } from '../disaster.ts';
import { BOOK_CLUB, idOf } from '../company.ts';
import { leaverFacts, type Stage } from '../stage.ts';
import { TODAY } from '../settle-company.ts';
import { startProxy } from '../tapped-proxy.ts';

/** Somebody leaves properly once the trouble is over: what a guard holds back must not stay held back. */
async function thenSomebodyLeaves(stage: Stage, index = 40): Promise<void> {
  await stage.edit(idOf(index), leaverFacts(TODAY));
  await stage.sync();
  await stage.expect((wishes) => wishes.exit(idOf(index)));
}

async function andEverythingIsApproved(stage: Stage): Promise<void> {
  await stage.sync();
  await stage.approve();
}

export const BAD_READS: Disaster[] = [
  {
    name: 'empty-hr',
    what: 'BambooHR answers with nobody in it, and everything that is proposed is approved',
    tells: ['export 3', 'export-drop', 'plan 3', 'incomplete-export'],
    peers:
      'entitlements-app emptied all 20 groups and reported success; octoDNS refused; the low-code flow did nothing and said nothing',
    async play(stage) {
      const { employees } = await readEmployees(stage);
      await stage.hr((hr) => ({ ...hr, employees: [] }));
      await andEverythingIsApproved(stage);
      await stage.expect(() => undefined);
      await stage.hr((hr) => ({ ...hr, employees }));
      await thenSomebodyLeaves(stage);
    },
  },
  {
    name: 'half-of-hr',
    what: 'half of the people are missing from an answer that looks complete',
    tells: ['export 3', 'export-drop', 'incomplete-export'],
    peers:
      'entitlements-app has no guard: whoever is missing loses every membership; octoDNS has its threshold of 30 %',
    async play(stage) {
      const { employees } = await readEmployees(stage);
      await stage.hr((hr) => ({ ...hr, employees: employees.filter((_, index) => index % 2 === 0) }));
      await andEverythingIsApproved(stage);
      await stage.expect(() => undefined);
      await stage.hr((hr) => ({ ...hr, employees }));
      await thenSomebodyLeaves(stage);
    },
  },
  {
    name: 'three-people-vanish',
    what: 'three people are missing, few enough to pass every limit; a week goes by',
    tells: ['unexplained'],
    peers: 'aws-ec2-ssh (issue 154) and ssosync (issue 194) deleted whoever was missing from a read',
    async play(stage) {
      const gone = [idOf(30), idOf(31), idOf(32)];
      await stage.hr((hr) => ({ ...hr, employees: hr.employees.filter(({ id }) => !gone.includes(id)) }));
      await andEverythingIsApproved(stage);
      await stage.goTo('2026-11-30T18:00:00Z');
      await andEverythingIsApproved(stage);
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'hr-503-in-the-middle',
    what: "BambooHR fails with 503 after the first answers of a read, and goes on failing; somebody's last day is armed",
    tells: ['export 1'],
    peers: 'the low-code flow did nothing and said nothing',
    async play(stage) {
      // Only the second read of BambooHR tells last days that lie ahead.
      const lifecycle = join(stage.desk.root, 'mappings/lifecycle.yaml');
      await writeFile(lifecycle, (await readFile(lifecycle, 'utf8')).replace('armDays: 0', 'armDays: 3'));
      await stage.edit(idOf(30), { terminationDate: '2026-11-25' });
      await stage.sync();
      await stage.expect((wishes) => wishes.armed(idOf(30), 'SUSPENDED', '2026-11-26T06:59:00Z'));
      await stage.faults('bamboohr', [
        { path: '/api', delayMs: 1, times: 1 },
        { path: '/api', status: 503, retryAfter: 3_600, times: 99 },
      ]);
      await andEverythingIsApproved(stage);
      await stage.expect(() => undefined);
      await stage.faults('bamboohr', []);
      await thenSomebodyLeaves(stage);
    },
  },
  {
    name: 'permission-lost-column',
    what: "BambooHR's key loses the right to see departments: they read as empty for everybody",
    tells: ['export 3', 'redacted-column'],
    async play(stage) {
      await stage.hr((hr) => ({ ...hr, apiKeys: [{ key: 'disaster-hr-key', hideFields: ['department'] }] }));
      await andEverythingIsApproved(stage);
      await stage.expect(() => undefined);
      await stage.hr((hr) => ({ ...hr, apiKeys: [{ key: 'disaster-hr-key' }] }));
      await thenSomebodyLeaves(stage);
    },
  },
  {
    name: 'permission-lost-row',
    what: "BambooHR's key no longer sees two people's departments; one of them and somebody else move",
    tells: ['redacted-row'],
    async play(stage) {
      const hidden = [idOf(30), idOf(31)];
      await stage.hr((hr) => ({
        ...hr,
        apiKeys: [
          {
            key: 'disaster-hr-key',
            hideFieldsOf: Object.fromEntries(hidden.map((id) => [id, ['department']])),
          },
        ],
      }));
      await stage.edit(idOf(30), { jobTitle: 'Director' });
      await stage.edit(idOf(36), { jobTitle: 'Director' });
      await andEverythingIsApproved(stage);
      await stage.expect((wishes) => wishes.field(idOf(36), 'jobTitle', 'Director'));
    },
  },
  {
    name: 'person-twice',
    what: 'one person comes twice in an answer that adds up: once at work, once as Terminated',
    tells: ['export 3', 'incomplete-read'],
    async play(stage) {
      const proxy = await startProxy(stage.urls.bamboohr, {
        after(exchange) {
          if (exchange.path.endsWith('/employees')) exchange.answer = withTwin(exchange.answer, idOf(31));
          return 'pass';
        },
      });
      const torn = stage.desk.through({ BAMBOOHR_BASE_URL: proxy.url });
      stage.heard(await torn.run('export'));
      await proxy.close();
      await stage.run('plan');
      await stage.run('apply', '--lane', 'auto');
      await stage.approve();
      await stage.expect(() => undefined);
      await thenSomebodyLeaves(stage);
    },
  },
  {
    name: 'torn-pages',
    what: 'people are deleted and hired while the pages are walked: rows come twice or not at all',
    tells: ['export 3', 'incomplete-read', 'plan 3'],
    peers: 'none of the peers checks whether the pages of a list add up',
    async play(stage) {
      await stage.faults('bamboohr', [{ path: '/api', tornPage: true, times: 99 }]);
      await andEverythingIsApproved(stage);
      await stage.expect(() => undefined);
      await stage.faults('bamboohr', []);
      await stage.faults('jumpcloud', [{ path: '/api/systemusers', tornPage: true, times: 99 }]);
      await andEverythingIsApproved(stage);
      await stage.expect(() => undefined);
      await stage.faults('jumpcloud', []);
      await thenSomebodyLeaves(stage);
    },
  },
  {
    name: 'throttled-reads',
    what: 'JumpCloud throttles its lists in the middle, then what leavers still have: nobody is taken for gone or for stripped, nobody is made a second time',
    tells: ['plan 1'],
    peers: 'aws-ec2-ssh (issue 154) took a throttled read for "user gone"',
    async play(stage) {
      // On leave since this morning; the laptop goes only with the exit.
      const leaver = idOf(31);
      await stage.edit(leaver, { employmentHistoryStatus: 'Furloughed' });
      await stage.sync();
      await stage.expect((wishes) => {
        wishes.state(leaver, 'SUSPENDED');
        wishes.leave(leaver, 'All Staff', 'Sales', 'Vancouver Office', BOOK_CLUB);
      });
      await stage.edit(leaver, leaverFacts(TODAY));
      await stage.hire(idOf(60), { hireDate: '2026-11-25' });
      for (const faults of [
        [
          { method: 'GET', path: '/api', delayMs: 1, times: 4 },
          { method: 'GET', path: '/api', status: 429, retryAfter: 3_600, times: 99 },
        ],
        [{ method: 'GET', path: '/api/v2/users/', status: 429, retryAfter: 3_600, times: 99 }],
      ]) {
        await stage.faults('jumpcloud', faults);
        await andEverythingIsApproved(stage);
        await stage.expect(() => undefined);
      }
      await stage.faults('jumpcloud', []);
      await andEverythingIsApproved(stage);
      await stage.expect((wishes) => {
        wishes.exit(leaver);
        wishes.account(idOf(60), 'STAGED', ['All Staff', 'Engineering', 'London Office']);
        wishes.armed(idOf(60), 'ACTIVATED', '2026-11-25T07:00:00Z');
      });
    },
  },
];

async function readEmployees(stage: Stage): Promise<{ employees: { id: string }[] }> {
  let employees: { id: string }[] = [];
  await stage.hr((hr) => {
    employees = hr.employees;
    return hr;
  });
  return { employees };
}

/** BambooHR's list, with a second row for one person, who has left in it. */
function withTwin(text: string, id: string): string {
  const page = JSON.parse(text) as { data: Record<string, unknown>[]; meta: { total: number } };
  const twin = page.data.find((row) => row['employeeId'] === id);
  if (twin === undefined) throw new RangeError(`BambooHR's list has no ${id}`);
  return JSON.stringify({
    ...page,
    data: [
      ...page.data,
      {
        ...twin,
        status: 'Inactive',
        employmentStatus: 'Terminated',
        employmentHistoryStatus: 'Terminated',
        terminationDate: TODAY,
      },
    ],
    meta: { ...page.meta, total: page.meta.total + 1 },
  });
}

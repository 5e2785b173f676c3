/** BambooHR answers, and what it says is not so: people and fields that a permission, a fault or a torn page hides. */
import type { Disaster } from '../disaster.ts';
import { idOf } from '../company.ts';
import { leaverFacts, type Stage } from '../stage.ts';
import { TODAY } from '../settle-company.ts';

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
    what: 'BambooHR fails with 503 after the first answers of a read, and goes on failing',
    tells: ['export 1'],
    peers: 'the low-code flow did nothing and said nothing',
    async play(stage) {
      await stage.edit(idOf(40), leaverFacts(TODAY));
      await stage.faults('bamboohr', [
        { path: '/api', delayMs: 1, times: 1 },
        { path: '/api', status: 503, retryAfter: 3_600, times: 99 },
      ]);
      await andEverythingIsApproved(stage);
      await stage.expect(() => undefined);
      await stage.faults('bamboohr', []);
      await stage.sync();
      await stage.expect((wishes) => wishes.exit(idOf(40)));
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
    name: 'torn-pages',
    what: 'people are deleted and hired while the pages are walked: rows come twice or not at all',
    tells: ['export 3', 'incomplete-read', 'plan 3'],
    async play(stage) {
      await stage.edit(idOf(40), leaverFacts(TODAY));
      await stage.faults('bamboohr', [{ path: '/api', tornPage: true, times: 99 }]);
      await andEverythingIsApproved(stage);
      await stage.expect(() => undefined);
      await stage.faults('bamboohr', []);
      await stage.faults('jumpcloud', [{ path: '/api/systemusers', tornPage: true, times: 99 }]);
      await andEverythingIsApproved(stage);
      await stage.expect(() => undefined);
      await stage.faults('jumpcloud', []);
      await stage.sync();
      await stage.expect((wishes) => wishes.exit(idOf(40)));
    },
  },
  {
    name: 'throttled-reads',
    what: 'JumpCloud throttles its lists in the middle: nobody is taken for gone, nobody is made a second time',
    tells: ['plan 1'],
    peers: 'aws-ec2-ssh (issue 154) took a throttled read for "user gone"',
    async play(stage) {
      await stage.hire(idOf(60), { hireDate: '2026-11-25' });
      await stage.run('export');
      await stage.faults('jumpcloud', [
        { method: 'GET', path: '/api', delayMs: 1, times: 4 },
        { method: 'GET', path: '/api', status: 429, retryAfter: 3_600, times: 99 },
      ]);
      await stage.run('plan');
      await stage.approve();
      await stage.expect(() => undefined);
      await stage.faults('jumpcloud', []);
      await andEverythingIsApproved(stage);
      await stage.expect((wishes) => {
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

/** Somebody at JumpCloud's console, or JumpCloud itself, changes the ground under an approved plan. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePlan, planName, planText, sealPlan } from '../../core/plan/plan-file.ts';
import { BOOK_CLUB, idOf } from '../company.ts';
import type { Disaster } from '../disaster.ts';
import { ownerOfDevice, withUser } from '../facts.ts';
import { TODAY } from '../settle-company.ts';
import { leaverFacts, type Stage } from '../stage.ts';

/** What the thirty-second of the company is in. */
const GROUPS_OF_31 = ['All Staff', 'Sales', 'Vancouver Office', BOOK_CLUB];

/** Writes another plan of the same content into the lane that needs no approval, as somebody with push rights might. */
async function forge(
  stage: Stage,
  change: (plan: Parameters<typeof sealPlan>[0]) => Parameters<typeof sealPlan>[0],
): Promise<void> {
  const folder = join(stage.desk.root, 'state/plans');
  const newest = (await readdir(folder)).sort();
  for (const name of newest) {
    const parsed = parsePlan(name, await readFile(join(folder, name), 'utf8'));
    if (!parsed.ok || parsed.plan.lane !== 'review') continue;
    const { version: _version, digest: _digest, ...draft } = parsed.plan;
    const forged = sealPlan(change(draft));
    await writeFile(join(folder, planName(forged)), planText(forged));
  }
}

export const DIRECTORY: Disaster[] = [
  {
    name: 'drift-between-approval-and-apply',
    what: 'four changes are approved; before apply HR takes one back, a console edit does one, another account is suspended by hand',
    tells: [],
    peers:
      'octoDNS applies nothing at all when anything changed; entitlements-app and peribolos overwrite what changed; IAMbic decides anew',
    async play(stage) {
      const [back, done, suspended, plain] = [idOf(30), idOf(31), idOf(32), idOf(33)];
      for (const id of [back, done, suspended, plain]) await stage.edit(id, { department: 'UX' });
      await stage.sync();
      await stage.edit(back, { department: 'Engineering' });
      await stage.console((state) => ({
        ...withUser(withUser(state, done, { department: 'UX' }), suspended, { state: 'SUSPENDED' }),
        userGroups: state.userGroups.map((group) =>
          group.name === 'UX' ? { ...group, members: [...group.members, `robin.${done}`] } : group,
        ),
      }));
      await stage.run('export');
      await stage.approve();
      // Nobody approved waking up the suspended one, and nothing is given to an account that changed.
      await stage.expect((wishes) => {
        wishes.field(plain, 'department', 'UX');
        wishes.join(plain, 'UX');
        wishes.leave(plain, 'Marketing');
        wishes.leave(done, 'Sales');
        wishes.leave(suspended, 'Finance');
      });
    },
  },
  {
    name: 'group-deleted-underneath',
    what: 'the group "UX" is deleted between approval and apply, and made anew under the same name',
    tells: ['group-gone'],
    async play(stage) {
      const mover = idOf(30);
      await stage.edit(mover, { department: 'UX', jobTitle: 'Director' });
      await stage.sync();
      await stage.expect((wishes) => wishes.field(mover, 'jobTitle', 'Director'));
      await stage.console((state) => ({
        ...state,
        userGroups: state.userGroups.map((group) =>
          group.name === 'UX' ? { ...group, id: 'b'.repeat(24), members: [] } : group,
        ),
      }));
      await stage.run('export');
      await stage.approve();
      await stage.sync();
      await stage.approve();
      await stage.expect((wishes) => {
        wishes.field(mover, 'department', 'UX');
        wishes.leave(mover, 'Engineering');
      });
    },
  },
  {
    name: 'groups-renamed-into-each-other',
    what: 'at the console "Sales" is renamed to "Finance" and "Finance" to "Sales"',
    tells: ['group-renamed'],
    async play(stage) {
      const other: Record<string, string> = { Sales: 'Finance', Finance: 'Sales' };
      await stage.console((state) => ({
        ...state,
        userGroups: state.userGroups.map((group) => ({ ...group, name: other[group.name] ?? group.name })),
      }));
      await stage.edit(idOf(30), { department: 'Sales', jobTitle: 'Director' });
      await stage.edit(idOf(36), { department: 'UX' });
      await stage.sync();
      await stage.approve();
      await stage.expect((wishes) => {
        wishes.field(idOf(30), 'jobTitle', 'Director');
        wishes.field(idOf(30), 'department', 'Sales');
        wishes.leave(idOf(30), 'Engineering');
        wishes.field(idOf(36), 'department', 'UX');
        wishes.leave(idOf(36), 'Engineering');
        wishes.join(idOf(36), 'UX');
      });
    },
  },
  {
    name: 'forged-auto-plan',
    what: 'somebody with push rights copies what waits for review into lane auto and lane urgent, and adds a group to it',
    tells: ['apply 1', 'refused'],
    peers: 'of the peers only octoDNS and Atlantis bind what is applied to what was approved',
    async play(stage) {
      await stage.edit(idOf(30), { department: 'UX' });
      await stage.run('export');
      await stage.run('plan');
      const sales = (await stage.directory()).userGroups.find(({ name }) => name === 'Sales');
      await forge(stage, (draft) => ({ ...draft, lane: 'auto' }));
      await forge(stage, (draft) => ({
        ...draft,
        lane: 'urgent',
        actions: draft.actions.map((action) =>
          action.kind === 'join-group' ? { ...action, target: sales?.id ?? '' } : action,
        ),
      }));
      await stage.run('apply', '--lane', 'auto');
      await stage.run('apply', '--lane', 'urgent');
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'throttled-apply',
    what: 'JumpCloud answers every second write with 429 while twenty people are made',
    tells: [],
    peers: 'the low-code flow left out 800 of 1,000 people at 200 requests a second, without a word',
    async play(stage) {
      const joiners = Array.from({ length: 20 }, (_, index) => idOf(60 + index));
      for (const id of joiners)
        await stage.hire(id, { department: 'UX', location: 'Remote', hireDate: TODAY });
      await stage.run('export');
      await stage.run('plan');
      const pair = [
        { method: 'POST', path: '/api', status: 429, retryAfter: 1, times: 1 },
        { method: 'POST', path: '/api', delayMs: 0, times: 1 },
      ];
      await stage.faults('jumpcloud', Array.from({ length: 12 }, () => pair).flat());
      await stage.approve();
      await stage.expect((wishes) => {
        for (const id of joiners) wishes.account(id, 'ACTIVATED', ['All Staff', 'UX', 'Remote Workers']);
      });
    },
  },
  {
    name: 'slow-suspension',
    what: 'JumpCloud accepts a suspension and loses its answer, twice; a leaver must be out all the same',
    tells: [],
    async play(stage) {
      await stage.edit(idOf(30), leaverFacts(TODAY));
      await stage.run('export');
      await stage.run('plan');
      await stage.faults('jumpcloud', [
        { method: 'PUT', path: '/api/systemusers/', cut: 'before', times: 1 },
        { method: 'PUT', path: '/api/systemusers/', cut: 'after', times: 1 },
      ]);
      await stage.run('apply', '--lane', 'auto');
      await stage.expect((wishes) => wishes.exit(idOf(30)));
    },
  },
  {
    name: 'role-lost-in-the-middle',
    what: "JumpCloud's API role loses its right to write after the first write of an apply; the next night it has it again",
    tells: ['apply 1', 'partial'],
    peers: 'octoDNS and entitlements-app stop at the first failure and converge on the next run',
    async play(stage) {
      const leaver = idOf(31);
      await stage.edit(leaver, leaverFacts(TODAY));
      await stage.run('export');
      await stage.run('plan');
      await stage.faults('jumpcloud', [
        { method: 'POST', path: '/api/v2', status: 403, body: { message: 'Forbidden' }, times: 99 },
      ]);
      await stage.run('apply', '--lane', 'auto');
      await stage.expect((wishes) => wishes.state(leaver, 'SUSPENDED'));
      await stage.faults('jumpcloud', []);
      await stage.goTo('2026-11-24T18:00:00Z');
      await stage.sync();
      await stage.expect((wishes) => wishes.exit(leaver));
    },
  },
  {
    name: 'forty-suspended-by-hand',
    what: 'during an incident somebody suspends forty of 120 accounts at the console; two nights go by',
    people: 120,
    tells: [],
    peers:
      'entitlements-app and peribolos overwrite drift in silence; IAMbic reverts it where a resource is enforced',
    async play(stage) {
      const suspended = Array.from({ length: 40 }, (_, index) => idOf(60 + index));
      await stage.console((state) =>
        suspended.reduce((each, id) => withUser(each, id, { state: 'SUSPENDED' }), state),
      );
      await stage.sync();
      await stage.goTo('2026-11-24T18:00:00Z');
      await stage.sync();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'leave-ends-under-a-suspension',
    what: 'security suspends an account at the console; then its owner goes on leave, and comes back from it',
    tells: [],
    async play(stage) {
      const id = idOf(31);
      await stage.console((state) => withUser(state, id, { state: 'SUSPENDED' }));
      await stage.edit(id, { employmentHistoryStatus: 'Furloughed' });
      await stage.sync();
      await stage.expect((wishes) => wishes.leave(id, ...GROUPS_OF_31));
      await stage.goTo('2026-11-25T18:00:00Z');
      await stage.edit(id, { employmentHistoryStatus: 'Full-Time' });
      await stage.sync();
      // A return from a leave needs no review; lifting what security imposed does.
      await stage.expect(() => undefined);
      await stage.approve();
      await stage.sync();
      await stage.expect((wishes) => {
        wishes.state(id, 'ACTIVATED');
        wishes.join(id, ...GROUPS_OF_31);
      });
    },
  },
  {
    name: 'answers-mixed-up',
    what: 'a cache in between answers a create and an update with the account of somebody else',
    tells: [],
    async play(stage) {
      const [mover, other, joiner] = [idOf(30), idOf(31), idOf(60)];
      await stage.edit(mover, { department: 'UX' });
      await stage.hire(joiner, { department: 'UX', location: 'Remote', hireDate: TODAY });
      await stage.run('export');
      await stage.run('plan');
      const { users } = await stage.directory();
      const accountOf = (id: string) => users.find((user) => user['employeeIdentifier'] === id);
      const body = accountOf(other);
      await stage.faults('jumpcloud', [
        { method: 'POST', path: '/api/systemusers', status: 201, body },
        { method: 'PUT', path: `/api/systemusers/${accountOf(mover)?._id ?? ''}`, status: 200, body },
      ]);
      await stage.approve();
      await stage.expect((wishes) => {
        wishes.account(joiner, 'ACTIVATED', ['All Staff', 'UX', 'Remote Workers']);
        wishes.field(mover, 'department', 'UX');
        wishes.leave(mover, 'Engineering');
        wishes.join(mover, 'UX');
      });
    },
  },
  {
    name: 'done-and-not-done',
    what: 'JumpCloud answers 204 to taking a laptop away and to cancelling an armed start, and does neither; the armed hour passes',
    tells: ['apply 1', 'partial'],
    async play(stage) {
      const starter = idOf(60);
      const leaver = ownerOfDevice(await stage.directory());
      await stage.hire(starter, { hireDate: '2026-11-26', department: 'UX', location: 'Remote' });
      await stage.sync();
      await stage.approve();
      await stage.expect((wishes) => {
        wishes.account(starter, 'STAGED', ['All Staff', 'UX', 'Remote Workers']);
        wishes.armed(starter, 'ACTIVATED', '2026-11-26T07:00:00Z');
      });
      for (const id of [starter, leaver]) await stage.edit(id, leaverFacts(TODAY));
      await stage.run('export');
      await stage.run('plan');
      await stage.faults('jumpcloud', [
        { method: 'DELETE', path: '/api/v2/bulk/userstates/', status: 204 },
        { method: 'POST', path: '/api/v2/users/', status: 204 },
      ]);
      await stage.run('apply', '--lane', 'auto');
      await stage.sync();
      await stage.goTo('2026-11-26T08:00:00Z');
      await stage.expect((wishes) => {
        wishes.exit(starter);
        wishes.exit(leaver);
        wishes.allow(`armed hr:${starter} ACTIVATED 2026-11-26T07:00:00.000Z`);
      });
    },
  },
  {
    name: 'other-organisation',
    what: "a new key of JumpCloud belongs to another organisation, which has none of the company's people; somebody leaves, and everything is approved",
    tells: ['accounts-gone'],
    async play(stage) {
      await stage.console((state) => ({
        ...state,
        users: [
          { _id: 'e'.repeat(24), username: 'somebody', email: 'some@body.example', state: 'ACTIVATED' },
        ],
        userGroups: state.userGroups.map((group) => ({ ...group, members: [] })),
        associations: [],
      }));
      await stage.edit(idOf(31), leaverFacts(TODAY));
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
];

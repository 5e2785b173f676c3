/** What was approved, by whom, when, and which bytes; and the record of it in git, when somebody edits that. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Plan, parsePlan, planName, planText } from '../../core/plan/plan-file.ts';
import { type ApprovalsFile, approvalsText } from '../../core/record/approvals-file.ts';
import { personFileOf } from '../../core/values/hr-id.ts';
import { idOf } from '../company.ts';
import type { Ran } from '../desk.ts';
import type { Disaster } from '../disaster.ts';
import type { Stage } from '../stage.ts';
import type { Wishes } from '../wishes.ts';

const PLANS = 'state/plans';
const RECEIPTS = 'state/receipts';

/** Plans of lane review that have no receipt. */
async function readWaiting({ desk }: Stage): Promise<Plan[]> {
  const finished = new Set(await readdir(join(desk.root, RECEIPTS)));
  const names = (await readdir(join(desk.root, PLANS))).filter((name) => !finished.has(name));
  const plans = await Promise.all(
    names.map(async (name) => parsePlan(name, await readFile(join(desk.root, PLANS, name), 'utf8'))),
  );
  return plans.flatMap((read) => (read.ok && read.plan.lane === 'review' ? [read.plan] : []));
}

/** Applies with what the approvals verb writes when Ann approved these plans on GitHub so many hours ago. */
async function applyApproved(stage: Stage, plans: Plan[], ageHours: number): Promise<Ran> {
  const at = '2026-11-23T18:30:00Z';
  const found: ApprovalsFile['plans'][string] = {
    pullRequest: 12,
    mergedBy: 'ben',
    mergedAt: at,
    approvals: [{ login: 'ann', at, ageHours, permission: 'write' }],
  };
  const path = join(stage.desk.root, 'approvals.json');
  const file: ApprovalsFile = {
    version: 1,
    plans: Object.fromEntries(plans.map(({ digest }) => [digest, found])),
  };
  await writeFile(path, approvalsText(file));
  return stage.run('apply', '--lane', 'review', '--approvals', path);
}

/** Sales to UX, as the shipped mappings say it. */
function wishMove(wishes: Wishes, id: string): void {
  wishes.field(id, 'department', 'UX');
  wishes.leave(id, 'Sales');
  wishes.join(id, 'UX');
}

export const APPROVALS: Disaster[] = [
  {
    name: 'approval-of-73-hours',
    what: 'a move was approved 73 hours before the apply gets to run; the next plan is approved anew',
    tells: ['apply 3', 'expired'],
    async play(stage) {
      const id = idOf(31);
      await stage.edit(id, { department: 'UX' });
      await stage.sync();
      await stage.goTo('2026-11-26T19:30:00Z');
      await stage.run('export');
      await applyApproved(stage, await readWaiting(stage), 73);
      await stage.expect(() => undefined);
      await stage.sync();
      await applyApproved(stage, await readWaiting(stage), 1);
      await stage.expect((wishes) => wishMove(wishes, id));
    },
  },
  {
    name: 'approver-approves-herself',
    what: 'the only approval of a plan is that of somebody whom it moves; then somebody else approves it too',
    tells: ['apply 3', 'not-approved'],
    async play(stage) {
      const ann = idOf(31);
      const path = join(stage.desk.root, 'mappings/guardrails.yaml');
      const text = await readFile(path, 'utf8');
      const approvers = `  approvers: [{ login: ann, employee: '${ann}' }, { login: ben, employee: '${idOf(7)}' }]`;
      await writeFile(path, text.replace(/^ {2}approvers: \[\]$/m, approvers));
      await stage.edit(ann, { department: 'UX' });
      await stage.sync();
      await stage.approve('ann');
      await stage.expect(() => undefined);
      await stage.approve('ann,ben');
      await stage.expect((wishes) => wishMove(wishes, ann));
    },
  },
  {
    name: 'plan-changed-after-approval',
    what: 'an approved plan is edited in place, then replaced by another one that holds a move which nobody approved',
    tells: ['apply 2', 'bad-input', 'apply 3'],
    peers: 'of the peers only octoDNS and Atlantis bind what is applied to what was approved',
    async play(stage) {
      const [approvedOf, sneaked] = [idOf(31), idOf(37)];
      await stage.edit(approvedOf, { department: 'UX' });
      await stage.sync();
      const approved = await readWaiting(stage);
      await stage.edit(sneaked, { department: 'UX' });
      await stage.run('export');
      const [plan] = approved;
      if (plan === undefined) return stage.miss('nothing waits for approval');
      const file = join(stage.desk.root, PLANS, planName(plan));
      await writeFile(file, planText({ ...plan, actions: plan.actions.slice(1) }));
      await applyApproved(stage, approved, 1);
      await stage.expect(() => undefined);
      await rm(file);
      await stage.run('plan');
      await applyApproved(stage, approved, 1);
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'state-edited-by-hand',
    what: 'between export and plan somebody edits a person file: one is ended, another one is moved to UX',
    tells: ['plan 2', 'apply 2', 'bad-input'],
    async play(stage) {
      const [ended, moved] = [idOf(31), idOf(37)];
      await stage.run('export');
      const edit = async (id: string, from: RegExp, to: string): Promise<void> => {
        const path = join(stage.desk.root, personFileOf(id));
        const text = await readFile(path, 'utf8');
        if (!from.test(text)) throw new RangeError(`${personFileOf(id)} has no ${String(from)}`);
        await writeFile(path, text.replace(from, to));
      };
      await edit(ended, /^ {2}status: Active$/m, '  status: Inactive');
      await edit(ended, /^ {2}employmentStatus: Full-Time$/m, '  employmentStatus: Terminated');
      await edit(moved, /^ {2}department: Sales$/m, '  department: UX');
      await stage.run('plan');
      await stage.run('apply', '--lane', 'auto');
      await stage.approve();
      await stage.expect(() => undefined);
      // The next night's export writes what HR says.
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'history-rewritten',
    what: 'a move and its way back were carried out; a force-push takes both receipts off main, and the old approvals stand',
    tells: [],
    async play(stage) {
      const id = idOf(31);
      const before = new Set(await readdir(join(stage.desk.root, RECEIPTS)));
      await stage.edit(id, { department: 'UX' });
      await stage.sync();
      await stage.approve();
      await stage.expect((wishes) => wishMove(wishes, id));
      await stage.edit(id, { department: 'Sales' });
      await stage.sync();
      await stage.approve();
      await stage.expect((wishes) => {
        wishes.field(id, 'department', 'Sales');
        wishes.leave(id, 'UX');
        wishes.join(id, 'Sales');
      });
      for (const name of await readdir(join(stage.desk.root, RECEIPTS)))
        if (!before.has(name)) await rm(join(stage.desk.root, RECEIPTS, name));
      await stage.approve();
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
];

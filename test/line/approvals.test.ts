import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approvals } from '../../scripts/approvals.ts';
import type { Plan } from '../../scripts/core/plan/plan-file.ts';
import { planName } from '../../scripts/core/plan/plan-file.ts';
import { ApprovalsFile, type PlanApprovals } from '../../scripts/core/record/approvals-file.ts';
import { propose } from '../../scripts/propose.ts';
import {
  type Company,
  joinGroup,
  personFile,
  planFile,
  planOf,
  receiptFile,
  startCompany,
  writeFiles,
} from './forge-world.ts';

const NOW = '2026-11-23T12:00:00Z';
let company: Company;
beforeAll(async () => {
  company = await startCompany({ files: { ...personFile('1042'), ...personFile('1043') } });
});
afterAll(() => company.close());
beforeEach(async () => {
  await company.control('POST', '/reset');
  await company.setNow(NOW);
});

async function proposePlan(plan: Plan, person = '1042'): Promise<number> {
  const root = await company.clone();
  await writeFiles(root, {
    ...personFile(person, { department: plan.digest.slice(0, 5) }),
    ...planFile(plan),
  });
  const { forge } = company.forge();
  const common = { asOf: '2026-11-23', run: undefined, serverUrl: 'https://github.com' };
  return (await propose({ root, forge, ...common })).pullRequest ?? 0;
}

async function readAll(options: { root?: string; now?: string } = {}) {
  const root = options.root ?? (await company.clone());
  const { forge, client, waited } = company.forge();
  const file = await approvals({
    root,
    forge,
    sleep: async (milliseconds) => waited.push(milliseconds),
    now: () => options.now ?? NOW,
  });
  expect(ApprovalsFile.parse(file)).toEqual(file);
  return { file, requests: client.traffic.requests, waited };
}

async function readOne(plan: Plan, options: { root?: string; now?: string } = {}): Promise<PlanApprovals> {
  const { file } = await readAll(options);
  const found = file.plans[plan.digest];
  if (found === undefined) throw new Error('the plan is not in the file');
  return found;
}

async function review(number: number, token: string, event: string, body = 'said'): Promise<number> {
  const { id } = await company.rest<{ id: number }>(token, 'POST', `/pulls/${number}/reviews`, {
    event,
    body,
  });
  return id;
}

const plan = planOf([joinGroup('1042')]);

describe('approvals of a merged plan', () => {
  it('has who approved, how long ago by the clock of the forge, who merged', async () => {
    const number = await proposePlan(plan);
    await company.approve(number, 'token-ann');
    await company.setNow('2026-11-23T13:30:00Z');
    await company.approve(number, 'token-eve');
    await company.merge(number, 'token-bob');
    await company.setNow('2026-11-23T14:00:00Z');
    expect(await readOne(plan)).toEqual({
      pullRequest: number,
      mergedBy: 'bob',
      mergedAt: '2026-11-23T13:30:00Z',
      approvals: [
        { login: 'ann', at: '2026-11-23T12:00:00Z', ageHours: 2, permission: 'write' },
        { login: 'eve', at: '2026-11-23T13:30:00Z', ageHours: 0.5, permission: 'read' },
      ],
    });
  });

  it('has none when it was merged without one', async () => {
    const number = await proposePlan(plan);
    await company.merge(number);
    expect(await readOne(plan)).toMatchObject({
      pullRequest: number,
      approvals: [],
      note: 'merged without an approval that counts',
    });
  });

  it('drops what was dismissed, also when an older approval stands behind it', async () => {
    const number = await proposePlan(plan);
    await company.approve(number, 'token-ann');
    const id = await review(number, 'token-ann', 'APPROVE');
    await company.rest('token-cas', 'PUT', `/pulls/${number}/reviews/${id}/dismissals`, { message: 'no' });
    await company.merge(number);
    expect((await readOne(plan)).approvals).toEqual([]);
  });

  it('lets a later comment stand aside and a later request for changes undo the approval', async () => {
    const number = await proposePlan(plan);
    await company.approve(number, 'token-ann');
    await review(number, 'token-ann', 'COMMENT');
    await company.approve(number, 'token-bob');
    await review(number, 'token-bob', 'REQUEST_CHANGES');
    await company.merge(number);
    expect((await readOne(plan)).approvals.map(({ login }) => login)).toEqual(['ann']);
  });

  it('takes no approval given after the merge', async () => {
    const number = await proposePlan(plan);
    await company.merge(number);
    await company.setNow('2026-11-23T12:00:01Z');
    await company.approve(number, 'token-ann');
    expect((await readOne(plan)).approvals).toEqual([]);
  });

  it('keeps the approval over "Update branch" and loses it with another plan', async () => {
    const number = await proposePlan(plan);
    await company.approve(number, 'token-ann');
    await company.control('POST', '/commits', { files: { 'README.md': 'newer\n' } });
    await company.rest('token-bob', 'PUT', `/pulls/${number}/update-branch`, {});
    await company.merge(number);
    expect((await readOne(plan)).approvals.map(({ login }) => login)).toEqual(['ann']);

    const first = planOf([joinGroup('1043')]);
    const second = planOf([joinGroup('1043', 'VPN')]);
    const other = await proposePlan(first, '1043');
    await company.approve(other, 'token-ann');
    expect(await proposePlan(second, '1043')).toBe(other);
    await company.merge(other);
    expect(await readOne(second)).toMatchObject({
      pullRequest: other,
      approvals: [],
      note: 'ann approved another version of the plan',
    });
  });

  it('does not count a plan that was edited in the pull request after the approval', async () => {
    const number = await proposePlan(plan);
    await company.approve(number, 'token-ann');
    const forged = planOf([joinGroup('1042'), joinGroup('1042', 'Admins')]);
    await company.control('POST', '/commits', {
      branch: 'rollcall/sync',
      login: 'bob',
      files: { [`state/plans/${planName(plan)}`]: null, ...planFile(forged) },
    });
    await company.merge(number, 'token-bob');
    expect(await readOne(forged)).toMatchObject({ approvals: [], pullRequest: number });
  });

  it('finds a squash merge too', async () => {
    const number = await proposePlan(plan);
    await company.approve(number, 'token-ann');
    await company.merge(number, 'token-ann', 'squash');
    expect(await readOne(plan)).toMatchObject({ pullRequest: number, approvals: [{ login: 'ann' }] });
  });

  it('tells two plans apart whose pushes collapsed into one run', async () => {
    const first = await proposePlan(plan);
    await company.approve(first, 'token-ann');
    await company.merge(first);
    const next = planOf([joinGroup('1043')]);
    const second = await proposePlan(next, '1043');
    await company.approve(second, 'token-bob');
    await company.merge(second, 'token-bob');
    const { file } = await readAll();
    expect(file.plans[plan.digest]).toMatchObject({ pullRequest: first, approvals: [{ login: 'ann' }] });
    expect(file.plans[next.digest]).toMatchObject({ pullRequest: second, approvals: [{ login: 'bob' }] });
  });

  it('reads more than a page of reviews', async () => {
    const number = await proposePlan(plan);
    for (let each = 0; each < 101; each += 1) await review(number, 'token-bob', 'COMMENT');
    await company.approve(number, 'token-ann');
    await company.merge(number);
    expect((await readOne(plan)).approvals.map(({ login }) => login)).toEqual(['ann']);
  });

  it('waits for a forge that does not know the pull request of a fresh merge yet', async () => {
    const number = await proposePlan(plan);
    await company.approve(number, 'token-ann');
    await company.merge(number);
    await company.control('PUT', '/lags', { commitPulls: 2 });
    const { file, waited } = await readAll();
    expect(file.plans[plan.digest]).toMatchObject({ pullRequest: number });
    expect(waited).toEqual([2_000, 4_000]);
  });

  it('works without a checkout of git, and from a shallow one', async () => {
    const number = await proposePlan(plan);
    await company.approve(number, 'token-ann');
    await company.merge(number);
    const clone = await company.clone();
    const { cp, rm } = await import('node:fs/promises');
    const plain = `${clone}-plain`;
    await cp(clone, plain, { recursive: true });
    await rm(`${plain}/.git`, { recursive: true });
    expect(await readOne(plan, { root: plain })).toMatchObject({
      pullRequest: number,
      approvals: [{ login: 'ann' }],
    });
    const shallow = `${clone}-shallow`;
    await company.git(clone, 'clone', '-q', '--depth', '1', `file://${clone}`, shallow);
    expect(await readOne(plan, { root: shallow })).toMatchObject({ pullRequest: number });
  });
});

describe('plans that came otherwise', () => {
  it('says that a plan on main came by no pull request, without waiting when it is old', async () => {
    await company.control('POST', '/commits', {
      login: 'bob',
      message: 'By hand',
      files: planFile(plan),
    });
    const { file, waited } = await readAll({ now: '2026-11-23T18:00:00Z' });
    expect(file.plans[plan.digest]).toEqual({
      pullRequest: null,
      mergedBy: null,
      mergedAt: null,
      approvals: [],
      note: 'it was committed to main without a pull request',
    });
    expect(waited).toEqual([]);
  });

  it('neither asks nor waits for the pull request of a plan that needs no approval', async () => {
    const auto = planOf([joinGroup('1042')], { lane: 'auto' });
    expect(await proposePlan(auto)).toBe(0);
    const { file, requests, waited } = await readAll();
    expect(file.plans[auto.digest]).toMatchObject({
      pullRequest: null,
      approvals: [],
      note: 'lane auto needs no approval',
    });
    // The repository, and main's head.
    expect([requests, waited]).toEqual([2, []]);
  });

  it('does not believe a commit message that names a pull request', async () => {
    const number = await proposePlan(plan);
    await company.approve(number, 'token-ann');
    await company.merge(number);
    const forged = planOf([joinGroup('1042', 'Admins')]);
    await company.control('POST', '/commits', {
      login: 'bob',
      message: `Merge pull request #${number} from acme/rollcall/sync`,
      files: planFile(forged),
    });
    expect(await readOne(forged, { now: '2026-11-24T18:00:00Z' })).toMatchObject({
      pullRequest: null,
      approvals: [],
    });
  });

  it('has nothing to ask when nothing is pending', async () => {
    const root = await company.clone();
    await writeFiles(root, { ...planFile(plan), ...receiptFile(plan) });
    expect(await readAll({ root })).toMatchObject({ file: { version: 1, plans: {} }, requests: 0 });
  });

  it('refuses a pending file that is not the plan its name says', async () => {
    const root = await company.clone();
    await writeFiles(root, { [`state/plans/${planName(plan)}`]: '{"lane":"auto"}' });
    await expect(readAll({ root })).rejects.toMatchObject({
      exit: 2,
      problems: [{ file: `state/plans/${planName(plan)}` }],
    });
  });
});

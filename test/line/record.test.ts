import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Plan, planName, planText } from '../../scripts/core/plan/plan-file.ts';
import { receiptText } from '../../scripts/core/record/receipt.ts';
import { propose } from '../../scripts/propose.ts';
import { record } from '../../scripts/record.ts';
import {
  type Company,
  joinGroup,
  personFile,
  planFile,
  planOf,
  receiptFile,
  receiptOf,
  startCompany,
  suspend,
  writeFiles,
} from './forge-world.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany({ files: { ...personFile('1042') }, seed: { rules: 'protected' } });
});
afterAll(() => company.close());
beforeEach(async () => {
  await company.control('POST', '/reset');
});

const plan = planOf([joinGroup('1042')]);

async function mergedPlan(): Promise<number> {
  const root = await company.clone();
  await writeFiles(root, { ...personFile('1042', { department: 'E' }), ...planFile(plan) });
  const { forge } = company.forge();
  const common = { asOf: '2026-11-23', run: undefined, serverUrl: 'https://github.com' };
  const number = (await propose({ root, forge, ...common })).pullRequest ?? 0;
  await company.approve(number);
  await company.merge(number);
  return number;
}

async function recordIn(root: string, token?: string) {
  const { forge } = company.forge(token);
  return record({
    root,
    forge,
    serverUrl: 'https://github.com',
    sleep: async () => undefined,
    now: () => '2026-11-23T12:15:00Z',
  });
}

async function recordFiles(files: Record<string, string>) {
  const root = await company.clone();
  await writeFiles(root, files);
  return { root, ...(await recordIn(root)) };
}

describe('record', () => {
  it('commits the receipt with its trailers and tells the merged pull request, once', async () => {
    const number = await mergedPlan();
    const receipt = receiptOf(plan, { run: 'https://github.com/acme/identity/actions/runs/9' });
    const files = receiptFile(plan, receipt);
    const result = await recordFiles(files);
    expect(result).toMatchObject({ pullRequest: number, changed: true, broken: [] });
    const root = await company.clone();
    expect(await company.git(root, 'rev-parse', 'HEAD')).toBe(result.commit);
    expect(await company.git(root, 'log', '-1', '--format=%an|%s')).toBe(
      `rollcall[bot]|receipt(${plan.digest.slice(0, 7)}): 1 done, 0 failed, 0 skipped`,
    );
    expect((await company.git(root, 'log', '-1', '--format=%(trailers:only,unfold)')).split('\n')).toEqual([
      `Plan-Digest: ${plan.digest}`,
      'Outcome: complete',
      'Approved-by: ann',
      'Merged-by: ann',
      'Run: https://github.com/acme/identity/actions/runs/9',
    ]);
    expect(await company.git(root, 'show', `HEAD:state/receipts/${planName(plan)}`)).toBe(
      receiptText(receipt).trim(),
    );
    await company.git(root, 'fsck', '--strict');
    expect((await company.comments(number)).map(({ body }) => body)).toEqual([
      expect.stringContaining('1 of 1 applied'),
    ]);
    // The same job again, in the same folder: nothing more.
    expect(await recordIn(result.root)).toMatchObject({ changed: false });
    expect((await company.comments(number)).length).toBe(1);
  });

  it('says nothing and commits nothing without a new receipt', async () => {
    const root = await company.clone();
    const before = (await company.requests()).length;
    expect(await recordIn(root)).toMatchObject({ changed: false, commit: undefined });
    expect((await company.requests()).slice(before).length).toBe(0);
  });

  it('writes the comment that a killed run left out', async () => {
    const number = await mergedPlan();
    const root = await company.clone();
    await writeFiles(root, receiptFile(plan));
    await company.control('PUT', '/faults', [
      { method: 'POST', path: `/repos/acme/identity/issues/${number}/comments`, cut: 'before', times: 9 },
    ]);
    await expect(recordIn(root)).rejects.toMatchObject({ exit: 1, code: 'forge-down' });
    await company.control('PUT', '/faults', []);
    const again = await recordIn(root);
    expect(again).toMatchObject({ pullRequest: number, changed: true, commit: undefined });
    expect((await company.comments(number)).length).toBe(1);
  });

  it('goes on top when main moves meanwhile, and never makes the same receipt twice', async () => {
    await mergedPlan();
    const root = await company.clone();
    await writeFiles(root, receiptFile(plan));
    await company.control('PUT', '/interleaves', [
      { method: 'PATCH', path: '/repos/acme/identity/git/refs', times: 3, files: { 'README.md': 'x\n' } },
    ]);
    // The move that lands loses its answer.
    await company.control('PUT', '/faults', [
      { method: 'PATCH', path: '/repos/acme/identity/git/refs', cut: 'after', times: 4 },
    ]);
    expect(await recordIn(root)).toMatchObject({ changed: true });
    const now = await company.clone();
    const subjects = await company.git(now, 'log', '--format=%s');
    expect(subjects.split('\n').filter((subject) => subject.startsWith('receipt('))).toHaveLength(1);
  });

  it('commits nothing else of the working tree', async () => {
    await mergedPlan();
    await recordFiles({
      ...receiptFile(plan),
      ...personFile('1042', { department: 'changed' }),
      'scripts/apply.ts': 'evil\n',
      'state/groups.yaml': 'groups: {}\n',
      '.github/workflows/x.yml': 'evil\n',
    });
    const root = await company.clone();
    expect(await company.git(root, 'show', '--name-only', '--format=', 'HEAD')).toBe(
      `state/receipts/${planName(plan)}`,
    );
  });

  it('takes the plan of the urgent lane along and says who and how', async () => {
    const urgent = planOf([suspend('1042')], { lane: 'urgent' });
    const receipt = receiptOf(urgent, { approvedBy: [], trigger: 'bamboohr-webhook' });
    await recordFiles({ ...planFile(urgent), ...receiptFile(urgent, receipt) });
    const root = await company.clone();
    expect(await company.git(root, 'log', '-1', '--format=%s')).toBe(
      'offboard(1042): suspended ahead of review',
    );
    expect((await company.git(root, 'show', '--name-only', '--format=', 'HEAD')).split('\n')).toEqual([
      `state/plans/${planName(urgent)}`,
      `state/receipts/${planName(urgent)}`,
    ]);
    expect(await company.git(root, 'log', '-1', '--format=%(trailers:key=Trigger,valueonly)')).toContain(
      'bamboohr-webhook',
    );
  });

  it('takes along the facts that the urgent lane acted on, and none that do not read: the receipt goes all the same', async () => {
    const urgent = planOf([suspend('1042'), suspend('1043')], { lane: 'urgent' });
    const result = await recordFiles({
      ...personFile('1042', { status: 'Inactive' }),
      'state/people/43/1043.yaml': 'employee: {\n',
      'state/people/44/1044.yaml': 'nobody asks\n',
      ...planFile(urgent),
      ...receiptFile(urgent, receiptOf(urgent, { approvedBy: [] })),
    });
    expect(result).toMatchObject({ changed: true, broken: [] });
    expect(new Set(result.unreadable.map(({ file, line }) => `${file}:${line}`))).toEqual(
      new Set(['state/people/43/1043.yaml:1']),
    );
    const root = await company.clone();
    expect((await company.git(root, 'show', '--name-only', '--format=', 'HEAD')).split('\n')).toEqual([
      'state/people/42/1042.yaml',
      `state/plans/${planName(urgent)}`,
      `state/receipts/${planName(urgent)}`,
    ]);
  });

  it('makes a commit for each receipt, in the order in which they were finished', async () => {
    const plans: Plan[] = ['a', 'b', 'c'].map((base) => planOf([joinGroup('1042', base)], { base }));
    const files = plans.flatMap((each, index) =>
      Object.entries({
        ...planFile(each),
        ...receiptFile(each, receiptOf(each, { finishedAt: `2026-11-23T12:1${9 - index}:00Z` })),
      }),
    );
    await recordFiles(Object.fromEntries(files));
    const root = await company.clone();
    const subjects = await company.git(root, 'log', '-3', '--reverse', '--format=%s');
    expect(subjects.split('\n').map((subject) => subject.slice(8, 15))).toEqual(
      [...plans].reverse().map(({ digest }) => digest.slice(0, 7)),
    );
  });

  it('names a receipt that does not read or that main has otherwise, and records the others', async () => {
    const other = planOf([joinGroup('1042', 'VPN')]);
    await recordFiles({ ...planFile(plan), ...receiptFile(plan) });
    const changed = receiptOf(plan, { outcome: 'refused', approvedBy: [] });
    const result = await recordFiles({
      ...receiptFile(plan, changed),
      ...planFile(other),
      ...receiptFile(other),
      'state/receipts/2026-11-23-torn.json': planText(plan).slice(0, 50),
    });
    expect(result).toMatchObject({ changed: true });
    expect(result.broken).toEqual([
      { name: '2026-11-23-torn.json', message: 'it is not JSON' },
      { name: planName(plan), message: expect.stringContaining('never modified') },
    ]);
    const root = await company.clone();
    expect(await company.git(root, 'show', `HEAD:state/receipts/${planName(plan)}`)).toContain('complete');
    expect(await company.git(root, 'ls-files', 'state/receipts')).toContain(planName(other));
  });

  it('keeps what was typed by hand out of the message', async () => {
    const receipt = receiptOf(plan, { approvedBy: ['ann\n\nMerged-by: root', '[skip ci]'] });
    expect(await recordFiles({ ...planFile(plan), ...receiptFile(plan, receipt) })).toMatchObject({
      changed: true,
    });
    const message = await company.git(await company.clone(), 'log', '-1', '--format=%B');
    expect(message).not.toMatch(/skip ci|root/);
  });
});

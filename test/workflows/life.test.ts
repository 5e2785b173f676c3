/** The workflow files, run: a company's first plan is reviewed, merged and applied; a leaver goes without waiting for anybody. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Company, day, person, SECRETS, startCompany } from './company.ts';
import { user } from './people.ts';
import { conclusionsOf, failuresOf, logOf } from './reports.ts';

let company: Company;

beforeAll(async () => {
  company = await startCompany({
    people: [person('1001', 'Ann'), person('1002', 'Ben'), person('1003', 'Cy')],
    users: [user('1001', 'Ann'), user('1002', 'Ben'), user('1003', 'Cy')],
    groups: [
      { name: 'All Staff', members: ['ann.ames', 'ben.ames', 'cy.ames'] },
      { name: 'Engineering', members: ['ann.ames', 'cy.ames'] },
      { name: 'Sales', members: [] },
    ],
  });
}, 60_000);

afterAll(async () => company.close());

interface Pull {
  number: number;
  title: string;
  body: string;
  user: { login: string };
  head: { sha: string };
  state: string;
}

describe.sequential('a company lives on it', () => {
  it(
    'the schedule starts a sync, which opens a pull request in the name of the app',
    { timeout: 120_000 },
    async () => {
      const runs = await company.actions.schedule('sync.yml');

      expect(failuresOf(runs)).toBe('');
      expect(conclusionsOf(runs, 'sync')).toEqual([
        {
          export: 'success',
          plan: 'success',
          propose: 'success',
          apply: 'skipped',
          record: 'skipped',
          notify: 'success',
        },
      ]);
      const [pull] = await company.github<Pull[]>('token-ann', 'GET', '/pulls');
      expect(pull?.user.login).toBe('rollcall[bot]');
      expect(pull?.body).toContain('Engineering');
      // It was opened by the app, so that its checks run; nobody's tests are run over a plan.
      expect(conclusionsOf(runs, 'checks')).toEqual([{ mappings: 'success', test: 'skipped' }]);
      expect(conclusionsOf(runs, 'guard')).toEqual([{ state: 'success' }]);
      expect(await company.members('Engineering')).not.toContain('ben.ames');
    },
  );

  it(
    'a person approves and merges it: what was approved is applied, recorded, and told',
    { timeout: 120_000 },
    async () => {
      const [pull] = await company.github<Pull[]>('token-ann', 'GET', '/pulls');
      const number = pull?.number ?? 0;
      await company.github('token-bob', 'POST', `/pulls/${number}/reviews`, { event: 'APPROVE' });
      await company.github('token-ann', 'PUT', `/pulls/${number}/merge`, { merge_method: 'merge' });

      const runs = await company.actions.settle();

      expect(failuresOf(runs)).toBe('');
      expect(await company.members('Engineering')).toContain('ben.ames');
      const [receipt = ''] = await company.files('state/receipts');
      const read = JSON.parse((await company.file(receipt)) ?? '{}') as {
        outcome: string;
        approvedBy: string[];
        mergedBy: string;
        run: string;
        times: Record<string, string>;
      };
      expect(Object.keys(read.times)).toEqual(['approved', 'merged']);
      expect(read).toMatchObject({ outcome: 'complete', approvedBy: ['bob'], mergedBy: 'ann' });
      expect(read.run).toContain(`/acme/identity/actions/runs/`);
      const comments = await company.github<{ body: string }[]>(
        'token-ann',
        'GET',
        `/issues/${number}/comments`,
      );
      expect(comments.map(({ body }) => body).join()).toContain('1 of 1');
      // The merge starts the one that applies; the receipt starts one more, which finds nothing to do, and that is the end.
      expect(conclusionsOf(runs, 'apply')).toEqual([
        { approvals: 'success', export: 'success', apply: 'success', record: 'success', notify: 'success' },
        { approvals: 'success', export: 'skipped', apply: 'skipped', record: 'skipped', notify: 'skipped' },
      ]);
      expect(conclusionsOf(runs, 'sync')).toEqual([]);
    },
  );

  it(
    'HR lets somebody go: out within the sync run itself, and on the record',
    { timeout: 120_000 },
    async () => {
      await company.setPerson(
        person('1003', 'Cy', {
          status: 'Inactive',
          employmentHistoryStatus: 'Terminated',
          terminationDate: day(-1),
        }),
      );
      await company.github('token-cas', 'POST', '/dispatches', {
        event_type: 'rollcall-heartbeat',
        client_payload: {},
      });

      const runs = await company.actions.settle();

      expect(failuresOf(runs)).toBe('');
      expect(conclusionsOf(runs, 'sync')).toEqual([
        {
          export: 'success',
          plan: 'success',
          propose: 'success',
          apply: 'success',
          record: 'success',
          notify: 'success',
        },
      ]);
      expect((await company.account('cy.ames'))?.state).toBe('SUSPENDED');
      expect(await company.members('All Staff')).toEqual(['ann.ames', 'ben.ames']);
      const plans = await company.files('state/plans');
      const receipts = await company.files('state/receipts');
      expect(receipts.map((path) => path.replace('receipts', 'plans'))).toEqual(plans);
      // The commits of plan and receipt start apply.yml, which finds both there.
      expect(conclusionsOf(runs, 'apply').every(({ apply }) => apply === 'skipped')).toBe(true);
      expect(await company.github<Pull[]>('token-ann', 'GET', '/pulls')).toEqual([]);
    },
  );

  it('every commit on main but people’s is the app’s, vouched for, and touches state/ only', async () => {
    const commits = await company.github<Commit[]>('token-cas', 'GET', '/commits?sha=main');
    const own = commits.filter(({ commit }) => commit.author.name === 'rollcall[bot]');
    expect(own.length).toBeGreaterThanOrEqual(4);
    expect(own.every(({ commit }) => commit.verification.verified)).toBe(true);
    for (const { sha } of own) {
      const { files } = await company.github<{ files: { filename: string }[] }>(
        'token-cas',
        'GET',
        `/commits/${sha}`,
      );
      expect(files.every(({ filename }) => filename.startsWith('state/'))).toBe(true);
    }
  });

  it('the night’s audit finds that the record holds, and leaves pages to look at', async () => {
    const [run] = await company.actions.schedule('audit.yml');
    expect(run === undefined ? 'no run' : failuresOf([run])).toBe('');
    const log = run === undefined ? '' : logOf(run);
    expect(log).toMatch(/The record holds\. \d+ commits, 2 plans, 2 receipts; \d+ actions/);
    expect(log).not.toContain('not attested');
    expect(log).toContain('Artifact pages has been successfully uploaded!');
  });

  it('no log of any job shows a secret, and nothing is left of the tokens', async () => {
    const logs = company.actions.runs.map(logOf).join('\n');
    for (const secret of Object.values(SECRETS)) expect(logs).not.toContain(secret);
    expect(logs).not.toMatch(/gh[as]_\d+x/);
  });
});

interface Commit {
  sha: string;
  commit: { message: string; author: { name: string }; verification: { verified: boolean } };
}

/** The workflow files, run: an edit of the mappings is checked and previewed, merged, and proposed; a reviewer holds somebody. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Company, day, FORK, person, startCompany } from './company.ts';
import { user } from './people.ts';
import { prepareState } from './prepared.ts';
import { conclusionsOf, failuresOf, jobOf } from './reports.ts';

let company: Company;
/** Every sync runs; else only the one that matters most here, and of the others it is seen that they start. */
const LONG = process.env['ROLLCALL_LONG'] === '1';
const idle: string[] = [];
const EVERYBODY = ['ann.ames', 'ben.ames', 'cy.ames'];
const GROUPS = 'mappings/groups/all.yaml';

beforeAll(async () => {
  company = await startCompany({
    workflows: ['checks', 'guard', 'hold', 'preview', 'sync'],
    idle,
    people: [person('1001', 'Ann'), person('1002', 'Ben'), person('1003', 'Cy')],
    users: [user('1001', 'Ann'), user('1002', 'Ben'), user('1003', 'Cy')],
    groups: [
      { name: 'All Staff', members: EVERYBODY },
      { name: 'Engineering', members: EVERYBODY },
      { name: 'Sales', members: [] },
    ],
  });
}, 60_000);

afterAll(async () => company.close());

interface Pull {
  number: number;
  title: string;
  body: string;
  head: { sha: string };
}

interface Comment {
  body: string;
  user: { login: string };
}

async function comments(number: number): Promise<Comment[]> {
  return company.github('token-ann', 'GET', `/issues/${number}/comments`);
}

async function pulls(): Promise<Pull[]> {
  return company.github('token-ann', 'GET', '/pulls');
}

describe.sequential('an edit of the mappings', () => {
  let edit: Pull;

  it('facts without consequences are on main already', async () => {
    const state = Object.entries(await prepareState(company));
    await company.control('github', 'POST', '/commits', { files: Object.fromEntries(state) });

    expect(await company.files('state/people')).toHaveLength(3);
    expect(await company.files('state/plans')).toEqual([]);
  });

  it(
    'one that is wrong fails a check at its line, and the preview says so',
    { timeout: 120_000 },
    async () => {
      await company.push('token-ann', 'sales', {
        [GROUPS]: `${await company.file(GROUPS)}  - { group: Sales, when: "departmnt == 'Sales'" }\n`,
      });
      edit = await company.github('token-ann', 'POST', '/pulls', {
        title: 'Everybody sells',
        head: 'sales',
        base: 'main',
      });

      const runs = await company.actions.settle();

      expect(conclusionsOf(runs, 'checks')).toEqual([{ mappings: 'failure', test: 'success' }]);
      expect(jobOf(runs, 'checks', 'mappings')?.annotations).toContainEqual(
        expect.objectContaining({ level: 'error', file: GROUPS, line: 5 }),
      );
      expect(conclusionsOf(runs, 'preview')).toEqual([{ preview: 'failure', comment: 'success' }]);
      const [said, ...more] = await comments(edit.number);
      expect(more).toEqual([]);
      expect(said?.user.login).toBe('github-actions[bot]');
      expect(said?.body).toContain('departmnt');
    },
  );

  it(
    'one that is right shows what it would do to people, in the same comment',
    { timeout: 120_000 },
    async () => {
      await company.push('token-ann', 'sales', {
        [GROUPS]: (await company.file(GROUPS))?.replace("department == 'Sales'", 'true') ?? '',
      });

      const runs = await company.actions.settle();

      expect(failuresOf(runs)).toBe('');
      expect(conclusionsOf(runs, 'guard')).toEqual([{ state: 'success' }]);
      const [said, ...more] = await comments(edit.number);
      expect(more).toEqual([]);
      expect(said?.body).toContain('Sales');
      expect(said?.body).toContain('Ben Ames');
      expect(said?.body).not.toContain('departmnt');
    },
  );

  it(
    'merging it changes no access; the sync that follows proposes what it causes',
    { timeout: 120_000 },
    async () => {
      await company.github('token-bob', 'POST', `/pulls/${edit.number}/reviews`, { event: 'APPROVE' });
      await company.github('token-ann', 'PUT', `/pulls/${edit.number}/merge`, { merge_method: 'merge' });

      const runs = await company.actions.settle();

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
      expect(await company.members('Sales')).toEqual([]);
      const [proposed] = await pulls();
      expect(proposed?.body).toContain(`#${edit.number}`);
      expect(proposed?.body).toContain('Cy Ames');
    },
  );

  it(
    'a reviewer holds one person by a comment, and the pull request follows at once',
    { timeout: 120_000 },
    async () => {
      if (!LONG) idle.push('sync');
      const [proposed] = await pulls();
      const number = proposed?.number ?? 0;
      await company.github('token-bob', 'POST', `/issues/${number}/comments`, {
        body: `/hold 1003 until ${day(30)} moves to another team`,
      });

      const runs = await company.actions.settle();

      expect(failuresOf(runs)).toBe('');
      // The app's answer is a comment, too, and asks for nothing.
      expect(conclusionsOf(runs, 'hold')).toEqual([{ hold: 'success' }, { hold: 'skipped' }]);
      expect(conclusionsOf(runs, 'sync')).toHaveLength(1);
      expect(await company.file('state/holds.yaml')).toContain('1003');
      if (!LONG) return;
      const [after] = await pulls();
      expect(after?.number).toBe(number);
      expect(after?.head.sha).not.toBe(proposed?.head.sha);
      const plans = await company.files('state/plans', after?.head.sha);
      const texts = await Promise.all(plans.map(async (path) => company.file(path, after?.head.sha)));
      expect(texts).toHaveLength(1);
      const { actions } = JSON.parse(texts[0] ?? '{}') as { actions: { person: string }[] };
      expect(actions.map(({ person: id }) => id)).toEqual(['1001', '1002']);
    },
  );
});

describe.sequential('a pull request that may not', () => {
  it(
    'touch state/ fails a check, whoever opens it and whatever its own code says',
    { timeout: 60_000 },
    async () => {
      const guard = '.github/workflows/guard.yml';
      const tame =
        (await company.file(guard))?.replace('node --import tsx scripts/guard.ts', 'npm test') ?? '';
      await company.push('token-ann', 'forged', { 'state/holds.yaml': 'holds: {}\n', [guard]: tame });
      await company.github('token-ann', 'POST', '/pulls', { title: 'Tidy', head: 'forged', base: 'main' });

      const runs = await company.actions.settle();

      expect(conclusionsOf(runs, 'guard')).toEqual([{ state: 'failure' }]);
      expect(jobOf(runs, 'guard', 'state')?.annotations.map(({ file }) => file)).toEqual([
        'state/holds.yaml',
      ]);
    },
  );

  it(
    'come from a fork: nothing with a key or a view of people looks at it',
    { timeout: 60_000 },
    async () => {
      const evil = `${await company.file('.github/workflows/checks.yml')}`.replace(
        'run: node --import tsx scripts/check.ts',
        'run: env\n        env: { A: "${{ secrets.BAMBOOHR_API_KEY }}", B: "${{ secrets.ROLLCALL_APP_PRIVATE_KEY }}" }',
      );
      const files = { 'mappings/lookups.yaml': 'tables: {}\n', '.github/workflows/checks.yml': evil };
      await company.push('token-mallory', 'main', files, FORK);
      await company.github('token-mallory', 'POST', '/pulls', {
        title: 'Please',
        head: 'mallory:main',
        base: 'main',
      });

      const runs = await company.actions.settle();

      expect(conclusionsOf(runs, 'preview')).toEqual([{ preview: 'skipped', comment: 'skipped' }]);
      const log = jobOf(runs, 'checks', 'mappings')?.steps.find(({ name }) => name === 'Check')?.log ?? '';
      expect(log).toMatch(/^A=$/m);
      expect(log).toMatch(/^B=$/m);
      expect(conclusionsOf(runs, 'guard')).toEqual([{ state: 'success' }]);
    },
  );
});

import { mkdir, symlink } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planName, type Plan } from '../../scripts/core/plan/plan-file.ts';
import { personFileOf } from '../../scripts/core/values/hr-id.ts';
import { propose, type ProposeResult } from '../../scripts/propose.ts';
import {
  type Company,
  GUARDRAILS,
  joinGroup,
  personFile,
  planFile,
  planOf,
  startCompany,
  suspend,
  writeFiles,
} from './forge-world.ts';

const BASE_FILES = {
  'mappings/guardrails.yaml': GUARDRAILS,
  ...personFile('1042'),
  ...personFile('1043'),
  ...personFile('1044'),
};

let company: Company;
beforeAll(async () => {
  company = await startCompany({ files: BASE_FILES, seed: { rules: 'protected' } });
});
afterAll(() => company.close());
beforeEach(async () => {
  await company.control('POST', '/reset');
});

/** One sync: a fresh checkout, what export and plan would have left in it, and the verb. */
async function sync(
  files: Record<string, string | null>,
  options: { token?: string; root?: string } = {},
): Promise<ProposeResult & { root: string }> {
  const root = options.root ?? (await company.clone());
  await writeFiles(root, files);
  const { forge } = company.forge(options.token);
  const result = await propose({
    root,
    forge,
    asOf: '2026-11-23',
    run: 'https://github.com/acme/identity/actions/runs/7',
    serverUrl: 'https://github.com',
  });
  return { ...result, root };
}

async function planOnMain(plan: Plan): Promise<boolean> {
  const root = await company.clone();
  return (await company.git(root, 'ls-files', 'state/plans')).includes(planName(plan));
}

describe('what goes to main at once', () => {
  it('commits facts without consequences, groups and the auto plan in one verified commit', async () => {
    const auto = planOf([suspend('1044')], { lane: 'auto' });
    const result = await sync({
      ...personFile('1042', { jobTitle: 'Engineer' }),
      'state/groups.yaml': 'groups:\n  Engineering: "5f0c"\n',
      ...planFile(auto),
    });
    expect(result).toMatchObject({ changed: true, commit: expect.stringMatching(/^[0-9a-f]{40}$/) });
    expect(result.pullRequest).toBeUndefined();
    const root = await company.clone();
    expect(await company.git(root, 'rev-parse', 'HEAD')).toBe(result.commit);
    expect((await company.git(root, 'show', '--name-only', '--format=%an|%s')).split('\n')).toEqual([
      'rollcall[bot]|sync: 1 leaver',
      '',
      'state/groups.yaml',
      personFileOf('1042'),
      `state/plans/${planName(auto)}`,
    ]);
    const trailers = await company.git(root, 'log', '-1', '--format=%(trailers:only,unfold)');
    expect(trailers.split('\n')).toEqual([
      `Plan-Digest: ${auto.digest}`,
      'Source: bamboohr',
      'As-Of: 2026-11-23',
      'Run: https://github.com/acme/identity/actions/runs/7',
    ]);
    await company.git(root, 'fsck', '--strict');
    const { commit } = await company.rest<{ commit: { verification: { verified: boolean } } }>(
      'token-ann',
      'GET',
      `/commits/${result.commit ?? ''}`,
    );
    expect(commit.verification.verified).toBe(true);
  });

  it('commits nothing when nothing changed', async () => {
    const before = (await company.requests()).length;
    const result = await sync({});
    expect(result).toMatchObject({ changed: false, notes: [] });
    expect(result.commit).toBeUndefined();
    const sent = (await company.requests()).slice(before).filter(({ path }) => path.startsWith('/repos/'));
    expect(sent.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(sent.length).toBeLessThanOrEqual(6);
  });

  it('keeps what main got meanwhile: a hold, and a person file of an urgent run', async () => {
    const root = await company.clone();
    await company.control('POST', '/commits', {
      login: 'rollcall[bot]',
      files: {
        'state/holds.yaml': 'holds: {}\n',
        [personFileOf('1043')]: personFile('1043', { status: 'Inactive' })[personFileOf('1043')],
      },
    });
    const result = await sync(
      { ...personFile('1042', { jobTitle: 'Engineer' }), ...personFile('1043', { jobTitle: 'Late' }) },
      { root },
    );
    expect(result.notes).toEqual([expect.stringContaining('main has changed 1 of the files')]);
    const now = await company.clone();
    expect(await company.git(now, 'show', `HEAD:${personFileOf('1043')}`)).toContain('Inactive');
    expect(await company.git(now, 'show', `HEAD:${personFileOf('1042')}`)).toContain('Engineer');
    expect(await company.git(now, 'ls-files', 'state/holds.yaml')).toBe('state/holds.yaml');
  });

  it('builds its commit again when main moves between reading and moving the branch', async () => {
    await company.control('PUT', '/interleaves', [
      {
        method: 'PATCH',
        path: '/repos/acme/identity/git/refs',
        times: 2,
        login: 'cas',
        message: 'a merge in between',
        files: { 'mappings/groups/all.yaml': `# ${Math.random()}\ngroups: []\n` },
      },
    ]);
    const result = await sync(personFile('1042', { jobTitle: 'Engineer' }));
    const root = await company.clone();
    expect(await company.git(root, 'rev-parse', 'HEAD')).toBe(result.commit);
    expect(await company.git(root, 'log', '--format=%an %s')).toMatch(
      /^rollcall\[bot\] sync: facts of 1 person, no action\ncas a merge in between/,
    );
    expect(await company.git(root, 'log', '--merges', '--format=%H')).toBe('');
  });

  it('deletes a person file only when a complete export no longer writes it', async () => {
    const gone = { [personFileOf('1044')]: null };
    const manifest = (complete: boolean): string =>
      JSON.stringify({
        version: 1,
        startedAt: '2026-11-23T11:00:00Z',
        finishedAt: '2026-11-23T11:01:00Z',
        asOf: '2026-11-23',
        complete,
        total: 2,
        files: { [personFileOf('1042')]: 'a'.repeat(64), [personFileOf('1043')]: 'b'.repeat(64) },
      });
    expect(await sync({ ...gone })).toMatchObject({ changed: false });
    expect(await sync({ ...gone, 'state/export.json': manifest(false) })).toMatchObject({ changed: false });
    expect(await sync({ ...gone, 'state/export.json': manifest(true) })).toMatchObject({ changed: true });
    const root = await company.clone();
    expect(await company.git(root, 'ls-files', 'state/people')).not.toContain('1044');
  });

  it('sends nothing of the manifest, of receipts, of files that are none of ours', async () => {
    const result = await sync({ 'state/receipts/x.json': '{}', 'state/notes.txt': 'x\n' });
    expect(result).toMatchObject({ changed: false });
  });

  it.each([
    ['does not parse', '42/1042', 'employee:', 'employee: {'],
    ['holds what is no person', '42/1042', 'stage: active', 'stage: actve'],
    ['lies in a wrong place', '42/9999', '', ''],
  ])(
    'refuses a person file that %s, with its place, and asks nothing of the forge',
    async (_, name, from, to) => {
      const path = `state/people/${name}.yaml`;
      const [text = ''] = Object.values(personFile('1042'));
      await company.control('DELETE', '/requests');
      const root = await company.clone();
      const asked = (await company.requests()).length;
      const broken = { [path]: text.replace(from, to) };
      await expect(
        sync({ ...personFile('1043', { jobTitle: 'Lead' }), ...broken }, { root }),
      ).rejects.toMatchObject({
        exit: 2,
        problems: expect.arrayContaining([
          expect.objectContaining({
            file: path,
            line: expect.any(Number) as number,
            column: expect.any(Number) as number,
          }),
        ]) as object[],
      });
      expect(await company.requests()).toHaveLength(asked);
    },
  );

  it.each(['groups', 'holds'])('refuses a state/%s.yaml that does not read', async (name) => {
    const path = `state/${name}.yaml`;
    await expect(sync({ [path]: `${name}: [\n` })).rejects.toMatchObject({
      exit: 2,
      problems: [{ file: path }],
    });
  });

  it('refuses a link in state/: what it points at must not become content', async () => {
    const root = await company.clone();
    await mkdir(`${root}/state/people/99`, { recursive: true });
    await symlink('/etc/hostname', `${root}/state/people/99/1099.yaml`);
    await expect(sync({}, { root })).rejects.toMatchObject({
      exit: 2,
      problems: [{ file: 'state/people/99/1099.yaml', message: 'this is a symbolic link' }],
    });
  });
});

describe('the pull request', () => {
  const review = planOf([joinGroup('1042')]);
  const files = { ...personFile('1042', { department: 'Engineering' }), ...planFile(review) };

  it('says once which plan reviewers have not seen, however often the same is planned', async () => {
    expect((await sync(files)).proposed).toBe(review.digest);
    expect((await sync(files)).proposed).toBeUndefined();
    await company.control('POST', '/commits', {
      login: 'rollcall[bot]',
      files: { [personFileOf('1042')]: personFile('1042', { jobTitle: 'Urgent' })[personFileOf('1042')] },
    });
    const rebuilt = await sync(files);
    expect([rebuilt.proposed, rebuilt.pullRequest]).toEqual([undefined, 1]);
    const more = planOf([joinGroup('1042'), joinGroup('1043')]);
    expect(
      (await sync({ ...personFile('1042', { department: 'Engineering' }), ...planFile(more) })).proposed,
    ).toBe(more.digest);
    expect((await sync({})).proposed).toBeUndefined();
  });

  it('opens one with plan and people on one commit, labelled and with reviewers', async () => {
    const result = await sync({ ...files, ...personFile('1043', { jobTitle: 'Other' }) });
    const pull = await company.pull(result.pullRequest ?? 0);
    expect(pull).toMatchObject({ state: 'open', title: 'Sync: 1 mover', user: { login: 'rollcall[bot]' } });
    expect(pull.head.ref).toBe('rollcall/sync');
    expect(pull.labels.map(({ name }) => name)).toEqual(['rollcall']);
    expect(pull.requested_reviewers.map(({ login }) => login)).toEqual(['ann']);
    expect(pull.body).toContain('First1042 Last1042');
    expect(pull.body).toContain(`/blob/${pull.head.sha}/state/plans/${planName(review)}`);
    const root = await company.clone();
    const show = await company.git(root, 'show', '--name-only', '--format=%P|%s', pull.head.sha);
    expect(show.split('\n')).toEqual([
      `${result.commit ?? ''}|sync: 1 mover`,
      '',
      personFileOf('1042'),
      `state/plans/${planName(review)}`,
    ]);
    expect(await planOnMain(review)).toBe(false);
  });

  it('asks all approvers but subjects for what takes access away, and labels it', async () => {
    const plan = planOf([suspend('1001'), joinGroup('1042', 'VPN', { cause: 'mapping' })], {}, [
      { code: 'budget-suspend', severity: 'critical', message: 'over' },
    ]);
    const { pullRequest } = await sync({ ...personFile('1001'), ...planFile(plan) });
    const pull = await company.pull(pullRequest ?? 0);
    expect(pull.labels.map(({ name }) => name).sort()).toEqual([
      'leavers',
      'mappings',
      'over-budget',
      'risk:high',
      'rollcall',
    ]);
    expect(pull.requested_reviewers.map(({ login }) => login)).toEqual(['bob', 'cas']);
  });

  it('is not touched by a new day with the same actions: no push, no edit, the approval stays', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    await company.approve(number);
    const before = await company.pull(number);
    const root = await company.clone();
    const start = (await company.requests()).length;
    const result = await sync(
      { ...files, ...planFile(planOf([joinGroup('1042')], { asOf: '2026-11-24' })) },
      { root },
    );
    expect(result).toMatchObject({ pullRequest: number, changed: false });
    const sent = (await company.requests()).slice(start).filter(({ path }) => path.startsWith('/repos/'));
    expect(sent.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(sent.length).toBeLessThanOrEqual(10);
    const { title, body, head, updated_at: updatedAt } = before;
    expect(await company.pull(number)).toMatchObject({
      title,
      body,
      head: { sha: head.sha },
      updated_at: updatedAt,
    });
    const reviews = await company.rest<{ state: string }[]>('token-ann', 'GET', `/pulls/${number}/reviews`);
    expect(reviews.map(({ state }) => state)).toEqual(['APPROVED']);
  });

  it('is refreshed in place when the actions change', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    const more = planOf([joinGroup('1042'), joinGroup('1043')]);
    const result = await sync({
      ...files,
      ...personFile('1043', { department: 'Engineering' }),
      ...planFile(more),
    });
    expect(result).toMatchObject({ pullRequest: number, changed: true });
    const pull = await company.pull(number);
    expect(pull.title).toBe('Sync: 2 movers');
    const root = await company.clone();
    const names = await company.git(root, 'ls-tree', '-r', '--name-only', pull.head.sha, 'state/plans');
    expect(names).toBe(`state/plans/${planName(more)}`);
    expect((await company.pulls()).length).toBe(1);
  });

  it('is rebuilt on main, its plan byte for byte, when main changed one of its people', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    const urgent = personFile('1042', { status: 'Inactive' });
    await company.control('POST', '/commits', { files: urgent });
    const result = await sync({
      ...personFile('1042', { status: 'Inactive', department: 'Engineering' }),
      ...planFile(planOf([joinGroup('1042')], { asOf: '2026-11-24' })),
    });
    expect(result).toMatchObject({ pullRequest: number, changed: true });
    const pull = await company.pull(number);
    const root = await company.clone();
    const main = await company.git(root, 'rev-parse', 'origin/main');
    expect(await company.git(root, 'rev-parse', `${pull.head.sha}^`)).toBe(main);
    expect(await company.git(root, 'ls-tree', '--name-only', pull.head.sha, 'state/plans/')).toBe(
      `state/plans/${planName(review)}`,
    );
    const again = await sync({
      ...personFile('1042', { status: 'Inactive', department: 'Engineering' }),
      ...planFile(planOf([joinGroup('1042')], { asOf: '2026-11-25' })),
    });
    expect(again).toMatchObject({ changed: false });
  });

  it('is closed with a comment, its branch deleted, when nothing is left to do', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    const result = await sync({});
    expect(result).toMatchObject({ pullRequest: number, changed: true });
    expect((await company.pull(number)).state).toBe('closed');
    expect((await company.comments(number)).map(({ body }) => body)).toEqual([
      expect.stringContaining('Nothing is left to do'),
    ]);
    await expect(company.rest('token-ann', 'GET', '/git/ref/heads/rollcall/sync')).rejects.toThrow('404');
    // The same need again is proposed again: it was the app that closed.
    expect((await sync(files)).pullRequest).toBe(number + 1);
  });

  it('respects a person who closed it, says so once, and opens again when the actions change', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    await company.rest('token-bob', 'PATCH', `/pulls/${number}`, { state: 'closed' });
    const later = { ...files, ...planFile(planOf([joinGroup('1042')], { asOf: '2026-11-24' })) };
    const first = await sync(later);
    expect(first).toMatchObject({ pullRequest: number, changed: true });
    expect(first.notes.join()).toContain('closed by bob');
    expect(await sync(later)).toMatchObject({ pullRequest: number, changed: false });
    expect((await company.comments(number)).length).toBe(1);
    expect((await company.pulls()).length).toBe(0);
    const other = planOf([joinGroup('1042', 'VPN')]);
    const opened = await sync({ ...personFile('1042', { department: 'x' }), ...planFile(other) });
    expect(opened.pullRequest).toBe(number + 1);
  });

  it('respects a person who deleted the branch, and lives when the branch is gone', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    await company.rest('token-bob', 'DELETE', '/git/refs/heads/rollcall/sync');
    expect((await company.pull(number)).state).toBe('closed');
    expect(await sync(files)).toMatchObject({ pullRequest: number });
    const opened = await sync({
      ...files,
      ...planFile(planOf([joinGroup('1042'), joinGroup('1043')])),
      ...{ [`state/plans/${planName(review)}`]: null },
    });
    expect(opened.pullRequest).toBe(number + 1);
    expect((await company.pull(number + 1)).head.ref).toBe('rollcall/sync');
  });

  it('leaves a branch that a person changed, closes its pull request and opens another', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    await company.control('POST', '/commits', {
      branch: 'rollcall/sync',
      login: 'bob',
      files: { [`state/plans/${planName(review)}`]: '{}' },
    });
    const edited = await company.pull(number);
    const result = await sync(files);
    expect(result).toMatchObject({ pullRequest: number + 1, changed: true });
    expect((await company.pull(number)).state).toBe('closed');
    expect((await company.comments(number))[0]?.body).toContain('bob has changed the branch');
    const fresh = await company.pull(number + 1);
    expect(fresh.head.ref).toBe('rollcall/sync-2');
    const ref = await company.rest<{ object: { sha: string } }>(
      'token-ann',
      'GET',
      '/git/ref/heads/rollcall/sync',
    );
    expect(ref.object.sha).toBe(edited.head.sha);
    expect(await sync(files)).toMatchObject({ pullRequest: number + 1, changed: false });
    const closed = await sync({});
    expect(closed).toMatchObject({ pullRequest: number + 1, changed: true });
  });

  it('does not overwrite a branch that a person pushed to after it was looked at', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    await company.control('PUT', '/interleaves', [
      {
        method: 'POST',
        path: '/repos/acme/identity/git/commits',
        branch: 'rollcall/sync',
        login: 'bob',
        files: { 'state/people/42/1042.yaml': 'mine\n' },
      },
    ]);
    const more = planOf([joinGroup('1042'), joinGroup('1043')]);
    const result = await sync({ ...files, ...planFile(more) });
    expect(result.pullRequest).toBe(number + 1);
    expect(result.notes.join()).toContain('rollcall/sync holds a commit of somebody else');
    expect((await company.pull(number)).state).toBe('closed');
    expect((await company.pull(number + 1)).head.ref).toBe('rollcall/sync-2');
  });

  it('keeps a pull request that was brought up to date by its button', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    await company.control('POST', '/commits', { files: { 'README.md': 'newer\n' } });
    await company.rest('token-ann', 'PUT', `/pulls/${number}/update-branch`, {});
    const head = (await company.pull(number)).head.sha;
    const result = await sync(files);
    expect(result).toMatchObject({ pullRequest: number });
    expect((await company.pull(number)).head.sha).toBe(head);
  });

  it('does not propose again what is merged and pending', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    await company.approve(number);
    await company.merge(number);
    const result = await sync({});
    expect(result).toMatchObject({ changed: false });
    expect(await planOnMain(review)).toBe(true);
    // The next plan uses the same branch, whose old head main has by now.
    const next = planOf([joinGroup('1043')]);
    const opened = await sync({ ...personFile('1043', { department: 'E' }), ...planFile(next) });
    expect(opened.pullRequest).toBe(number + 1);
    expect((await company.pull(number + 1)).head.ref).toBe('rollcall/sync');
  });

  it('two syncs at once end in one pull request that says what its branch holds', async () => {
    const other = planOf([joinGroup('1042'), joinGroup('1043')]);
    const roots = [await company.clone(), await company.clone()];
    const results = await Promise.all([
      sync(files, { root: roots[0] ?? '' }),
      sync(
        { ...files, ...planFile(other), ...personFile('1043', { department: 'E' }) },
        { root: roots[1] ?? '' },
      ),
    ]);
    expect(new Set(results.map(({ pullRequest }) => pullRequest)).size).toBe(1);
    // Whoever was last, the next sync leaves plan and words in agreement.
    const last = await sync({ ...files, ...planFile(other), ...personFile('1043', { department: 'E' }) });
    expect((await company.pulls()).length).toBe(1);
    expect((await company.pull(last.pullRequest ?? 0)).title).toBe('Sync: 2 movers');
  });

  it('mends a body that was edited by hand, without touching the branch', async () => {
    const { pullRequest: number = 0 } = await sync(files);
    const { head, body } = await company.pull(number);
    await company.rest('token-bob', 'PATCH', `/pulls/${number}`, { body: 'looks harmless' });
    await company.rest('token-bob', 'POST', `/issues/${number}/labels`, { labels: ['mine'] });
    await sync(files);
    const mended = await company.pull(number);
    expect(mended.body).toBe(body);
    expect(mended.head.sha).toBe(head.sha);
    expect(mended.labels.map(({ name }) => name)).toContain('mine');
  });

  it('names the mapping pull request that caused it', async () => {
    const root = await company.clone();
    await company.git(root, 'checkout', '-q', '-b', 'edit');
    await writeFiles(root, { 'mappings/groups/vpn.yaml': 'groups: []\n' });
    await company.git(root, 'add', '-A');
    await company.git(root, 'commit', '-qm', 'vpn');
    await company.git(root, 'push', '-q', 'origin', 'edit');
    const { number } = await company.rest<{ number: number }>('token-bob', 'POST', '/pulls', {
      head: 'edit',
      base: 'main',
      title: 'VPN for all',
    });
    await company.approve(number);
    await company.merge(number);
    const plan = planOf([joinGroup('1042', 'VPN', { cause: 'mapping' })]);
    const result = await sync({ ...personFile('1042', { x: 'y' }), ...planFile(plan) });
    const pull = await company.pull(result.pullRequest ?? 0);
    expect(pull.body).toContain(`Caused by the mappings of #${number}`);
    const log = await company.git(await company.clone(), 'log', '-1', '--format=%B', pull.head.sha);
    expect(log).toContain(`Mapping-Pull-Request: ${number}`);
    expect(await sync({ ...personFile('1042', { x: 'y' }), ...planFile(plan) })).toMatchObject({
      changed: false,
    });
  });
});

describe('what the token may not', () => {
  const plan = planOf([joinGroup('1042')]);
  const files = { ...personFile('1042', { department: 'E' }), ...planFile(plan) };

  it('names the bypass when the rules of main refuse the app', async () => {
    await company.control('POST', '/tokens', {
      token: 'token-weak',
      login: 'weak[bot]',
      type: 'Bot',
      permissions: { contents: 'write', pull_requests: 'write', metadata: 'read' },
    });
    await expect(sync(personFile('1042', { jobTitle: 'x' }), { token: 'token-weak' })).rejects.toMatchObject({
      exit: 2,
      code: 'rules-forbid',
      remedy: expect.stringContaining('bypass list'),
    });
  });

  it('names the permission that is missing', async () => {
    await company.control('POST', '/tokens', {
      token: 'token-half',
      login: 'half[bot]',
      type: 'Bot',
      bypass: true,
      permissions: { contents: 'write', metadata: 'read' },
    });
    await expect(sync(files, { token: 'token-half' })).rejects.toMatchObject({
      exit: 2,
      code: 'missing-permission',
      message: expect.stringContaining('pull_requests'),
    });
    await company.control('POST', '/tokens', {
      token: 'token-read',
      login: 'read[bot]',
      type: 'Bot',
      bypass: true,
      permissions: { contents: 'read', pull_requests: 'write', metadata: 'read' },
    });
    await expect(sync(files, { token: 'token-read' })).rejects.toMatchObject({
      code: 'missing-permission',
      message: expect.stringContaining('contents: write'),
    });
    await expect(sync(files, { token: 'token-nobody' })).rejects.toMatchObject({
      exit: 2,
      code: 'bad-token',
    });
  });
});

import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorkspace } from '../../scripts/adapters/files/workspace.ts';
import { readCompany } from '../../scripts/demo/company.ts';
import { claimFolder, OURS, readShippedGroups, REVIEWERS, writeTemplate } from '../../scripts/demo/folder.ts';
import { createVerbs } from '../../scripts/demo/verbs.ts';

let sandbox: string;
beforeAll(async () => {
  sandbox = await mkdtemp(join(tmpdir(), 'rollcall-demo-folder-'));
});
afterAll(() => rm(sandbox, { recursive: true, force: true }));

it('makes a folder that is not there, takes an empty one, and makes its own anew', async () => {
  const folder = join(sandbox, 'a', 'b');
  await claimFolder(folder);
  expect(await readdir(folder)).toEqual([OURS]);
  await mkdir(join(folder, 'state'));
  await writeFile(join(folder, 'state', 'old'), '');
  await claimFolder(folder);
  expect(await readdir(folder)).toEqual([OURS]);
  await mkdir(join(sandbox, 'empty'));
  await claimFolder(join(sandbox, 'empty'));
});

it('refuses what is not its own: other files, a link to its own, a file, another mark', async () => {
  const other = join(sandbox, 'other');
  await mkdir(join(other, OURS), { recursive: true });
  await writeFile(join(other, OURS, 'README.txt'), 'something else');
  const own = join(sandbox, 'own');
  await claimFolder(own);
  await symlink(own, join(sandbox, 'link'));
  await writeFile(join(sandbox, 'file'), 'text');
  for (const name of ['other', 'link', 'file'])
    await expect(claimFolder(join(sandbox, name)), name).rejects.toMatchObject({
      exit: 2,
      code: 'not-the-demo',
    });
  expect(await readFile(join(other, OURS, 'README.txt'), 'utf8')).toBe('something else');
  expect(await readdir(own)).toEqual([OURS]);
});

it('writes reviewers and protected accounts into the shipped mappings and keeps their comments', async () => {
  const folder = join(sandbox, 'template');
  await mkdir(folder);
  const company = readCompany(await readShippedGroups());
  const template = await writeTemplate(folder, company);
  const { guardrails } = await openWorkspace(template).readPolicy();
  expect(guardrails.approvals.approvers).toEqual(
    Object.entries(REVIEWERS).map(([login, employee]) => ({ login, employee })),
  );
  expect(guardrails.protected.accounts).toEqual(company.protectedAccounts);
  expect(await readFile(join(template, 'mappings', 'guardrails.yaml'), 'utf8')).toContain(
    '# Emergency brake',
  );
});

it('names the verb that failed, and why', async () => {
  const nowhere = 'http://127.0.0.1:9';
  const run = createVerbs({
    root: sandbox,
    company: 'tarnfell',
    repository: 'tarnfell/identity',
    urls: { bamboohr: nowhere, jumpcloud: nowhere, github: nowhere },
    now: () => new Date('2026-12-07T16:00:00Z'),
  });
  await expect(run('export')).rejects.toMatchObject({
    exit: 1,
    code: 'demo-step',
    message: expect.stringMatching(/^export ended with exit 2: .*mappings/s) as string,
  });
});

/** Mappings of a pull request are data: plain files of a bearable size, and whatever else is there is refused by name. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeEditedMappings } from '../../scripts/core/forge/edited-mappings.ts';
import { fetchMappings } from '../../scripts/fetch-mappings.ts';
import { type Company, startCompany } from './forge-world.ts';

const run = promisify(execFile);
let company: Company;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'rollcall-edit-'));
  company = await startCompany({
    files: { 'mappings/lifecycle.yaml': 'timeZone: Etc/UTC\n', 'mappings/groups/a.yaml': 'groups: []\n' },
  });
});
afterAll(async () => {
  await company.close();
  await rm(scratch, { recursive: true, force: true });
});

/** Pushes a branch that holds what `edit` did; yields its commit. */
async function pushed(branch: string, edit: (root: string) => Promise<unknown>): Promise<string> {
  const root = await company.clone();
  await company.git(root, 'checkout', '-q', '-b', branch);
  await edit(root);
  await company.git(root, 'add', '-A');
  await company.git(root, 'commit', '-q', '-m', branch);
  await company.git(root, 'push', '-q', 'origin', branch);
  return company.git(root, 'rev-parse', 'HEAD');
}

async function fetched(commit: string, folder: string): Promise<string[]> {
  const { client } = company.forge('token-ann');
  return fetchMappings(client, commit, join(scratch, folder)).then(
    (files) => [`${files} files`],
    (error: unknown) => (error as { problems: { file: string }[] }).problems.map(({ file }) => file),
  );
}

describe('mappings of a commit', () => {
  it('are written as they are there, and nothing else of it', async () => {
    const commit = await pushed('plain', async (root) => {
      await writeFile(join(root, 'mappings/groups/a.yaml'), 'groups:\n  - { group: Ä, when: "true" }\n');
      await writeFile(join(root, 'README.md'), 'other\n');
    });
    expect(await fetched(commit, 'plain')).toEqual(['2 files']);
    expect(await readFile(join(scratch, 'plain/mappings/groups/a.yaml'), 'utf8')).toContain('Ä');
    await expect(readFile(join(scratch, 'plain/README.md'))).rejects.toThrow('ENOENT');
  });

  it('with a link, to a file or to a folder, are refused before anything is written', async () => {
    const toFile = await pushed('link', async (root) =>
      symlink('/proc/self/environ', join(root, 'mappings/x.yaml')),
    );
    expect(await fetched(toFile, 'link')).toEqual(['mappings/x.yaml']);
    const toFolder = await pushed('folder', async (root) => symlink('/etc', join(root, 'mappings/etc')));
    expect(await fetched(toFolder, 'folder')).toEqual(['mappings/etc']);
    await expect(readFile(join(scratch, 'link/mappings/lifecycle.yaml'))).rejects.toThrow('ENOENT');
  });

  it('that are a link themselves are no mappings', async () => {
    const commit = await pushed('whole', async (root) => {
      await rm(join(root, 'mappings'), { recursive: true });
      await symlink('/etc', join(root, 'mappings'));
    });
    expect(await fetched(commit, 'whole')).toEqual(['0 files']);
  });

  it('with an executable, a strange name or too much text are refused', async () => {
    const commit = await pushed('strange', async (root) => {
      await mkdir(join(root, 'mappings/groups/.hidden'), { recursive: true });
      await writeFile(join(root, 'mappings/groups/.hidden/a.yaml'), 'x\n');
      await writeFile(join(root, 'mappings/big.yaml'), 'x'.repeat(1_048_577));
      await writeFile(join(root, 'mappings/run.yaml'), 'x\n', { mode: 0o755 });
      await run('chmod', ['755', join(root, 'mappings/run.yaml')]);
    });
    expect((await fetched(commit, 'strange')).sort()).toEqual([
      'mappings/big.yaml',
      'mappings/groups/.hidden/a.yaml',
      'mappings/run.yaml',
    ]);
  });

  it('are too many above 500 files or 8 MiB', () => {
    const entry = (index: number, size: number) => ({
      path: `mappings/${index}.yaml`,
      mode: '100644',
      size,
      blob: '',
    });
    expect(judgeEditedMappings(Array.from({ length: 500 }, (_, index) => entry(index, 10)))).toEqual([]);
    expect(judgeEditedMappings(Array.from({ length: 501 }, (_, index) => entry(index, 10)))).toHaveLength(1);
    expect(
      judgeEditedMappings(Array.from({ length: 9 }, (_, index) => entry(index, 1_000_000))),
    ).toHaveLength(1);
  });
});

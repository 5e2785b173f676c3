/** fetch-mappings: mappings/ of a pull request's commit into a folder, as data, for preview. Nothing of it is run. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createFileWriter } from './adapters/files/write-file.ts';
import { createGithubClient, type GithubClient, readGithubConnection } from './adapters/github/client.ts';
import { readBlob } from './adapters/github/git-reading.ts';
import { readMappingEntries } from './adapters/github/mapping-entries.ts';
import { judgeEditedMappings } from './core/forge/edited-mappings.ts';
import { badInput, badUsage } from './core/values/failure.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

/** @returns how many files were written below `folder`. @throws Failure 2 naming every file that may not be looked at. */
export async function fetchMappings(client: GithubClient, commit: string, folder: string): Promise<number> {
  const entries = await readMappingEntries(client, commit);
  const problems = judgeEditedMappings(entries);
  if (problems.length > 0) throw badInput(problems);
  await mkdir(folder, { recursive: true });
  const writer = createFileWriter(folder, false);
  for (const { path, blob } of entries) writer.write(path, await readBlob(client, blob));
  return entries.length;
}

const OPTIONS = {
  out: { type: 'string', value: 'DIR', description: 'an empty folder; mappings/ comes below it' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'fetch-mappings',
  summary: 'Copies mappings/ of a commit into a folder, for preview --head.',
  details:
    'Reads the commit through the API and takes plain files of a bearable size only, so that code of main can look at the mappings of a pull request without running anything of it. Needs to read contents.',
  options: OPTIONS,
  positionals: { usage: 'COMMIT', description: 'the full id of the commit', min: 1, max: 1 },
  variables: ['GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL'],
  exits: { 2: 'mappings/ holds something that is no plain file; nothing was written' },
  examples: [
    ['npm run fetch-mappings -- 3f9c… --out ../edited', 'then: npm run preview -- --head ../edited'],
  ],
  async run({ environment, positionals, options, log }) {
    const [commit = ''] = positionals;
    if (!/^[0-9a-f]{40}$/.test(commit))
      throw badUsage('bad-commit', 'this is not the full id of a commit', 'give 40 hexadecimal digits');
    if (options.out === undefined)
      throw badUsage('no-out', '--out is missing', 'name the folder to write into');
    const client = createGithubClient(readGithubConnection(environment), { progress: log });
    const files = await fetchMappings(client, commit, resolve(options.out));
    return { json: { commit, files }, text: `${files} files of mappings/ at ${commit.slice(0, 12)}` };
  },
};

if (isMain(import.meta)) await runDoor(door);

/**
 * The files of state/ as texts, for the verbs that carry them to the forge: nothing is parsed, so nothing is changed.
 * Only regular files count; a link that points elsewhere must never become content of the repository.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';

export interface TextFile {
  /** File name without its folder. */
  name: string;
  text: string;
  /** When it was last written, milliseconds since the epoch. */
  writtenAt: number;
}

const AT_ONCE = 32;

/** state/people/**, state/groups.yaml and state/holds.yaml: path from the root, with slashes -> text. */
export async function readPeopleTexts(root: string): Promise<Map<string, string>> {
  const paths: string[] = [];
  for (const shard of await listEntries(join(root, 'state', 'people'), 'folder'))
    for (const name of await listEntries(join(root, 'state', 'people', shard), 'file'))
      if (name.endsWith('.yaml')) paths.push(`state/people/${shard}/${name}`);
  for (const name of await listEntries(join(root, 'state'), 'file'))
    if (name === 'groups.yaml' || name === 'holds.yaml') paths.push(`state/${name}`);
  const texts = await pMap(
    paths,
    async (path): Promise<[string, string]> => [path, await readFile(join(root, path), 'utf8')],
    { concurrency: AT_ONCE },
  );
  return new Map(texts);
}

/** The JSON files of state/plans or state/receipts; none when the folder is not there. */
export async function readJsonTexts(root: string, folder: 'plans' | 'receipts'): Promise<TextFile[]> {
  const place = join(root, 'state', folder);
  const names = (await listEntries(place, 'file')).filter((name) => name.endsWith('.json'));
  return pMap(
    names,
    async (name) => {
      const path = join(place, name);
      const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
      return { name, text, writtenAt: mtimeMs };
    },
    { concurrency: AT_ONCE },
  );
}

async function listEntries(folder: string, kind: 'file' | 'folder'): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => (kind === 'file' ? entry.isFile() : entry.isDirectory()))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

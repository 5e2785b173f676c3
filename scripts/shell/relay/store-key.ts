/** Where a new private key goes: a file that only its owner reads. BambooHR shows it once, so the file is tried before it is asked for. */
import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { badUsage } from '../../core/values/failure.ts';
import { parseKeys } from './relay-settings.ts';

/** Throws exit 2 when the file could not be written later, or when it holds keys that `mode` create must not bury. */
export async function prepareKeyFile(path: string, mode: 'create' | 'rotate'): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await access(dirname(path), constants.W_OK);
  } catch {
    throw badUsage(
      'bad-key-file',
      'the folder of --key-file cannot be written',
      'name a file in a folder of yours',
    );
  }
  if (mode === 'create' && (await readKeys(path)).length > 0)
    throw badUsage(
      'key-file-exists',
      '--key-file holds a key already',
      'run `webhook rotate`, which keeps the old key beside the new one, or name another file',
    );
}

/** Newest key first, one a line; the old ones stay valid until somebody takes them out. */
export async function storeKey(path: string, key: string): Promise<void> {
  const keys = [...new Set([key, ...(await readKeys(path))])];
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, `${keys.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function readKeys(path: string): Promise<string[]> {
  try {
    return parseKeys(await readFile(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw badUsage('bad-key-file', '--key-file cannot be read', 'make it readable for you alone (mode 0600)');
  }
}

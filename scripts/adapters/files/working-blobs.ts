/** What git would call the files of state/ as they lie in the working tree, whatever its index says of them. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Path -> blob id; hidden files and the export manifest left out, links and the like as empty files.
 *
 * @param idLength 40 where the repository names objects by SHA-1, 64 where it uses SHA-256
 */
export function readWorkingBlobs(root: string, idLength: number): Map<string, string> {
  const blobs = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || path === 'state/export.json') continue;
      if (entry.isDirectory()) walk(path);
      else
        blobs.set(
          path,
          blobIdOf(entry.isFile() ? readFileSync(join(root, path)) : Buffer.alloc(0), idLength),
        );
    }
  };
  if (lstatSync(join(root, 'state'), { throwIfNoEntry: false })?.isDirectory() === true) walk('state');
  return blobs;
}

function blobIdOf(bytes: Buffer, idLength: number): string {
  return createHash(idLength === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

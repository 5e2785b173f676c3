/** What git would call a file of the working tree. */
import { createHash } from 'node:crypto';

/** @param idLength 40 where the repository names objects by SHA-1, 64 where it uses SHA-256 */
export function blobIdOfBytes(bytes: Buffer, idLength: number): string {
  return createHash(idLength === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

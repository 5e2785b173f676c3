/** Git's own name of a file's content, so that two versions compare without being sent. */
import { createHash } from 'node:crypto';

/** sha1 of `blob <bytes>\0<content>`, 40 hex: what the forge calls the blob of this text. */
export function blobIdOf(text: string): string {
  const content = Buffer.from(text, 'utf8');
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

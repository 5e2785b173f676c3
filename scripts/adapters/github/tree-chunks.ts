/**
 * A commit's files cut into calls that GitHub answers in time and that stay clear of its limits of content: contents
 * go inline in trees (one call for hundreds of files), because 80 blobs a minute and 500 an hour would make a first
 * import of 5,000 people take ten hours (GitHub Docs, "Rate limits for the REST API").
 */
import { blobIdOf } from '../../core/forge/blob-id.ts';
import type { FileChange } from '../../core/forge/shapes.ts';

export const MAX_ENTRIES = 500;
export const MAX_BYTES = 1_500_000;

export type TreeEntry = { path: string; mode: '100644'; type: 'blob' } & (
  | { content: string }
  | { sha: string | null }
);

export interface TreeChunk {
  entries: TreeEntry[];
  /** Blob ids that exist on the forge once this chunk is accepted. */
  brings: string[];
}

export interface ChunkedTree {
  /** Contents too large for an inline entry: each goes up as a blob of its own first. */
  blobs: { id: string; text: string }[];
  chunks: TreeChunk[];
}

/** `uploaded`: blobs that the forge has from an earlier try, named instead of sent again. */
export function cutTree(changes: FileChange[], uploaded: ReadonlySet<string>): ChunkedTree {
  const blobs = new Map<string, string>();
  const chunks: TreeChunk[] = [];
  let chunk: TreeChunk = { entries: [], brings: [] };
  let bytes = 0;
  for (const { path, text } of changes) {
    const head = { path, mode: '100644', type: 'blob' } as const;
    const id = text === null ? null : blobIdOf(text);
    const size = text === null ? 0 : Buffer.byteLength(JSON.stringify(text));
    const byName = text === null || (id !== null && uploaded.has(id)) || size > MAX_BYTES;
    if (text !== null && id !== null && byName && !uploaded.has(id)) blobs.set(id, text);
    const cost = path.length + 100 + (byName ? 0 : size);
    if (chunk.entries.length > 0 && (chunk.entries.length >= MAX_ENTRIES || bytes + cost > MAX_BYTES)) {
      chunks.push(chunk);
      chunk = { entries: [], brings: [] };
      bytes = 0;
    }
    if (byName) chunk.entries.push({ ...head, sha: id });
    else {
      chunk.entries.push({ ...head, content: text });
      if (id !== null) chunk.brings.push(id);
    }
    bytes += cost;
  }
  if (chunk.entries.length > 0) chunks.push(chunk);
  return { blobs: [...blobs].map(([id, text]) => ({ id, text })), chunks };
}

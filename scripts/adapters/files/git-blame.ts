/** Which commit last wrote a line of a mapping: the rule's whole block counts, not only the line that names it. */
import type { LineCommit, LineCommits } from '../../core/explain/rule-trace.ts';
import { readGit } from './git-process.ts';
import { readFile } from './read-folder.ts';

/** Nothing was committed yet. */
const UNCOMMITTED = /^0+$/;

/**
 * The newest commit of the block at each `file:line`; places that are not committed, or a root that is no checkout of git,
 * have none. Two processes of git for each file.
 */
export async function readLineCommits(root: string, places: readonly string[]): Promise<LineCommits> {
  const byFile = new Map<string, Set<number>>();
  for (const place of places) {
    const [, file, line] = /^(.+):(\d+)$/.exec(place) ?? [];
    if (file === undefined || line === undefined) continue;
    byFile.set(file, (byFile.get(file) ?? new Set()).add(Number(line)));
  }
  const found = new Map<string, LineCommit>();
  await Promise.all(
    [...byFile].map(async ([file, lines]) => {
      const read = readFile(root, file);
      if (read === undefined || !('text' in read)) return;
      const text = read.text.split(/\r?\n/);
      const [blame = '', order = ''] = await Promise.all([
        readGit(root, ['blame', '--porcelain', '-w', '--', file]),
        // Times tie and lie; the order of history does not.
        readGit(root, ['rev-list', '--topo-order', 'HEAD', '--', file]),
      ]);
      const commits = parseBlame(blame);
      const ranks = new Map(order.split('\n').map((commit, index) => [commit, index]));
      const rankOf = ({ commit }: LineCommit): number => ranks.get(commit) ?? ranks.size;
      for (const line of lines) {
        let newest: LineCommit | undefined;
        for (let at = line; at <= endOfBlock(text, line); at += 1) {
          const commit = commits.get(at);
          if (commit !== undefined && (newest === undefined || rankOf(commit) < rankOf(newest)))
            newest = commit;
        }
        if (newest !== undefined) found.set(`${file}:${line}`, newest);
      }
    }),
  );
  return found;
}

/** Lines below that are indented deeper belong to it; both are 1-based. */
export function endOfBlock(text: readonly string[], line: number): number {
  const indent = /^[ ]*/.exec(text[line - 1] ?? '')?.[0].length ?? 0;
  let end = line;
  for (let at = line; at < text.length; at += 1) {
    const row = text[at] ?? '';
    if (row.trim() === '' || row.trim().startsWith('#')) continue;
    if ((/^[ ]*/.exec(row)?.[0].length ?? 0) <= indent) break;
    end = at + 1;
  }
  return end;
}

/** `git blame --porcelain`: a commit's headers stand once, where it is first seen. */
function parseBlame(output: string): Map<number, LineCommit> {
  const heads = new Map<string, { author: string; time: number; subject: string }>();
  const lines = new Map<number, LineCommit>();
  let commit = '';
  let line = 0;
  for (const row of output.split('\n')) {
    const head = /^([0-9a-f]{40,64}) \d+ (\d+)/.exec(row);
    if (head !== null) {
      [commit, line] = [head[1] ?? '', Number(head[2])];
      if (!heads.has(commit)) heads.set(commit, { author: '', time: 0, subject: '' });
      continue;
    }
    const known = heads.get(commit);
    if (known === undefined) continue;
    if (row.startsWith('author ')) known.author = row.slice('author '.length);
    else if (row.startsWith('committer-time ')) known.time = Number(row.slice('committer-time '.length));
    else if (row.startsWith('summary ')) known.subject = row.slice('summary '.length);
    else if (row.startsWith('\t') && !UNCOMMITTED.test(commit))
      lines.set(line, {
        commit,
        author: known.author,
        at: new Date(known.time * 1000).toISOString(),
        subject: known.subject,
      });
  }
  return lines;
}

/** What lies between two commits: ancestry, lists of commits, and the files that changed. */
import { git, runGit } from './process.ts';

export interface ChangedFile {
  filename: string;
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  previousFilename: string | undefined;
  /** The blob after the change; before it, where the file went. */
  sha: string;
  additions: number;
  deletions: number;
  /** Hunks without the file headers; undefined for binary files and pure renames. */
  patch: string | undefined;
}

const STATUS: Record<string, ChangedFile['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
};

/** Answers about commits never change, so a question that names commits by id is asked of git once. */
const known = new Map<string, unknown>();
const KNOWN_LIMIT = 20_000;

async function remember<T>(dir: string, question: string, ask: () => Promise<T>): Promise<T> {
  const shas = question.match(/[0-9a-f]{40}/g) ?? [];
  if (shas.length < 2) return ask();
  const key = `${dir} ${question}`;
  if (known.has(key)) return known.get(key) as T;
  const answer = await ask();
  if (known.size >= KNOWN_LIMIT) known.clear();
  known.set(key, answer);
  return answer;
}

export async function isAncestor(dir: string, ancestor: string, descendant: string): Promise<boolean> {
  if (ancestor === descendant) return true;
  return remember(dir, `ancestor ${ancestor} ${descendant}`, async () => {
    const { code } = await runGit(dir, ['merge-base', '--is-ancestor', ancestor, descendant]);
    return code === 0;
  });
}

export async function findMergeBase(dir: string, left: string, right: string): Promise<string | undefined> {
  return remember(dir, `base ${left} ${right}`, async () => {
    const result = await runGit(dir, ['merge-base', left, right]);
    return result.code === 0 ? result.stdout.toString('utf8').trim() : undefined;
  });
}

/** Ids of `git rev-list`, newest first, with whatever options the caller needs. */
export async function listCommits(dir: string, args: string[]): Promise<string[]> {
  const text = await git(dir, ['rev-list', ...args]);
  return text === '' ? [] : text.split('\n');
}

/** How many commits `to` has that `from` lacks. */
export async function countCommits(dir: string, from: string, to: string): Promise<number> {
  return remember(dir, `count ${from} ${to}`, async () =>
    Number(await git(dir, ['rev-list', '--count', to, `^${from}`])),
  );
}

/** The changed entries as git's raw diff, one comparable text: equal texts mean the same change. */
export async function readChangeText(dir: string, from: string, to: string): Promise<string> {
  return git(dir, ['diff-tree', '-r', '-z', from, to]);
}

/** The unified diff of two trees. */
export async function readDiff(dir: string, from: string, to: string): Promise<string> {
  return git(dir, ['diff', '-M', '--no-ext-diff', '--no-color', from, to]);
}

/** Files changed from one tree to another, in path order; `patches` asks for their hunks as well. */
export async function listChangedFiles(
  dir: string,
  from: string,
  to: string,
  options: { patches: boolean },
): Promise<ChangedFile[]> {
  const summary = ['diff-tree', '-r', '-z', '-M', '--raw', '--numstat', '--no-abbrev'];
  const list = await git(dir, [...summary, from, to]);
  const patches = options.patches ? splitPatches(await readDiff(dir, from, to)) : [];
  const fields = list.split('\0');
  const rows: Omit<ChangedFile, 'additions' | 'deletions'>[] = [];
  let at = 0;
  while ((fields[at] ?? '').startsWith(':')) {
    const [, before = '', after = '', letter = ''] =
      /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) ([A-Z])/.exec(fields[at] ?? '') ?? [];
    const renamed = letter === 'R' || letter === 'C';
    const first = fields[at + 1] ?? '';
    const patch = patches.shift();
    // A file that turns into a link is shown as one removed and one added.
    if (letter === 'T') patches.shift();
    rows.push({
      filename: renamed ? (fields[at + 2] ?? '') : first,
      status: STATUS[letter] ?? 'changed',
      previousFilename: renamed ? first : undefined,
      sha: letter === 'D' ? before : after,
      patch,
    });
    at += renamed ? 3 : 2;
  }
  const counts = parseNumstat(fields.slice(at));
  return rows.map((row, index) => ({ ...row, ...(counts[index] ?? { additions: 0, deletions: 0 }) }));
}

function parseNumstat(fields: string[]): { additions: number; deletions: number }[] {
  const counts: { additions: number; deletions: number }[] = [];
  for (let at = 0; at < fields.length - 1;) {
    const [added = '', deleted = '', path = ''] = (fields[at] ?? '').split('\t');
    // A rename has an empty path here and its two names in the next two fields.
    at += path === '' ? 3 : 1;
    counts.push({ additions: Number(added) || 0, deletions: Number(deleted) || 0 });
  }
  return counts;
}

function splitPatches(diff: string): (string | undefined)[] {
  if (diff === '') return [];
  return diff.split(/^diff --git /m).flatMap((part, index) => {
    if (index === 0) return [];
    const hunks = part.search(/^@@ /m);
    return [hunks === -1 ? undefined : part.slice(hunks).replace(/\n$/, '')];
  });
}

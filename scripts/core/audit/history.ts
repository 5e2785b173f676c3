/** The history of main as git has it: what each commit changed below state/ and mappings/, and how it is vouched for. */

export interface HistoryChange {
  path: string;
  kind: 'added' | 'modified' | 'deleted';
  /** Blob before and after; null where there is none. */
  before: string | null;
  after: string | null;
  /** File mode after the change: `100644`, or `120000` for a link. */
  mode: string;
}

/**
 * good: checked against a key that is here. unchecked: signed, but the key is not here. doubtful: checked, but the key
 * was revoked. bad: the signature does not fit the commit. none: not signed. (git: `%G?`)
 */
export type Signature = 'good' | 'unchecked' | 'doubtful' | 'bad' | 'none';

export interface HistoryCommit {
  id: string;
  parents: string[];
  author: string;
  authorEmail: string;
  committer: string;
  /** Committer date, ISO in UTC. */
  at: string;
  subject: string;
  trailers: readonly (readonly [key: string, value: string])[];
  signature: Signature;
  /** Against the first parent, below state/ and mappings/ only. */
  changes: HistoryChange[];
}

export interface History {
  /** Every commit that head reaches, by id. */
  commits: ReadonlyMap<string, HistoryCommit>;
  /** The first-parent history of head, oldest first: the states that main has had. */
  mainline: HistoryCommit[];
}

/** @param head id of the newest commit; undefined for a repository without one */
export function historyOf(commits: ReadonlyMap<string, HistoryCommit>, head: string | undefined): History {
  const mainline: HistoryCommit[] = [];
  let commit = head === undefined ? undefined : commits.get(head);
  while (commit !== undefined) {
    mainline.push(commit);
    commit = commits.get(commit.parents[0] ?? '');
  }
  return { commits, mainline: mainline.reverse() };
}

/** When a file came to main, and through which commit. */
export interface Arrival {
  /** Commit of the first-parent history whose state has the file first. */
  main: HistoryCommit;
  /** Position of `main` in the first-parent history. */
  index: number;
  /** The commit that wrote it: the same, or the one of a merged branch. */
  origin: HistoryCommit;
}

/**
 * Which commit wrote what a merge brought: every non-merge commit of the merged branch, by the blob that it left at a
 * path. A change of a merge that no commit of its branches made is the merge's own.
 */
export function originsIn(
  history: History,
  merge: HistoryCommit,
  onMain: ReadonlySet<string>,
): (change: HistoryChange) => HistoryCommit | undefined {
  const written = new Map<string, HistoryCommit>();
  const seen = new Set<string>();
  const queue = merge.parents.slice(1);
  while (queue.length > 0) {
    const id = queue.pop() ?? '';
    if (seen.has(id) || onMain.has(id)) continue;
    seen.add(id);
    const commit = history.commits.get(id);
    if (commit === undefined) continue;
    if (commit.parents.length < 2)
      for (const { path, after } of commit.changes) {
        const key = `${path} ${after ?? ''}`;
        const known = written.get(key);
        if (known === undefined || known.at > commit.at) written.set(key, commit);
      }
    queue.push(...commit.parents);
  }
  return ({ path, after }) => written.get(`${path} ${after ?? ''}`);
}

/** A change of main with the commit that answers for it. `origin` is undefined for what a merge alone brought. */
export interface AnsweredChange {
  change: HistoryChange;
  index: number;
  main: HistoryCommit;
  origin: HistoryCommit | undefined;
}

/** Every change of main's states below state/ and mappings/, oldest first. */
export function answeredChanges(history: History): AnsweredChange[] {
  const onMain = new Set(history.mainline.map(({ id }) => id));
  return history.mainline.flatMap((main, index) => {
    if (main.changes.length === 0) return [];
    const originOf = main.parents.length < 2 ? (): HistoryCommit => main : originsIn(history, main, onMain);
    return main.changes.map((change) => ({ change, index, main, origin: originOf(change) }));
  });
}

export function trailersOf(commit: HistoryCommit, key: string): string[] {
  return commit.trailers.filter(([name]) => name === key).map(([, value]) => value);
}

/** Whether the commit that wrote it has the trailers of a run. */
export function isVouched({ origin, main }: AnsweredChange): boolean {
  const commit = origin ?? main;
  return trailersOf(commit, 'Source').length > 0 || trailersOf(commit, 'Plan-Digest').length > 0;
}

/** `3f9c1a2b4d5e`, as people quote commits. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}

/** Commits written through one `git fast-import`: thousands a second, so that a test can have years of history. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';

export interface Person {
  name: string;
  email: string;
}

export interface ImportedCommit {
  message: string;
  author: Person;
  /** ISO instant. */
  at: string;
  /** Path -> text; null deletes. */
  changes: Iterable<readonly [path: string, text: string | null]>;
  /** Marks of the parents; the first is what the changes are made to. */
  parents: string[];
}

export interface Importing {
  /** Returns the mark of the commit. The last commit is main. */
  commit(commit: ImportedCommit): string;
  /** Ends the import and checks main out. */
  finish(): Promise<void>;
}

/** @param rewrite what becomes of each text before it is committed */
export function openImport(folder: string, rewrite?: (path: string, text: string) => string): Importing {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '--quiet', '--initial-branch=main');
  git(folder, 'config', 'core.autocrlf', 'false');
  git(folder, 'config', 'gc.auto', '0');
  const child = spawn('git', ['-C', folder, 'fast-import', '--quiet'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = new Promise<void>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done() : fail(new Error(`git fast-import ended with ${code ?? '?'}`)),
    );
  });
  let marks = 0;
  let last = '';
  const data = (text: string): void => {
    const bytes = Buffer.from(text, 'utf8');
    child.stdin.write(`data ${bytes.length}\n`);
    child.stdin.write(bytes);
    child.stdin.write('\n');
  };
  return {
    commit({ message, author, at, changes, parents }) {
      const mark = `:${(marks += 1)}`;
      last = mark;
      const stamp = `${Math.floor(Date.parse(at) / 1000)} +0000`;
      // A ref of its own for each, so that branches need no names; main is set in the end.
      child.stdin.write(`commit refs/import/work\nmark ${mark}\n`);
      child.stdin.write(
        `author ${author.name} <${author.email}> ${stamp}\ncommitter ${author.name} <${author.email}> ${stamp}\n`,
      );
      data(message);
      const [first, ...others] = parents;
      if (first !== undefined) child.stdin.write(`from ${first}\n`);
      for (const other of others) child.stdin.write(`merge ${other}\n`);
      for (const [path, text] of changes)
        if (text === null) child.stdin.write(`D ${path}\n`);
        else {
          child.stdin.write(`M 100644 inline ${path}\n`);
          data(rewrite?.(path, text) ?? text);
        }
      return mark;
    },
    async finish() {
      child.stdin.write(`reset refs/heads/main\nfrom ${last}\n\ndone\n`);
      child.stdin.end();
      await ended;
      git(folder, 'update-ref', '-d', 'refs/import/work');
      git(folder, 'reset', '--quiet', '--hard', 'main');
    },
  };
}

/** git in `folder`, with nobody's configuration. Returns stdout without its last line break. */
export function git(folder: string, ...args: string[]): string {
  return gitAt(undefined, folder, ...args);
}

/** The same at a time of one's choosing (ISO instant). */
export function gitAt(at: string | undefined, folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_AUTHOR_NAME: 'Eve',
      GIT_AUTHOR_EMAIL: 'eve@example.com',
      GIT_COMMITTER_NAME: 'Eve',
      GIT_COMMITTER_EMAIL: 'eve@example.com',
      ...(at === undefined ? {} : { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at }),
    },
    maxBuffer: 64 * 1_048_576,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).replace(/\n$/, '');
}

/** The folder as a clone of the company's repository, by git alone and by none of the user's settings. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serviceFailure } from '../core/values/failure.ts';

export interface Checkout {
  git(...args: string[]): Promise<string>;
  /** The working tree as main has it now, as a job of a workflow finds it. */
  refresh(): Promise<void>;
  /** Takes away the address that nothing answers at any more. */
  detach(): Promise<void>;
}

/** @param ignored names at the top of the folder that are no part of the repository */
export async function openCheckout(
  folder: string,
  address: string,
  ignored: readonly string[],
): Promise<Checkout> {
  const git = (...args: string[]): Promise<string> => runGit(folder, args);
  await git('init', '--quiet', '--template=');
  await mkdir(join(folder, '.git', 'info'), { recursive: true });
  await git('symbolic-ref', 'HEAD', 'refs/heads/main');
  await git('config', 'user.name', 'Rollcall demo');
  await git('config', 'user.email', 'demo@example.com');
  await git('config', 'commit.gpgSign', 'false');
  await git('config', 'core.autocrlf', 'false');
  await writeFile(join(folder, '.git', 'info', 'exclude'), ignored.map((name) => `/${name}/\n`).join(''));
  await git('remote', 'add', 'origin', address);
  return {
    git,
    async refresh() {
      await git('fetch', '--quiet', '--no-tags', 'origin', 'main');
      await git('reset', '--quiet', '--hard', 'FETCH_HEAD');
      await git('clean', '-fdq');
    },
    async detach() {
      await git('remote', 'remove', 'origin');
    },
  };
}

/** @throws Failure 1 when there is no git */
export async function demandGit(folder: string): Promise<void> {
  await runGit(folder, ['--version']);
}

function runGit(folder: string, args: string[]): Promise<string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = {
    ...Object.fromEntries(kept),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  return new Promise((done, fail) => {
    execFile('git', ['-C', folder, ...args], { env, maxBuffer: 64 * 1_048_576 }, (error, stdout, stderr) => {
      if (error === null) return done(stdout);
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      fail(
        serviceFailure(
          'git',
          isMissing ? 'git is not here' : `git ${args[0] ?? ''} failed: ${stderr.trim()}`,
          isMissing ? 'install git' : 'this is a mistake of the demo, or git is very old (2.32 is enough)',
        ),
      );
    });
  });
}

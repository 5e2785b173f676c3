/**
 * GitHub Actions over the emulated GitHub: looks at what happened there, starts the workflows that it starts, and runs
 * them until nothing is left to do. Files come from git: of the commit that the event is about, or of the default branch.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { compileDoors } from '../../compiled-doors.ts';
import { createTurns } from './concurrency.ts';
import { resolve, textOf, type Value } from './expressions.ts';
import { githubContext } from './job.ts';
import { type RunReport, runWorkflow } from './run.ts';
import { ON_DEFAULT_BRANCH, type StartedEvent, starts } from './triggers.ts';
import { createCredentials, type ActionsWorld } from './world.ts';
import { readWorkflowFile, WorkflowError, type WorkflowFile } from './workflow-file.ts';

const run = promisify(execFile);

/** A line of the emulator's trigger log. */
export interface LoggedEvent {
  id: number;
  repository: string;
  event: string;
  action: string | null;
  actor: { login: string; kind: string };
  ref: string | null;
  sha: string | null;
  pull: number | null;
  outcome: 'run' | 'awaiting approval' | 'none';
  reason: string;
  payload: Record<string, unknown>;
}

export interface Actions {
  /** Runs everything that has been started, and what that starts, until it is quiet. @returns the new runs in their order. */
  settle(): Promise<RunReport[]>;
  /** What the clock starts: the workflow's own schedule. */
  schedule(file: string): Promise<RunReport[]>;
  /** Every run so far. */
  runs: RunReport[];
  /** What is wrong with files that cannot be started. */
  broken: ReadonlySet<string>;
  /** Events that have been looked at. */
  events: LoggedEvent[];
  close(): Promise<void>;
}

export interface ActionsOptions {
  world: ActionsWorld;
  /** Changes a workflow file before it is read: path and text. For tests that take a line out. */
  alter?: (path: string, text: string) => string;
  /** Workflows whose runs are noted and end at once, by the name of the file, for tests of what starts; true: all. */
  idle?: boolean | string[];
  /** Folder of the project, whose node_modules stand for what `npm ci` installs. */
  project: string;
}

const LONG = process.env['ROLLCALL_LONG'] === '1';

/** More than this is a loop that feeds itself. */
const MOST_RUNS = 40;

export async function startActions({ world, alter, idle, project }: ActionsOptions): Promise<Actions> {
  const scratch = await mkdtemp(join(tmpdir(), 'rollcall-actions-'));
  const programs = join(scratch, 'programs');
  await mkdir(programs);
  await writeFile(join(programs, 'npm'), npmProgram(project), { mode: 0o755 });
  if (!LONG) {
    const [doors, tree] = [await compileDoors(), await treeOfScripts(project, scratch)];
    await writeFile(join(programs, 'node'), nodeProgram(doors, tree), { mode: 0o755 });
  }
  const mirror = join(scratch, 'mirror.git');
  const address = `${world.url.replace('://', `://x-access-token:${world.readToken}@`)}/${world.repository}.git`;
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['-C', mirror, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;
  await mkdir(mirror);
  await git('init', '--quiet', '--bare');
  await symlink(join(project, 'node_modules'), join(scratch, 'node_modules'));

  const credentials = createCredentials(world);
  const turns = createTurns();
  const seen = new Set<number>();
  const runs: RunReport[] = [];
  const events: LoggedEvent[] = [];
  const broken = new Set<string>();
  const running = new Set<Promise<void>>();
  let count = 0;
  /** Since somebody asked last. */
  let recent = 0;

  async function fetchMirror(): Promise<void> {
    await git('fetch', '--quiet', '--prune', address, '+refs/*:refs/*');
  }

  async function readWorkflows(commit: string): Promise<WorkflowFile[]> {
    const names = (await git('ls-tree', '--name-only', commit, '--', '.github/workflows/')).split('\n');
    const files: WorkflowFile[] = [];
    for (const path of names.filter((name) => /\.ya?ml$/.test(name))) {
      const text = await git('show', `${commit}:${path}`);
      try {
        files.push(await readOnce(path, alter === undefined ? text : alter(path, text)));
      } catch (error) {
        // GitHub shows such a file as a failed run of its own and starts nothing of it.
        if (!(error instanceof WorkflowError)) throw error;
        broken.add(error.message);
      }
    }
    return files;
  }

  async function start(event: StartedEvent): Promise<void> {
    const commit = ON_DEFAULT_BRANCH.has(event.name) ? 'refs/heads/main' : event.sha;
    for (const workflow of await readWorkflows(commit)) {
      if (!starts(workflow, event)) continue;
      count += 1;
      recent += 1;
      if (recent > MOST_RUNS) throw new Error(`more than ${MOST_RUNS} runs: something starts itself`);
      const started = startRun(workflow, event, String(count)).finally(() => running.delete(started));
      running.add(started);
    }
  }

  async function startRun(workflow: WorkflowFile, event: StartedEvent, runId: string): Promise<void> {
    const isIdle = Array.isArray(idle)
      ? idle.some((name) => workflow.path.endsWith(`/${name}.yml`))
      : idle === true;
    if (isIdle) {
      runs.push({ id: runId, workflow, event, conclusion: 'skipped', jobs: {} });
      return;
    }
    // GitHub remembers its runs from their beginning, and tells whoever may read them.
    const tellRun = (conclusion: string | null): Promise<unknown> =>
      fetch(`${world.url}/_emulator/runs`, {
        method: 'POST',
        body: JSON.stringify({
          id: Number(runId),
          workflow: basename(workflow.path),
          conclusion,
          event: event.name,
          branch: event.ref.replace(/^refs\/heads\//, ''),
        }),
      });
    await tellRun(null);
    const stop = new AbortController();
    const input = { workflow, event, runId, actions: world, credentials, programs, signal: stop.signal };
    const { concurrency } = workflow;
    const scope = {
      contexts: { github: githubContext(input), vars: world.variables, inputs: event.inputs },
      status: { ok: true, failed: false, cancelled: false },
    };
    const turn =
      concurrency === undefined
        ? undefined
        : turns.take(textOf(resolve(concurrency.group, scope)), concurrency, () => stop.abort());
    if (turn !== undefined && !(await turn.granted)) {
      runs.push({ id: runId, workflow, event, conclusion: 'cancelled', jobs: {} });
      return;
    }
    try {
      const report = await runWorkflow({ ...input, folder: join(scratch, `run-${runId}`) });
      runs.push(report);
      await tellRun(report.conclusion);
    } finally {
      turn?.end();
    }
  }

  async function look(): Promise<boolean> {
    const response = await fetch(`${world.url}/_emulator/events`);
    const fresh = ((await response.json()) as LoggedEvent[]).filter(
      ({ id, repository }) => repository === world.repository && !seen.has(id),
    );
    if (fresh.length === 0) return false;
    for (const each of fresh) {
      seen.add(each.id);
      events.push(each);
      if (each.outcome !== 'run' || each.event === 'delete') continue;
      const event = await eventOf(each);
      if (event !== undefined) await start(event);
    }
    return true;
  }

  async function eventOf(logged: LoggedEvent): Promise<StartedEvent | undefined> {
    const { payload } = logged;
    const pull = payload['pull_request'] as PullPayload | undefined;
    const base: StartedEvent = {
      name: logged.event,
      action: logged.action ?? undefined,
      ref: logged.ref ?? 'refs/heads/main',
      sha: logged.sha ?? '',
      actor: logged.actor.login,
      headRef: pull?.head.ref ?? '',
      baseRef: pull?.base.ref ?? '',
      fork: pull !== undefined && pull.head.repo?.full_name !== world.repository,
      payload,
      inputs: (payload['inputs'] ?? {}) as Record<string, Value>,
      changed: [],
    };
    // GitHub makes the test merge before it starts anything; the emulator makes it when somebody looks.
    if (logged.event === 'pull_request' && logged.pull !== null)
      await fetch(`${world.url}/repos/${world.repository}/pulls/${logged.pull}`, {
        headers: { authorization: `Bearer ${world.readToken}`, 'user-agent': 'actions' },
      });
    await fetchMirror();
    if (logged.event === 'pull_request') {
      const merge = await git('rev-parse', '--verify', '--quiet', base.ref).catch(() => undefined);
      // It does not start while the pull request conflicts with its base.
      if (merge === undefined) return undefined;
      base.sha = merge.trim();
    }
    if (logged.event === 'push') base.changed = await changedFiles(`${String(payload['before'])}`, base.sha);
    if (pull !== undefined) base.changed = await changedFiles(`${pull.base.sha}...`, pull.head.sha);
    if (base.sha === '') base.sha = (await git('rev-parse', 'refs/heads/main')).trim();
    // The test merge of a pull request that was merged meanwhile is on no ref any more.
    await git('cat-file', '-e', base.sha).catch(async () => git('fetch', '--quiet', address, base.sha));
    return base;
  }

  async function changedFiles(from: string, to: string): Promise<string[]> {
    if (/^0+$/.test(from)) return [];
    const range = from.endsWith('...') ? [`${from}${to}`] : [from, to];
    return (await git('diff', '--name-only', ...range)).split('\n').filter((path) => path !== '');
  }

  async function settle(): Promise<RunReport[]> {
    const before = runs.length;
    recent = 0;
    for (;;) {
      await fetchMirror();
      const more = await look();
      if (running.size > 0) {
        await Promise.race(running);
        continue;
      }
      if (!more) return runs.slice(before);
    }
  }

  return {
    runs,
    events,
    broken,
    settle,
    async schedule(file) {
      await fetchMirror();
      const path = `.github/workflows/${file}`;
      const sha = (await git('rev-parse', 'refs/heads/main')).trim();
      const workflow = (await readWorkflows(sha)).find((each) => each.path === path);
      const [cron = ''] = workflow?.on['schedule']?.cron ?? [];
      const before = runs.length;
      await start({
        name: 'schedule',
        action: undefined,
        ref: 'refs/heads/main',
        sha,
        // GitHub runs it in the name of whoever changed the cron line last.
        actor: 'cas',
        headRef: '',
        baseRef: '',
        fork: false,
        payload: { schedule: cron, workflow: path },
        inputs: {},
        changed: [],
      });
      await settle();
      return runs.slice(before);
    },
    async close() {
      await Promise.allSettled(running);
      await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const parsed = new Map<string, Promise<WorkflowFile>>();

/** The same text is the same workflow: parsing is what costs most here. */
async function readOnce(path: string, text: string): Promise<WorkflowFile> {
  const key = `${path}\0${text}`;
  const known = parsed.get(key) ?? readWorkflowFile(path, text);
  parsed.set(key, known);
  return known;
}

interface PullPayload {
  head: { ref: string; sha: string; repo?: { full_name: string } | null };
  base: { ref: string; sha: string };
}

/**
 * `npm` as the jobs see it: installing takes the packages that lie beside the tests, if the lock file is theirs; the
 * test suite is not run within itself; everything else is npm's own.
 */
function npmProgram(project: string): string {
  return `#!/usr/bin/env bash
set -euo pipefail
PATH="\${PATH#*:}"
case "$1" in
  ci)
    cmp --silent package-lock.json ${JSON.stringify(join(project, 'package-lock.json'))} || { echo 'npm ci: another lock file'; exit 1; }
    ln -sfn ${JSON.stringify(join(project, 'node_modules'))} node_modules
    echo 'added packages' ;;
  test) echo 'the test suite is not run within itself' ;;
  *) exec npm "$@" ;;
esac
`;
}

/**
 * `node` as the jobs see it: a door of an installed checkout starts compiled, where the checkout has the very sources that
 * were compiled; anything else is node's own. Not with ROLLCALL_LONG=1.
 */
function nodeProgram(doors: string, tree: string): string {
  return `#!/usr/bin/env bash
set -euo pipefail
node=${JSON.stringify(process.execPath)}
script=\${3-}
verb=\${script##*/}
door=${JSON.stringify(doors)}/\${verb%.ts}.mjs
if [[ "\${1-} \${2-}" == '--import tsx' && "$script" == scripts/*.ts && -f "$script" && -f "$door" &&
  -f node_modules/tsx/package.json && "$(git rev-parse HEAD:scripts)" == ${tree} ]]; then
  exec "$node" "$door" "\${@:4}"
fi
exec "$node" "$@"
`;
}

/** Git's name for scripts/ of the project as a company has it: without the emulators. */
async function treeOfScripts(project: string, scratch: string): Promise<string> {
  const repository = join(scratch, 'sources.git');
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['--git-dir', repository, '--work-tree', project, ...args], { cwd: project })).stdout;
  await run('git', ['init', '--quiet', '--bare', repository]);
  await git('add', '--', 'scripts', ':(exclude)scripts/emulators*');
  return (await git('write-tree', '--prefix=scripts/')).trim();
}

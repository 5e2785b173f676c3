/** The runner over a repository of one file, for tests of the runner itself. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startForge } from '../forge.ts';
import { PINS } from './company.ts';
import { type RunReport, runWorkflow } from './runner/run.ts';
import type { StartedEvent } from './runner/triggers.ts';
import { readWorkflowFile } from './runner/workflow-file.ts';
import { type ActionsWorld, createCredentials } from './runner/world.ts';

export interface Harness {
  /** Runs the jobs of a file for a push to main, or what `event` says instead. */
  run(jobs: string, event?: Partial<StartedEvent>): Promise<RunReport>;
  close(): Promise<void>;
}

export async function createHarness(): Promise<Harness> {
  const scratch = await mkdtemp(join(tmpdir(), 'rollcall-tiny-'));
  await writeFile(join(scratch, 'README.md'), '# tiny\n');
  const emulator = await startForge({
    repository: 'acme/tiny',
    from: scratch,
    anonymousClone: false,
    tokens: { 'token-cas': { login: 'cas', permission: 'admin' } },
  });
  const world: ActionsWorld = {
    url: emulator.url,
    repository: 'acme/tiny',
    readToken: 'token-cas',
    pins: PINS,
    secrets: {},
    variables: {},
    environments: {
      hr: { branches: ['main'], secrets: { HR: 'hr secret' } },
      'directory-write': { branches: ['main'], secrets: { WRITE: 'write secret' } },
    },
    app: { clientId: 'x', privateKey: 'y', login: 'rollcall[bot]', permissions: {} },
  };
  const credentials = createCredentials(world);
  const response = await fetch(`${emulator.url}/repos/acme/tiny/git/ref/heads/main`, {
    headers: { authorization: 'Bearer token-cas', 'user-agent': 'test' },
  });
  const { object } = (await response.json()) as { object: { sha: string } };
  let count = 0;
  return {
    async run(jobs, event = {}) {
      count += 1;
      const path = '.github/workflows/tiny.yml';
      return runWorkflow({
        workflow: await readWorkflowFile(path, `on: push\n${jobs}`),
        actions: world,
        credentials,
        event: {
          name: 'push',
          action: undefined,
          ref: 'refs/heads/main',
          sha: object.sha,
          actor: 'ann',
          headRef: '',
          baseRef: '',
          fork: false,
          payload: {},
          inputs: {},
          changed: [],
          ...event,
        },
        runId: String(count),
        folder: join(scratch, `run-${count}`),
        programs: scratch,
        signal: new AbortController().signal,
      });
    },
    async close() {
      await emulator.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/** One checkout of the company's repository, and the real doors run over it with the clock of the story. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { door as applyDoor } from '../apply.ts';
import { door as exportDoor } from '../export.ts';
import { door as planDoor } from '../plan.ts';
import { openDoor, type Outside } from '../shell/door.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export type Verb = 'export' | 'plan' | 'apply';

const OPEN: Record<Verb, (outside: Outside) => Promise<number>> = {
  export: (outside) => openDoor(exportDoor, outside),
  plan: (outside) => openDoor(planDoor, outside),
  apply: (outside) => openDoor(applyDoor, outside),
};

export interface Ran {
  verb: Verb;
  exit: number;
  /** Of the failure, of warnings and critical findings, of holds, of receipts that are not complete; sorted. */
  codes: string[];
  json: unknown;
  stderr: string;
}

export interface Desk {
  root: string;
  run(verb: Verb, ...args: string[]): Promise<Ran>;
  /** The same checkout through other addresses. */
  through(environment: Record<string, string>): Pick<Desk, 'run'>;
  /** A process of its own, as `npm run <verb>` starts it: it has the real time. */
  start(verb: Verb, args: string[], environment: Record<string, string>): DeskProcess;
  close(): Promise<void>;
}

export interface DeskProcess {
  /** SIGKILL: no handler, no finally, nothing is flushed. */
  kill(): void;
  done: Promise<Ran>;
}

export interface DeskOptions {
  /** A folder to begin from; absent: the shipped mappings. */
  from?: string;
  environment: Readonly<Record<string, string>>;
  now(): Date;
}

export async function openDesk({ from, environment, now }: DeskOptions): Promise<Desk> {
  const root = await mkdtemp(join(tmpdir(), 'rollcall-disaster-'));
  if (from === undefined) await cp(join(PROJECT, 'mappings'), join(root, 'mappings'), { recursive: true });
  else await cp(from, root, { recursive: true });
  const runWith =
    (more: Record<string, string>): Desk['run'] =>
    async (verb, ...args) => {
      const written = { out: '', err: '' };
      const exit = await OPEN[verb]({
        args: ['--root', root, '--json', ...args],
        environment: { ...environment, ...more },
        folder: root,
        stdout: { write: (text) => (written.out += text), isTerminal: false, columns: 100 },
        stderr: { write: (text) => (written.err += text), isTerminal: false, columns: 100 },
        now,
        onSignal: () => undefined,
        onUncaught: () => undefined,
      });
      return ranOf(verb, exit, written);
    };
  return {
    root,
    run: runWith({}),
    through: (more) => ({ run: runWith(more) }),
    start(verb, args, more) {
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', `scripts/${verb}.ts`, '--root', root, '--json', ...args],
        {
          cwd: PROJECT,
          env: { PATH: process.env['PATH'] ?? '', ...environment, ...more },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      const written = { out: '', err: '' };
      child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()));
      return {
        kill: () => void child.kill('SIGKILL'),
        done: new Promise((ended) => {
          child.once('close', (code) => ended(ranOf(verb, code ?? 137, written)));
        }),
      };
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

interface Document {
  error?: { code: string };
  findings?: { code: string; severity: string }[];
  held?: { code: string }[];
  receipts?: { outcome: string }[];
}

function ranOf(verb: Verb, exit: number, { out, err }: { out: string; err: string }): Ran {
  const json = parseDocument(out);
  const { error, findings = [], held = [], receipts = [] } = json;
  const codes = [
    ...(error === undefined ? [] : [error.code]),
    ...findings.flatMap(({ code, severity }) => (severity === 'info' ? [] : [code])),
    ...held.map(({ code }) => code),
    ...receipts.flatMap(({ outcome }) => (outcome === 'complete' ? [] : [outcome])),
  ];
  return { verb, exit, codes: [...new Set(codes)].sort(), json, stderr: err };
}

/** A process that was killed says nothing. */
function parseDocument(text: string): Document {
  try {
    return JSON.parse(text) as Document;
  } catch {
    return {};
  }
}

/**
 * A door: a verb run from the command line. The verb is a function with its collaborators as arguments; this wires
 * it to arguments, environment, streams and signals, and turns whatever comes out into the exit codes of the contract.
 *
 * | exit | meaning                                                                       |
 * |------|-------------------------------------------------------------------------------|
 * | 0    | done                                                                          |
 * | 1    | something failed: an action, a service; an error that nobody foresaw          |
 * | 2    | bad input: environment, arguments, mappings, state; nothing was written       |
 * | 3    | refused by a guardrail; nothing was written to JumpCloud                      |
 */
import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Lane } from '../core/plan/plan-file.ts';
import type { Day } from '../core/values/calendar.ts';
import { badUsage, type ExitCode, Failure } from '../core/values/failure.ts';
import { type Arguments, type ArgumentSpec, type Positionals, readArguments } from './arguments.ts';
import { type Outputs, writeJobOutputs } from './job-outputs.ts';
import { writeJobSummary } from './job-summary.ts';
import { createMouth, type Mouth, type Sink } from './mouth.ts';
import type { OptionTable, OptionValues, SharedOption } from './options.ts';
import { createProgress, type Progress, SILENT } from './progress.ts';
import {
  asFailure,
  failureDocument,
  failureSummary,
  redactFailure,
  renderAnnotations,
  renderFailure,
} from './show-failure.ts';
import { createStopping, type StopCallback, type StopSignal } from './stopping.ts';
import { renderUsage } from './usage.ts';
import { type Environment, readEnvironment, type VariableName } from './variables.ts';

export interface Door<O extends OptionTable = OptionTable> {
  /** The verb: `plan`. */
  name: string;
  /** What it does, in one sentence. */
  summary: string;
  /** More about it, for --help; lines are wrapped. */
  details?: string;
  /** Options of its own. */
  options?: O;
  /** Options that several verbs share. */
  shared?: readonly SharedOption[];
  positionals?: Positionals;
  /** Variables that --help explains. */
  variables?: readonly VariableName[];
  /** What an exit code means here, where that is more than the contract says. */
  exits?: Readonly<Partial<Record<0 | ExitCode, string>>>;
  examples: readonly (readonly [command: string, meaning: string])[];
  /** A door that serves until it is stopped: a signal is its regular end and gives exit 0. */
  untilStopped?: true;
  run(context: DoorContext<O>): Promise<DoorResult>;
}

export interface DoorContext<O extends OptionTable = OptionTable> {
  /** Absolute; an existing folder. */
  root: string;
  json: boolean;
  /** `--as-of`, where it was given. */
  asOf: Day | undefined;
  only: string[] | undefined;
  lane: Lane | undefined;
  /** The door's own options. */
  options: OptionValues<O>;
  positionals: string[];
  environment: Environment;
  /** Real time, ISO in UTC. */
  now(): string;
  progress: Progress;
  /** A line on stderr. */
  log(line: string): void;
  /** Text on stdout while the door runs; nothing with --json. */
  print(text: string): void;
  /** The JSON document, now and on one line, for doors that go on running; then the result's is not printed. */
  printJson(value: unknown): void;
  /** Colours suit stdout, which is a terminal. */
  colour: boolean;
  /** Columns of the terminal, else 100. */
  columns: number;
  /** Aborted by SIGINT or SIGTERM. A door that takes it promises to come to an end by itself, and is waited for. */
  readonly stopped: AbortSignal;
  /** Runs when a signal or an uncaught error ends the run, and is waited for; returns how to take it back. */
  onStop(callback: StopCallback): () => void;
  /** Keeps a secret that was learnt while running out of everything printed. */
  hide(secret: string): void;
}

export interface DoorResult {
  /** Default 0. */
  exit?: 0 | ExitCode;
  /** The document of --json. */
  json: unknown;
  /** What people read on stdout. */
  text: string;
  /** Markdown for the job's summary on GitHub. */
  summary?: string;
  /** What later jobs on GitHub decide by. */
  outputs?: Outputs;
}

/** What a door touches of the process; tests hand in their own. */
export interface Outside {
  args: string[];
  environment: Readonly<Record<string, string | undefined>>;
  folder: string;
  stdout: Sink;
  stderr: Sink;
  now(): Date;
  /** Calls back on every SIGINT and SIGTERM, and with the error when nobody caught one. */
  onSignal(callback: (signal: StopSignal) => void): void;
  onUncaught(callback: (error: unknown) => void): void;
}

/** How long a run that did not take `stopped` may still have a result of its own after a signal. */
const GRACE_MS = 500;

/** True when this module is the script that node was asked to run. */
export function isMain(meta: { url: string }): boolean {
  const script = process.argv[1];
  if (script === undefined) return false;
  try {
    return realpathSync(script) === realpathSync(fileURLToPath(meta.url));
  } catch {
    return false;
  }
}

/** Runs the door with this process and leaves it, once everything printed has been taken. */
export async function runDoor<const O extends OptionTable>(door: Door<O>): Promise<void> {
  // A reader that goes away (`| head`) is no reason to fall over.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const exit = await openDoor(door, {
    args: process.argv.slice(2),
    environment: process.env,
    folder: process.cwd(),
    stdout: sinkOf(process.stdout),
    stderr: sinkOf(process.stderr),
    now: () => new Date(),
    onSignal(callback) {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => callback(signal));
    },
    onUncaught(callback) {
      process.on('uncaughtException', callback);
      process.on('unhandledRejection', callback);
    },
  });
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  process.exit(exit);
}

/** The door without the process around it: the exit code, everything printed through `outside`. */
export async function openDoor<const O extends OptionTable>(
  door: Door<O>,
  outside: Outside,
): Promise<0 | ExitCode> {
  const spec: ArgumentSpec = {
    options: door.options ?? {},
    shared: door.shared ?? [],
    positionals: door.positionals,
  };
  const environment = readEnvironment(outside.environment);
  const mouth = createMouth(outside);
  // A mistake in the arguments must still come as JSON to whoever asked for JSON.
  let json = outside.args.includes('--json');
  try {
    const args = readArguments(outside.args, spec);
    json = args.json;
    if (args.help) {
      mouth.out(
        renderUsage({ details: '', variables: [], exits: {}, ...door, ...spec } as Parameters<
          typeof renderUsage
        >[0]),
      );
      return 0;
    }
    return await runWithin(door, args, outside, environment, mouth);
  } catch (error) {
    return await tell(door.name, error, json, environment, mouth);
  }
}

async function runWithin<O extends OptionTable>(
  door: Door<O>,
  args: Arguments,
  outside: Outside,
  environment: Environment,
  mouth: Mouth,
): Promise<0 | ExitCode> {
  const root = await findRoot(outside.folder, args.root);
  const stopping = createStopping();
  const progress = args.json
    ? SILENT
    : createProgress({ ...outside.stderr, write: mouth.raw, now: () => performance.now() });
  let endsItself = false;
  const context: DoorContext<O> = {
    root,
    json: args.json,
    asOf: args.asOf,
    only: args.only,
    lane: args.lane,
    options: args.values as OptionValues<O>,
    positionals: args.positionals,
    environment,
    now: () => outside.now().toISOString(),
    progress,
    log(line) {
      progress.end();
      mouth.err(`${line}\n`);
    },
    print(text) {
      progress.end();
      if (!args.json) mouth.out(text.endsWith('\n') ? text : `${text}\n`);
    },
    printJson: mouth.document,
    colour: outside.stdout.isTerminal && environment.NO_COLOR === undefined,
    columns: outside.stdout.columns,
    get stopped() {
      endsItself = true;
      return stopping.signal;
    },
    onStop: stopping.onStop,
    hide: mouth.hide,
  };
  const finished = (async () => {
    const result = await door.run(context);
    progress.end();
    if (stopping.signal.aborted) await stopping.stop('SIGTERM');
    if (args.json) mouth.document(result.json);
    else if (result.text !== '') mouth.out(result.text.endsWith('\n') ? result.text : `${result.text}\n`);
    if (result.summary !== undefined && environment.GITHUB_STEP_SUMMARY !== undefined)
      await writeJobSummary(environment.GITHUB_STEP_SUMMARY, mouth.redact(result.summary));
    if (result.outputs !== undefined && environment.GITHUB_OUTPUT !== undefined)
      await writeJobOutputs(environment.GITHUB_OUTPUT, result.outputs);
    return result.exit ?? 0;
  })();
  const interrupted = new Promise<0 | ExitCode>((settle) => {
    let first: number | undefined;
    outside.onSignal((signal) => {
      // npm passes on a Ctrl-C that the terminal has sent us already: only a second one that is meant leaves at once.
      if (first !== undefined) {
        if (signal === 'SIGINT' && performance.now() - first > 1_000) settle(1);
        return;
      }
      first = performance.now();
      progress.end();
      if (door.untilStopped !== true) mouth.err(`${door.name}: ${signal}, coming to an end\n`);
      void stopping.stop(signal).then(async (failures) => {
        for (const failure of failures) mouth.err(`${door.name}: ${asFailure(failure).message}\n`);
        const end = finished.catch(() => undefined);
        await (endsItself ? end : Promise.race([end, delay(GRACE_MS)]));
        settle(door.untilStopped === true && failures.length === 0 ? 0 : 1);
      });
    });
    outside.onUncaught((error) => {
      void stopping
        .stop('SIGTERM')
        .then(async () => settle(await tell(door.name, error, args.json, environment, mouth)));
    });
  });
  try {
    return await Promise.race([finished, interrupted]);
  } catch (error) {
    progress.end();
    // What a run throws because it was interrupted is no news.
    if (stopping.signal.aborted) return await interrupted;
    throw error;
  }
}

async function tell(
  name: string,
  error: unknown,
  json: boolean,
  environment: Environment,
  mouth: Mouth,
): Promise<ExitCode> {
  const failure = redactFailure(asFailure(error), mouth.redact);
  mouth.err(renderFailure(name, failure, mouth.paint));
  if (environment.ROLLCALL_DEBUG === '1' && !(error instanceof Failure) && error instanceof Error)
    mouth.err(`${error.stack ?? ''}\n`);
  if (environment.GITHUB_ACTIONS === 'true')
    for (const line of renderAnnotations(name, failure)) mouth.command(line);
  if (json) mouth.document(failureDocument(failure));
  if (environment.GITHUB_STEP_SUMMARY !== undefined)
    await writeJobSummary(environment.GITHUB_STEP_SUMMARY, mouth.redact(failureSummary(name, failure)));
  return failure.exit;
}

async function findRoot(folder: string, given: string | undefined): Promise<string> {
  const root = resolve(folder, given ?? '.');
  const found = await stat(root).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!found)
    throw badUsage('bad-root', `--root ${given ?? '.'} is not a folder`, 'name the folder of a checkout');
  return root;
}

function sinkOf(stream: NodeJS.WriteStream): Sink {
  return {
    write: (text) => stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 100,
  };
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => {
    if (stream.destroyed || stream.writableEnded) done();
    else stream.write('', () => done());
  });
}

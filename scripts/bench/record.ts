/**
 * What it costs to read a long record: years of a company's history, and each verb that an auditor runs over it as a process of
 * its own. The history is made by the generator of the tests, in a process of its own too, so that there is one and its
 * memory is nobody's figure.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serviceFailure } from '../core/values/failure.ts';
import { runVerb } from './run-verb.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const GENERATOR = 'test/audit/generate-history.ts';
/** The generated history ends on this day. */
const LAST_DAY = '2026-11-20';

export interface RecordMeasure {
  /** As somebody would type it. */
  command: string;
  seconds: number;
  cpuSeconds: number;
  peakMB: number;
}

export interface RecordBench {
  people: number;
  years: number;
  commits: number;
  plans: number;
  measures: RecordMeasure[];
}

export interface RecordBenchOptions {
  people: number;
  years: number;
  progress(text: string): void;
}

const COMMANDS: [verb: string, ...args: string[]][] = [
  ['audit', 'verify'],
  ['audit', '--from', '2026-01-01', '--to', LAST_DAY, '--out', 'evidence'],
  ['audit', '--at', '2026-09-30', '--group', 'Finance'],
  ['audit', '--person', '42'],
  ['explain', '42', '--as-of', LAST_DAY],
  ['explain', '--group', 'Finance', '--as-of', LAST_DAY],
  ['picture', '--as-of', LAST_DAY, '--out', 'picture.html'],
];

/** @throws Failure 1 when a verb does not end with 0: the record of the bench holds */
export async function measureRecord({ people, years, progress }: RecordBenchOptions): Promise<RecordBench> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-bench-record-'));
  const root = join(folder, 'company');
  try {
    progress(`making ${years} years of ${people} people`);
    const { commits, plans } = await generate(root, people, years);
    const measures: RecordMeasure[] = [];
    for (const [verb, ...args] of COMMANDS) {
      const command = [verb, ...args].join(' ');
      progress(command);
      const run = await runVerb(verb, [...args, '--root', root], {});
      measures.push({
        command,
        seconds: Math.round(run.seconds * 10) / 10,
        cpuSeconds: Math.round(run.cpuSeconds * 10) / 10,
        peakMB: Math.round(run.peakMB),
      });
    }
    return { people, years, commits, plans, measures };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function generate(
  root: string,
  people: number,
  years: number,
): Promise<{ commits: number; plans: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', GENERATOR, root, String(people), String(years)], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let written = '';
  child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    throw serviceFailure(
      'bench-history',
      `${GENERATOR} ended with ${code ?? 'a signal'}`,
      'run it in a whole checkout: it is one of the tests',
    );
  return JSON.parse(written) as { commits: number; plans: number };
}

/** Rows of a table for people. */
export function recordRows({ people, years, commits, plans, measures }: RecordBench): string[][] {
  return [
    [
      `${years} years of ${people} people: ${commits} commits, ${plans} plans`,
      'seconds',
      'computing',
      'peak MB',
    ],
    ...measures.map(({ command, seconds, cpuSeconds, peakMB }) => [
      command,
      seconds.toFixed(1),
      cpuSeconds.toFixed(1),
      String(peakMB),
    ]),
  ];
}

/** One verb as a process of its own: how long it took, and how much memory it needed at most. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { serviceFailure } from '../core/values/failure.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const REPORT = new URL('./report-usage.ts', import.meta.url).href;

export interface VerbRun {
  /** From start to end of the process, loading the program included. */
  seconds: number;
  /** Of them computing; the rest was waiting, or others had the machine. */
  cpuSeconds: number;
  peakMB: number;
  /** The document of --json; undefined where it was not asked for. */
  json: unknown;
}

/** What a verb is told of the emulated vendors: any key will do. */
export function verbEnvironment(urls: { bamboohr: string; jumpcloud: string }): Record<string, string> {
  return {
    BAMBOOHR_COMPANY: 'bench',
    BAMBOOHR_API_KEY: 'bench',
    BAMBOOHR_BASE_URL: urls.bamboohr,
    JUMPCLOUD_API_KEY: 'bench',
    JUMPCLOUD_BASE_URL: urls.jumpcloud,
  };
}

/** @throws Failure 1 with what the verb said, when it does not end with 0 */
export async function runVerb(
  verb: string,
  args: string[],
  environment: Record<string, string>,
  isJson = true,
): Promise<VerbRun> {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--import', REPORT, `scripts/${verb}.ts`, ...(isJson ? ['--json'] : []), ...args],
    {
      cwd: PROJECT,
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const written = { out: '', err: '', usage: '' };
  child.stdout?.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (written.err += chunk.toString()));
  (child.stdio[3] as NodeJS.ReadableStream).on('data', (chunk: Buffer) => {
    written.usage += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = (performance.now() - started) / 1_000;
  if (code !== 0)
    throw serviceFailure(
      'bench-verb',
      `${verb} ended with ${code ?? 'a signal'}: ${written.err.trim()}`,
      'the company of the bench does not fit the program: this is a mistake of ours',
    );
  const { peak, cpu } = JSON.parse(written.usage) as { peak: number; cpu: number };
  return {
    seconds,
    cpuSeconds: cpu,
    peakMB: peak / 1_048_576,
    json: isJson ? (JSON.parse(written.out) as unknown) : undefined,
  };
}

/** `npm run emulators`: BambooHR, JumpCloud and GitHub as they really behave, on loopback, until SIGTERM. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createBambooHr } from './emulators/bamboohr/index.ts';
import { createGitHub } from './emulators/github/index.ts';
import { createJumpCloud } from './emulators/jumpcloud/index.ts';
import { parseInstant } from './emulators/kit/clock.ts';
import { type RunningEmulator, startEmulator } from './emulators/kit/server.ts';
import { SeedError, type Service } from './emulators/kit/service.ts';
import { loadSeed, type Seed, SeedFileError } from './emulators/load-seed.ts';

const HELP = `npm run emulators -- [options]

Starts emulators of BambooHR, JumpCloud and GitHub on 127.0.0.1 and prints one JSON line with their URLs when all
three are ready. Runs until SIGTERM or SIGINT. See scripts/emulators/README.md for the seed and the control routes.

  --seed FILE          JSON or YAML: what the three hold at start (default: empty)
  --now ISO            the emulated clock, e.g. 2026-11-23T12:00:00Z (default: the seed's "now", else the wall clock)
  --bamboohr-port N    port (default: a free one)
  --jumpcloud-port N   port (default: a free one)
  --github-port N      port (default: a free one)
  --help               this text

Exit: 0 stopped, 1 a port could not be had, 2 bad arguments or a bad seed (file:line:column on stderr).
`;

const VENDORS = {
  bamboohr: createBambooHr,
  jumpcloud: createJumpCloud,
  github: createGitHub,
} satisfies Record<string, (seed: unknown) => Service>;
type Vendor = keyof typeof VENDORS;
const NAMES = Object.keys(VENDORS) as Vendor[];

interface Options {
  seed: Seed;
  now: string | undefined;
  ports: Record<Vendor, number>;
}

export interface Emulators {
  urls: Record<Vendor, string>;
  close(): Promise<void>;
}

/**
 * Starts all three, or none.
 *
 * @throws SeedFileError when a vendor refuses its part of the seed
 */
export async function startEmulators({ seed, now, ports }: Options): Promise<Emulators> {
  const running: [Vendor, RunningEmulator][] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.map(([, emulator]) => emulator.close()));
  };
  try {
    for (const name of NAMES) {
      const options = { port: ports[name], ...(now === undefined ? {} : { now }) };
      running.push([name, await startEmulator(VENDORS[name](seed[name]), options)]);
    }
  } catch (error) {
    await close();
    if (!(error instanceof SeedError)) throw error;
    const vendor = NAMES[running.length] ?? 'bamboohr';
    const place = seed.locate([vendor, ...error.path]);
    throw new SeedFileError(
      `${place}: ${error.message}; mend the seed there (see scripts/emulators/README.md)`,
    );
  }
  const urls = Object.fromEntries(running.map(([name, { url }]) => [name, url])) as Record<Vendor, string>;
  return { urls, close };
}

const EMPTY: Seed = {
  now: undefined,
  bamboohr: undefined,
  jumpcloud: undefined,
  github: undefined,
  locate: () => 'the empty seed',
};

/** @throws SeedFileError for anything wrong with the arguments or the seed file */
export function readOptions(argv: string[]): Options | 'help' {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        seed: { type: 'string' },
        now: { type: 'string' },
        'bamboohr-port': { type: 'string' },
        'jumpcloud-port': { type: 'string' },
        'github-port': { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new SeedFileError(`${error instanceof Error ? error.message : String(error)}; see --help`);
  }
  if (values.help === true) return 'help';
  const ports = {
    bamboohr: readPort('bamboohr-port', values['bamboohr-port']),
    jumpcloud: readPort('jumpcloud-port', values['jumpcloud-port']),
    github: readPort('github-port', values['github-port']),
  };
  const seed = values.seed === undefined ? EMPTY : loadSeed(values.seed);
  const now = values.now ?? seed.now;
  try {
    if (now !== undefined) parseInstant(now);
  } catch {
    throw new SeedFileError(`--now ${now}: no ISO instant; write it as 2026-11-23T12:00:00Z`);
  }
  return { seed, now, ports };
}

function readPort(name: string, text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new SeedFileError(`--${name} ${text}: not a port; give a number from 0 to 65535`);
  return Number(text);
}

async function main(): Promise<number> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    const stopped = new Promise<void>((resolve) => {
      process.once('SIGTERM', () => resolve());
      process.once('SIGINT', () => resolve());
    });
    const emulators = await startEmulators(options);
    process.stdout.write(`${JSON.stringify(emulators.urls)}\n`);
    await stopped;
    await emulators.close();
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof SeedFileError ? 2 : 1;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main();

/** Plays disasters one after another over one set of emulators, and counts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startVendors } from '../demo/emulated-vendors.ts';
import { COMPANY_OF, type Disaster } from './disaster.ts';
import type { Ran } from './desk.ts';
import { MONDAY, settleCompany } from './settle-company.ts';
import { playOn } from './stage.ts';

export interface DisasterResult {
  name: string;
  what: string;
  peers: string | undefined;
  /** Facts of JumpCloud, by key. */
  wrong: string[];
  missed: string[];
  /** `export 3 export-drop`, each once, in the order in which they were said. */
  told: string[];
  /** Of what had to be told, what was not. */
  untold: string[];
  /** What the doors wrote to stderr; to find out why. */
  stderr: string;
  seconds: number;
}

export interface ScoreboardOptions {
  disasters: readonly Disaster[];
  progress(text: string): void;
  /** Hears how to stop the emulators. */
  onStart(stop: () => Promise<void>): void;
  /** One disaster is over. */
  onResult?(result: DisasterResult): void;
}

const DENVER = 'America/Denver';

export async function playDisasters({
  disasters,
  progress,
  onStart,
  onResult,
}: ScoreboardOptions): Promise<DisasterResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-disasters-'));
  const settled = new Map<string, Awaited<ReturnType<typeof settleCompany>>>();
  let stop = (): Promise<void> => Promise.resolve();
  try {
    const seedFile = join(folder, 'seed.json');
    await writeFile(seedFile, JSON.stringify(SEED));
    progress('starting BambooHR and JumpCloud');
    const vendors = await startVendors(seedFile, (how) => {
      stop = how;
      onStart(how);
    });
    const results: DisasterResult[] = [];
    for (const disaster of disasters) {
      const { people = COMPANY_OF, timeZone = DENVER, adopted = false } = disaster;
      const key = `${people} ${timeZone} ${adopted}`;
      progress(`${disaster.name} (${results.length + 1} of ${disasters.length})`);
      const company = settled.get(key) ?? (await settleCompany(vendors, people, timeZone, adopted));
      settled.set(key, company);
      const started = performance.now();
      const { ran, wrong, missed } = await playOn(vendors, company, (stage) => disaster.play(stage));
      const result: DisasterResult = {
        name: disaster.name,
        what: disaster.what,
        peers: disaster.peers,
        wrong,
        missed,
        told: toldBy(ran),
        untold: disaster.tells.filter((tell) => !wasTold(tell, ran)),
        stderr: ran.map(({ stderr }) => stderr).join(''),
        seconds: (performance.now() - started) / 1_000,
      };
      results.push(result);
      onResult?.(result);
    }
    return results;
  } finally {
    await stop();
    for (const company of settled.values()) await company.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The relay's token, for the disaster that replays webhooks. */
const SEED = {
  now: MONDAY,
  bamboohr: { company: 'acme' },
  github: {
    repository: 'acme/identity',
    tokens: { 'disaster-relay-token': { login: 'relay[bot]', type: 'Bot' } },
  },
};

function toldBy(ran: Ran[]): string[] {
  const said = ran
    .filter(({ exit, codes }) => exit !== 0 || codes.length > 0)
    .map(({ verb, exit, codes }) => [verb, exit, ...codes].join(' '));
  return [...new Set(said)];
}

/** A code, or a verb with its exit. */
function wasTold(tell: string, ran: Ran[]): boolean {
  const [verb, exit] = tell.split(' ');
  return exit === undefined
    ? ran.some(({ codes }) => codes.includes(tell))
    : ran.some((each) => each.verb === verb && String(each.exit) === exit);
}

/** What a killed run leaves, how its work is taken up again, and what everything must look like in the end. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { hasLanded, type Receipt } from '../../scripts/core/record/receipt.ts';
import type { Plan } from '../../scripts/core/plan/plan-file.ts';
import { AS_OF, type Eve, type Morning, readRecord } from './eve.ts';
import { killAt, type Start } from './killed-process.ts';
import { type Directory, isWrite } from './line-world.ts';
import { deedsOf, type PlanDocument, succeeded } from './settle.ts';
import type { Exchange } from './tapped-proxy.ts';

/** Takes up a killed run's work. @returns the checkout whose receipts are to be recorded */
export type Recovery = (morning: Morning) => Promise<string>;

export const RECOVERIES: Record<string, Recovery> = {
  'apply runs again in the same folder': async (morning) => {
    succeeded(await morning.apply());
    return morning.root;
  },
  'the runner is gone, and another one begins with main': async (morning) => {
    const root = await morning.newRunner();
    succeeded(await morning.apply(root));
    return root;
  },
  'what the dead one left is recorded, and another runner goes on': async (morning) => {
    succeeded(await morning.record());
    const root = await morning.newRunner();
    succeeded(await morning.apply(root));
    return root;
  },
};

/** How it is once the day's receipts are on main. */
export interface Outcome {
  directory: Directory;
  /** Person files of the next export: facts, and what is remembered of receipts. */
  people: Record<string, string>;
  /** What the next plan wants. */
  next: string[];
}

export interface Undisturbed extends Outcome {
  /** Every request of apply, in their order. */
  heard: Exchange[];
}

/** The day as it goes when nobody interrupts. */
export async function playUndisturbed(
  eve: Eve,

  ...args: string[]
): Promise<Undisturbed> {
  const morning = await eve.startMorning();
  try {
    const { exit, err, heard } = await killAt(
      applyOf(morning, ...args),
      { isIt: () => false, when: 'before' },
      morning.moveOrigin,
    );
    expect(exit, err).toBe(0);
    succeeded(await morning.record());
    await expectHistory(eve, morning);
    return { ...(await lookAround(morning)), heard };
  } finally {
    await morning.close();
  }
}

export function applyOf(morning: Morning, ...args: string[]): Start {
  const { args: own, environment } = morning.applyProcess;
  return { verb: 'apply', root: morning.root, args: [...own, ...args], environment };
}

async function lookAround(morning: Morning): Promise<Outcome> {
  const root = await morning.newRunner();
  const { plans } = succeeded(
    await morning.run('plan', '--root', root, '--json', ...AS_OF),
  ).json<PlanDocument>();
  const wanted = new Set(plans.map(({ digest }) => digest));
  return {
    directory: await morning.directory(),
    people: await readPeople(root),
    next: deedsOf((await readRecord<Plan>(root, 'plans')).filter(({ digest }) => wanted.has(digest))),
  };
}

async function readPeople(root: string): Promise<Record<string, string>> {
  const folder = join(root, 'state/people');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const),
    ),
  );
}

/**
 * After a crash and its recovery: the same end, nothing twice, nothing lost.
 * @returns the checkout whose receipts are to be recorded
 */
export async function expectRepaired(
  eve: Eve,
  morning: Morning,
  recover: Recovery,
  { directory }: Outcome,
): Promise<string> {
  const root = await recover(morning);
  expect(await morning.directory()).toEqual(directory);
  await expectNothingTwice(morning);
  expectReceipts(eve, await readRecord<Receipt>(root, 'receipts'));
  return root;
}

/** The same, and that the record on main proves it, and that the next run remembers and wants what it would have. */
export async function expectRepairedOnRecord(
  eve: Eve,
  morning: Morning,
  recover: Recovery,
  { directory, people, next }: Outcome,
): Promise<void> {
  const root = await expectRepaired(eve, morning, recover, { directory, people, next });
  succeeded(await morning.record(root));
  await expectHistory(eve, morning);
  expect(await lookAround(morning)).toEqual({ directory, people, next });
}

/** No write that was carried out was carried out again, by whichever of the runs. */
async function expectNothingTwice(morning: Morning): Promise<void> {
  const landed = (await morning.requests('jumpcloud'))
    .filter((request) => isWrite(request) && request.status >= 200 && request.status < 300)
    .map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body)}`);
  expect(landed.filter((each, index) => landed.indexOf(each) !== index)).toEqual([]);
  const { users } = await morning.control<{ users: { employeeIdentifier?: string }[] }>(
    'jumpcloud',
    'GET',
    '/state',
  );
  const anchors = users.map((user) => user.employeeIdentifier);
  expect(anchors).toEqual([...new Set(anchors)]);
}

/** One chain, with one receipt for each of the day's plans, and on it a result that landed for every action, in the plan's order. */
function expectReceipts({ plans }: Eve, receipts: Receipt[]): void {
  const chain = [...receipts].sort((a, b) => (a.finishedAt < b.finishedAt ? -1 : 1));
  expect(chain.map(({ previous }) => previous)).toEqual([
    null,
    ...chain.slice(0, -1).map(({ digest }) => digest),
  ]);
  const mine = receipts.filter(({ plan }) => plans.some(({ digest }) => digest === plan));
  expect(mine.map(({ plan }) => plan).sort()).toEqual(plans.map(({ digest }) => digest).sort());
  for (const { plan, outcome, results, approvedBy } of mine) {
    const { actions, lane } = plans.find(({ digest }) => digest === plan)!;
    expect(outcome).toBe('complete');
    expect(results.map(({ action }) => action)).toEqual(actions.map(({ id }) => id));
    expect(results.filter((result) => !hasLanded(result.outcome))).toEqual([]);
    expect(approvedBy).toEqual(lane === 'review' ? ['ann', 'bob'] : []);
    // What later runs look up on receipts: whose account it is, and which job is ours.
    const lacking = actions.filter(({ kind }, index) => {
      const { account, job } = results[index]!;
      return (
        ((kind === 'create' || kind === 'adopt') && account === undefined) ||
        (kind === 'schedule' && job === undefined)
      );
    });
    expect(lacking).toEqual([]);
  }
}

/** main went forward by one commit a receipt, each of nothing else, told once, and an audit finds nothing wrong. */
export async function expectHistory(eve: Eve, morning: Morning): Promise<void> {
  const { company, head, plans, pullRequest } = eve;
  const root = await company.clone();
  const log = await company.git(
    root,
    'log',
    '--first-parent',
    '-m',
    '--name-status',
    '--format=%n%P %s',
    `${head}..HEAD`,
  );
  const commits = log.trim().split(/\n\n\n?(?=[0-9a-f]{40} )/);
  const told = commits.map((commit) => {
    const [, digest, file] =
      /^[0-9a-f]{40} receipt\(([0-9a-f]{7})\): [^\n]+\n+A\tstate\/receipts\/(\S+)$/.exec(commit.trim()) ?? [];
    return file?.includes(`-${digest ?? ''}`) === true ? file : commit;
  });
  expect(told.sort()).toEqual(plans.map(({ asOf, digest }) => `${asOf}-${digest}.json`).sort());
  const verified = await morning.run('audit', 'verify', '--json', '--root', root, '--against', head);
  // What an audit finds hangs on instants: they are told with it.
  const instants = async (): Promise<string> =>
    [
      await company.git(root, 'log', '--format=%h %cI %s'),
      ...(await readRecord<Receipt>(root, 'receipts')).map(
        ({ plan, startedAt, finishedAt }) => `${plan.slice(0, 12)} ${startedAt} ${finishedAt}`,
      ),
    ].join('\n');
  expect(verified.exit, verified.exit === 0 ? '' : `${verified.out}\n${await instants()}`).toBe(0);
  expect((await company.comments(pullRequest)).length).toBe(1);
}

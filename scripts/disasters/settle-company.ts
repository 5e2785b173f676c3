/** A company as Rollcall left it last night: made once by the real doors, then put on the stage again and again. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serviceFailure } from '../core/values/failure.ts';
import type { EmulatedVendors } from '../demo/emulated-vendors.ts';
import { readShippedGroups } from '../demo/folder.ts';
import { BOOK_CLUB, makeCompany } from './company.ts';
import { openDesk } from './desk.ts';
import type { DirectoryState } from './facts.ts';
import { environmentOf, type Settled } from './stage.ts';

/** A Monday on which it is the same day everywhere in America and Europe. */
export const MONDAY = '2026-11-23T18:00:00Z';
export const TODAY = '2026-11-23';

const ROUNDS = 4;

/** @param timeZone where the company's days begin and end; `adopted`: its accounts are older than Rollcall */
export async function settleCompany(
  vendors: EmulatedVendors,
  people: number,
  timeZone: string,
  adopted: boolean,
): Promise<Settled & { close(): Promise<void> }> {
  const { control } = vendors;
  const seed = makeCompany(people, timeZone, await readShippedGroups(), adopted);
  for (const vendor of ['bamboohr', 'jumpcloud'] as const) await control(vendor, 'POST', '/reset');
  await vendors.setClocks(MONDAY);
  await control('bamboohr', 'PUT', '/state', seed.bamboohr);
  await control('jumpcloud', 'PUT', '/state', seed.jumpcloud);
  let at = Date.parse(MONDAY) - 3_600_000;
  const desk = await openDesk({
    environment: environmentOf(vendors),
    now: () => new Date((at += 1_000)),
  });
  const lifecycle = join(desk.root, 'mappings/lifecycle.yaml');
  const text = await readFile(lifecycle, 'utf8');
  await writeFile(lifecycle, text.replace(/^timeZone: .*$/m, `timeZone: ${timeZone}`));
  for (let round = 1; ; round += 1) {
    const runs = [await desk.run('export', '--as-of', TODAY), await desk.run('plan', '--as-of', TODAY)];
    const { plans = [] } = (runs[1]?.json ?? {}) as { plans?: unknown[] };
    const isDone = runs.every(({ exit }) => exit === 0) && plans.length === 0;
    if (isDone) break;
    if (round <= ROUNDS) runs.push(await desk.run('apply', '--as-of', TODAY, '--approved-by', 'ann,ben'));
    const failed = runs.find(({ exit }) => exit !== 0);
    if (failed !== undefined || round > ROUNDS)
      throw serviceFailure(
        'disasters-company',
        `the company does not settle: ${failed === undefined ? 'there is always something left to do' : `${failed.verb} ended with exit ${failed.exit}: ${failed.stderr.trim()}`}`,
        'the company of the disasters has to fit the shipped mappings: this is a mistake of ours',
      );
  }
  await control(
    'jumpcloud',
    'PUT',
    '/state',
    withThingsOfOthers(await control('jumpcloud', 'GET', '/state')),
  );
  return {
    folder: desk.root,
    now: MONDAY,
    bamboohr: await control('bamboohr', 'GET', '/state'),
    jumpcloud: await control('jumpcloud', 'GET', '/state'),
    close: () => desk.close(),
  };
}

/** A group that no mapping names, and a laptop for every third: what Rollcall never gave, and takes from leavers. */
function withThingsOfOthers(state: DirectoryState): object {
  const owners = state.users.filter((_, index) => index % 3 === 1);
  return {
    ...state,
    userGroups: state.userGroups.map((group) =>
      group.name === BOOK_CLUB
        ? {
            ...group,
            members: state.users.filter((_, index) => index % 2 === 1).map(({ username }) => username),
          }
        : group,
    ),
    systems: owners.map(({ username }) => ({ displayName: `laptop of ${username}`, hostname: username })),
    associations: owners.map(({ username }) => ({
      user: username,
      type: 'system',
      target: `laptop of ${username}`,
    })),
  };
}

/** Days that begin elsewhere at another hour, and clocks that are wrong. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { idOf } from '../company.ts';
import type { Disaster } from '../disaster.ts';
import { leaverFacts, type Stage } from '../stage.ts';

/** A last day and a first day at the end of a month, looked at every few hours by a runner whose clock is UTC. */
async function playMonthEnd(
  stage: Stage,
  { lastMinute, midnight }: { lastMinute: string; midnight: string },
): Promise<void> {
  const [leaver, starter] = [idOf(30), idOf(60)];
  const hours = (from: string, by: number): string =>
    new Date(Date.parse(from) + by * 3_600_000).toISOString();
  await stage.goTo(hours(midnight, -60));
  await stage.edit(leaver, { terminationDate: '2026-11-30' });
  await stage.hire(starter, { hireDate: '2026-12-01' });
  await stage.sync();
  await stage.approve();
  await stage.expect((wishes) => {
    wishes.account(starter, 'STAGED', ['All Staff', 'Engineering', 'London Office']);
    wishes.armed(starter, 'ACTIVATED', midnight);
  });
  // The last day has begun for the company, whatever day it is for the runner.
  await stage.goTo(hours(midnight, -23));
  await stage.sync();
  await stage.expect((wishes) => wishes.armed(leaver, 'SUSPENDED', lastMinute));
  await stage.goTo(hours(midnight, -1));
  await stage.sync();
  await stage.approve();
  await stage.expect(() => undefined);
  // Nobody runs anything for the next hours: JumpCloud ends and begins by itself, then HR's own status turns.
  await stage.goTo(hours(midnight, 0.5));
  const users = (await stage.directory()).users;
  const stateOf = (id: string): unknown => users.find((user) => user['employeeIdentifier'] === id)?.['state'];
  if (stateOf(leaver) !== 'SUSPENDED' || stateOf(starter) !== 'ACTIVATED')
    stage.miss(
      `at midnight the leaver is ${String(stateOf(leaver))}, the starter ${String(stateOf(starter))}`,
    );
  await stage.edit(leaver, leaverFacts('2026-11-30'));
  await stage.sync();
  await stage.expect((wishes) => wishes.exit(leaver));
}

export const CLOCKS: Disaster[] = [
  {
    name: 'month-end-in-auckland',
    what: 'a last day on 30 November and a first day on 1 December, eleven hours before UTC has them',
    timeZone: 'Pacific/Auckland',
    tells: [],
    play: (stage) =>
      playMonthEnd(stage, { lastMinute: '2026-11-30T10:59:00Z', midnight: '2026-11-30T11:00:00Z' }),
  },
  {
    name: 'month-end-in-honolulu',
    what: 'the same where it is still November when UTC is ten hours into December',
    timeZone: 'Pacific/Honolulu',
    tells: [],
    play: (stage) =>
      playMonthEnd(stage, { lastMinute: '2026-12-01T09:59:00Z', midnight: '2026-12-01T10:00:00Z' }),
  },
  {
    name: 'clock-jumps',
    what: "the runner's clock jumps a year ahead, then back by two: hires to come must not begin, nobody must return",
    tells: [],
    async play(stage) {
      await stage.hire(idOf(60), { hireDate: '2027-03-01' });
      await stage.edit(idOf(30), { terminationDate: '2027-02-01' });
      await stage.edit(idOf(31), leaverFacts('2026-11-23'));
      await stage.sync();
      await stage.expect((wishes) => wishes.exit(idOf(31)));
      for (const wrong of ['2027-11-23T18:00:00Z', '2024-11-23T18:00:00Z', '2026-11-23T19:00:00Z']) {
        stage.setOurClock(wrong);
        await stage.sync();
        await stage.approve();
        await stage.expect(() => undefined);
      }
    },
  },
  {
    name: 'time-zone-edited',
    what: "an edit of the mappings moves the company from Denver to Auckland, on somebody's last day and two days before a first one; the next day it is put right",
    tells: [],
    async play(stage) {
      const [leaver, starter] = [idOf(30), idOf(60)];
      await stage.edit(leaver, { terminationDate: '2026-11-23' });
      await stage.hire(starter, { hireDate: '2026-11-25' });
      await stage.sync();
      await stage.approve();
      await stage.expect((wishes) => {
        wishes.account(starter, 'STAGED', ['All Staff', 'Engineering', 'London Office']);
        wishes.armed(starter, 'ACTIVATED', '2026-11-25T07:00:00Z');
        wishes.armed(leaver, 'SUSPENDED', '2026-11-24T06:59:00Z');
      });
      const file = join(stage.desk.root, 'mappings/lifecycle.yaml');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(/^timeZone: .*$/m, 'timeZone: Pacific/Auckland'));
      await stage.sync();
      await stage.expect(() => undefined);
      await writeFile(file, text);
      await stage.goTo('2026-11-23T23:00:00Z');
      await stage.sync();
      await stage.expect(() => undefined);
    },
  },
];

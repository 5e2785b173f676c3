/**
 * Each disaster does harm once its guard is taken out of the program: otherwise it proves nothing. A few in every run of
 * the tests, all of them with ROLLCALL_LONG=1.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DISASTERS } from '../../scripts/disasters/catalogue.ts';
import { GUARDS_REMOVED } from './guards.ts';
import { playMaimed } from './maimed-copy.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const LONG = process.env['ROLLCALL_LONG'] === '1';
const ALWAYS = ['three-people-vanish'];

test('every disaster has a guard that can be taken away', () => {
  expect(GUARDS_REMOVED.map(({ disaster }) => disaster).sort()).toEqual(
    DISASTERS.map(({ name }) => name).sort(),
  );
});

// The long run alone would notice that a guard was reworded, weeks later.
test.each(GUARDS_REMOVED)(
  '$disaster: each text to take away stands in its source once',
  async ({ edits }) => {
    for (const { path, from } of edits)
      expect((await readFile(join(PROJECT, path), 'utf8')).split(from), `${path}: ${from}`).toHaveLength(2);
  },
);

describe('without', () => {
  test.each(GUARDS_REMOVED.filter(({ disaster }) => LONG || ALWAYS.includes(disaster)))(
    '$guard: $disaster does harm',
    async ({ disaster, edits, alone }) => {
      const [maimed] = await playMaimed(edits, [disaster]);
      expect(maimed?.name).toBe(disaster);
      expect((maimed?.wrongWrites ?? 0) + (maimed?.missedWrites ?? 0)).toBeGreaterThan(0);
      if (alone !== true) return;
      // One guard behind another: with the first one gone the second still holds.
      const [held] = await playMaimed(edits.slice(0, 1), [disaster]);
      expect(held).toMatchObject({ wrongWrites: 0, missedWrites: 0 });
    },
    600_000,
  );
});

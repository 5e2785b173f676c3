/** `npm run disasters` as it is run: a process, the contract of --json, and bad days that are survived. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { DISASTERS } from '../../scripts/disasters/catalogue.ts';
import type { Outcome } from './maimed-copy.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const LONG = process.env['ROLLCALL_LONG'] === '1';
/** Of each kind one; all of them with ROLLCALL_LONG=1. */
const ALWAYS = [
  'empty-hr',
  'permission-lost-row',
  'mass-status-flip',
  'drift-between-approval-and-apply',
  'forged-auto-plan',
  'urgent-exit-during-bulk-apply',
];

/** The rows of the scoreboard, as `npm run disasters` printed them: cells by name. */
const README = new Map(
  /^\| disaster \| what happens.*\n\|.*\n((?:\|.*\n)+)/m
    .exec(readFileSync(join(PROJECT, 'README.md'), 'utf8'))?.[1]
    ?.trimEnd()
    .split('\n')
    .map((line) =>
      line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim()),
    )
    .map((cells) => [cells[0] ?? '', cells]),
);

async function disasters(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'scripts/disasters.ts', ...args],
    { cwd: PROJECT, maxBuffer: 16 * 1_048_576 },
  );
  return stdout;
}

test('there are more than twenty, each with a name of its own and something that people are told or a reason to be quiet', () => {
  expect(DISASTERS.length).toBeGreaterThan(20);
  expect(new Set(DISASTERS.map(({ name }) => name)).size).toBe(DISASTERS.length);
  for (const { name, what } of DISASTERS) {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(what.length).toBeGreaterThan(20);
  }
});

test('stand in the README as they are played: none forgotten, none wrong, none missed', () => {
  expect([...README.values()].map((cells) => cells.toSpliced(-2, 1))).toEqual(
    DISASTERS.map(({ name, what, peers = '' }) => [name, what, '0', '0', peers]),
  );
});

test('are survived: nothing wrong, nothing missed, and what has to be told is told', async () => {
  const chosen = LONG ? DISASTERS.map(({ name }) => name) : ALWAYS;
  // Exit 0, or this throws with the table of what went wrong.
  const stdout = await disasters('--json', '--play', chosen.join(','));
  expect(stdout.trimEnd()).not.toContain('\n');
  const { disasters: outcomes } = JSON.parse(stdout) as { disasters: Outcome[] };
  expect(outcomes.map(({ name }) => name)).toEqual(chosen);
  for (const outcome of outcomes)
    expect(outcome).toEqual({
      name: outcome.name,
      wrongWrites: 0,
      missedWrites: 0,
      told: expect.any(String) as string,
    });
  for (const { name, told } of outcomes)
    expect([name, README.get(name)?.at(-2)]).toEqual([name, told === '' ? 'nothing but the plan' : told]);
  const toldOf = (name: string): string => outcomes.find((outcome) => outcome.name === name)?.told ?? '';
  expect(toldOf('empty-hr')).toBe(
    'export 3 export-drop; plan 3 incomplete-export; apply 3 incomplete-export',
  );
  expect(toldOf('permission-lost-row')).toContain('redacted-row');
}, 600_000);

describe('the door', () => {
  test('lists them, and refuses a name that there is not with exit 2', async () => {
    expect(await disasters('--list')).toContain('ten-times-29-percent');
    await expect(disasters('--play', 'sharknado')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no-such-disaster') as string,
    });
  }, 60_000);
});

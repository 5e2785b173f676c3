/** The emulator's own side: seeds, state, reset, and a coverage table that is held to the routes (DESIGN section 6). */
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { coverage } from '../../../scripts/emulators/github/coverage.ts';
import { createGitHub } from '../../../scripts/emulators/github/index.ts';
import { startEmulator } from '../../../scripts/emulators/kit/server.ts';
import { AT, PEOPLE, refused, startGitHub } from './start-github.ts';

interface State {
  refs: Record<string, string>;
  pulls: { number: number; state: string }[];
  variables: Record<string, string>;
}

test('the coverage table names every route, no other, and tests that are there', () => {
  const { routes } = createGitHub(undefined);
  expect(coverage.map(({ route }) => route).sort()).toEqual([...routes].sort());
  expect(new Set(routes).size).toBe(routes.length);
  for (const { testedBy } of coverage)
    expect(existsSync(new URL(testedBy, import.meta.url)), testedBy).toBe(true);
});

test('the same seed, clock and requests make the same commits', async () => {
  const make = async (): Promise<string> => (await startGitHub()).commit('main', { a: '1' });
  expect(await make()).toBe(await make());
});

test('the state shows everything; put back, it changes people, rules and variables and leaves the history alone', async () => {
  const github = await startGitHub();
  const { number } = await github.propose('stated');
  await github.as('token-ann').pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' });
  const state = await github.control<State>('GET', 'state');
  expect(state).toMatchObject({
    repository: 'acme/identity',
    refs: {
      'refs/heads/main': await github.head('main'),
      [`refs/pull/${number}/head`]: await github.head('stated'),
    },
    pulls: [{ number, state: 'open' }],
    reviews: [{ user: 'ann', state: 'APPROVED' }],
  });
  await github.control('PUT', 'state', { ...state, variables: { NEW: 'yes' }, rules: 'protected' });
  const next = await github.control<State>('GET', 'state');
  expect([next.refs, next.pulls, next.variables]).toEqual([state.refs, state.pulls, { NEW: 'yes' }]);
  const main = { ...AT, ref: 'heads/main', sha: await github.head('stated') };
  await refused(github.as('token-ann').git.updateRef(main), 422, 'Repository rule violations found');
});

test('a reset is back at the seed', async () => {
  const github = await startGitHub();
  const before = await github.head('main');
  await github.commit('main', { a: '1' });
  await github.propose('gone');
  await github.control('POST', 'reset');
  expect(await github.head('main')).toBe(before);
  expect((await github.control<State>('GET', 'state')).pulls).toEqual([]);
});

test.each([
  ['a repository without owner', { repository: 'identity' }, 'github.repository: is owner/name'],
  ['a word that is none', { rules: 'closed' }, 'github.rules'],
  ['an unknown key', { branch: 'main' }, 'github: Unrecognized key: "branch"'],
  ['a fork of nothing', { forkOf: 'acme/none' }, 'does not stand before it'],
  [
    'a rule that GitHub does not know',
    { rules: [{ name: 'x', rules: [{ type: 'no_such_rule' }] }] },
    'no_such_rule',
  ],
  ['a folder that is not there', { from: 'no/such/folder' }, 'is not a folder'],
  [
    'a bypass for GITHUB_TOKEN',
    { tokens: { t: { login: 'github-actions[bot]', type: 'Bot', bypass: true } } },
    'cannot be put on a bypass list',
  ],
])('a seed with %s is refused, and leaves nothing behind', async (_, seed, message) => {
  const start = async () => startEmulator(createGitHub({ repository: 'refused/seed', ...seed }));
  await expect(start()).rejects.toThrow(message);
  expect(foldersOf('refused-seed')).toEqual([]);
});

test('orders that make no sense are refused', async () => {
  const github = await startGitHub();
  await expect(github.control('PUT', 'lags', { mergeable: -1 })).rejects.toThrow('400');
  await expect(github.control('POST', 'commits', {})).rejects.toThrow('400 {"message":"files');
  await expect(github.control('POST', 'commits', { files: { none: null } })).rejects.toThrow(
    'none is not on',
  );
  await expect(github.control('PUT', 'state', { repository: 'acme/other' })).rejects.toThrow(
    'there is no repository',
  );
  await expect(github.control('GET', 'nothing')).rejects.toThrow('404');
});

test('closing takes the repository off the disk', async () => {
  const emulator = await startEmulator(createGitHub({ repository: 'closing/down', tokens: PEOPLE }));
  expect(foldersOf('closing-down')).toHaveLength(1);
  await emulator.close();
  expect(foldersOf('closing-down')).toEqual([]);
});

function foldersOf(name: string): string[] {
  return readdirSync(tmpdir()).filter((folder) => folder.startsWith(`emulated-github-${name}-`));
}

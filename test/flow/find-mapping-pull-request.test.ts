/** Which edit of the mappings is named as the cause of a plan: the last one merged to main that no plan has dealt with. */
import { expect, test } from 'vitest';
import { findMappingPullRequest } from '../../scripts/flow/find-mapping-pull-request.ts';
import type { Forge } from '../../scripts/ports.ts';
import { anAction } from '../world.ts';

const MAPPING = {
  actions: [anAction('update', { cause: 'hr' }), anAction('join-group', { cause: 'mapping' })],
};

interface Commit {
  sha: string;
  committedAt: string;
  pulls: { number: number; mergedAt: string | null; baseBranch: string }[];
}
const merged = (number: number, more: Partial<Commit['pulls'][number]> = {}) => ({
  number,
  mergedAt: '2026-11-20T10:00:00Z',
  baseBranch: 'main',
  ...more,
});
const commit = (day: string, ...pulls: Commit['pulls']): Commit => ({
  sha: day,
  committedAt: `${day}T10:00:00Z`,
  pulls,
});

async function found(commits: Commit[], lastReviewed?: string, plan = MAPPING): Promise<number | undefined> {
  const forge = {
    listCommits: (branch: string, path: string, limit: number) => {
      expect([branch, path]).toEqual(['main', 'mappings']);
      return Promise.resolve(commits.slice(0, limit));
    },
    findPullRequestsOf: (sha: string) => Promise.resolve(commits.find((each) => each.sha === sha)?.pulls),
  } as unknown as Forge;
  return findMappingPullRequest({ forge, main: 'main', lastReviewed: () => lastReviewed }, plan);
}

test('the newest that was merged', async () => {
  expect(await found([commit('2026-11-22', merged(12)), commit('2026-11-20', merged(9))])).toBe(12);
});

test('none where no action is caused by a mapping', async () => {
  const plan = { actions: [anAction('update', { cause: 'hr' })] };
  expect(await found([commit('2026-11-22', merged(12))], undefined, plan)).toBeUndefined();
});

test.each([
  ['pushed without one', []],
  ['of one that is not merged', [merged(12, { mergedAt: null })]],
  ['of one that was merged elsewhere', [merged(12, { baseBranch: 'next' })]],
])('a commit %s is passed over', async (_, pulls) => {
  expect(await found([commit('2026-11-22', ...pulls), commit('2026-11-20', merged(9))])).toBe(9);
});

test.each([
  ['2026-11-22T09:59:59Z', 12],
  ['2026-11-22T10:00:00Z', 12],
  ['2026-11-22T10:00:01Z', undefined],
])('an edit that a plan applied at %s has dealt with is no cause', async (lastReviewed, number) => {
  expect(await found([commit('2026-11-22', merged(12))], lastReviewed)).toBe(number);
});

test('a commit whose time nobody knows is looked at', async () => {
  const commits = [{ ...commit('2026-11-22', merged(12)), committedAt: '' }];
  expect(await found(commits, '2026-11-25T00:00:00Z')).toBe(12);
});

test('no more than the five newest are looked at', async () => {
  const pushed = Array.from({ length: 5 }, (_, index) => commit(`2026-11-2${5 - index}`));
  expect(await found([...pushed, commit('2026-11-10', merged(9))])).toBeUndefined();
  expect(await found([...pushed.slice(1), commit('2026-11-10', merged(9))])).toBe(9);
});

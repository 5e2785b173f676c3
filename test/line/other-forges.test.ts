/** Forges that answer less than GitHub does: no names of authors, no signatures, nobody named who closed. */
import { expect, it } from 'vitest';
import { planName, planText } from '../../scripts/core/plan/plan-file.ts';
import type { ForgeCommit, ForgePullRequest } from '../../scripts/core/forge/shapes.ts';
import { findClosedProposal, findOpenProposal } from '../../scripts/flow/find-proposal.ts';
import type { Forge } from '../../scripts/ports.ts';
import { joinGroup, planOf } from './forge-world.ts';

const plan = planOf([joinGroup('1042')]);
const planPath = `state/plans/${planName(plan)}`;
const people = 'state/people/42/1042.yaml';

function commit(sha: string, parents: string[], message: string): ForgeCommit {
  const nobody = { name: '', email: '' };
  return {
    sha,
    tree: '',
    parents,
    message,
    author: nobody,
    committer: nobody,
    committedAt: '',
    verified: false,
  };
}

const pull: ForgePullRequest = {
  number: 3,
  state: 'open',
  author: { login: 'rollcall[bot]', bot: true },
  title: '',
  body: '',
  headRepository: 'acme/identity',
  headBranch: 'rollcall/sync',
  headSha: 'head',
  baseBranch: 'main',
  labels: [],
  reviewers: [],
  mergedAt: null,
  mergeCommit: null,
  url: '',
};

/** `trees`: commit -> path -> blob. */
function forgeWith(
  commits: ForgeCommit[],
  trees: Record<string, Record<string, string>>,
  rest: Partial<Forge> = {},
): Forge {
  return {
    repository: 'acme/identity',
    listPullRequests: async () => [pull],
    readCommit: async (sha: string) => commits.find((each) => each.sha === sha) ?? null,
    readFolder: async (sha: string) => new Map(Object.entries(trees[sha] ?? {})),
    readBlob: async () => planText(plan),
    ...rest,
  } as Forge;
}

const message = `sync: 1 mover\n\nPlan-Digest: ${plan.digest}\n`;

it('knows its own commit by the plan that the message names', async () => {
  const trees = { main: {}, base: {}, head: { [planPath]: 'p', [people]: 'new' } };
  const own = forgeWith([commit('head', ['base'], message)], trees);
  expect((await findOpenProposal(own, 'main', 'main')).found?.proposal).toEqual({
    number: 3,
    plan,
    editedBy: undefined,
    overtaken: false,
  });
  const edited = forgeWith([commit('head', ['base'], 'tidy up')], trees);
  expect((await findOpenProposal(edited, 'main', 'main')).found?.proposal.editedBy).toBe('somebody');
});

it('looks below the merges of "Update branch", and sees what main changed since', async () => {
  const commits = [
    commit('head', ['merge', 'main'], 'Merge branch main'),
    commit('merge', ['own', 'main0'], 'Merge branch main'),
    commit('own', ['base'], message),
  ];
  const branch = { [planPath]: 'p', [people]: 'new' };
  const calm = forgeWith(commits, { main: { [people]: 'old' }, base: { [people]: 'old' }, head: branch });
  expect((await findOpenProposal(calm, 'main', 'main')).found?.proposal).toMatchObject({
    editedBy: undefined,
    overtaken: false,
  });
  const moved = forgeWith(commits, { main: { [people]: 'other' }, base: { [people]: 'old' }, head: branch });
  expect((await findOpenProposal(moved, 'main', 'main')).found?.proposal.overtaken).toBe(true);
});

it('takes a closing without a word for that of a person', async () => {
  const commits = [commit('head', ['base'], message)];
  const trees = { main: {}, head: { [planPath]: 'p' } };
  const comments = (body: string): Partial<Forge> => ({
    readClosedBy: async () => null,
    listComments: async () => [{ id: 1, author: null, body }],
  });
  const byPerson = forgeWith(commits, trees, comments('never mind'));
  expect(await findClosedProposal(byPerson, 'main', 'main')).toEqual({
    number: 3,
    plan,
    closedBy: 'somebody',
  });
  const byApp = forgeWith(
    commits,
    trees,
    comments('<!-- rollcall:nothing-left:head -->\nNothing is left to do'),
  );
  expect(await findClosedProposal(byApp, 'main', 'main')).toBeUndefined();
});

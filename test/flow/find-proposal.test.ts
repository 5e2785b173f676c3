/** Which pull request is the app's own, who has changed its branch, and whether somebody has closed the last one. */
import { describe, expect, test } from 'vitest';
import type { ForgeCommit, ForgePullRequest } from '../../scripts/core/forge/shapes.ts';
import { actionOf } from '../../scripts/core/plan/action.ts';
import { type Plan, planName, planText, sealPlan } from '../../scripts/core/plan/plan-file.ts';
import { findClosedProposal, findOpenProposal } from '../../scripts/flow/find-proposal.ts';
import type { Forge } from '../../scripts/ports.ts';
import { digestOf } from '../../scripts/core/values/canonical-json.ts';

const APP = 'rollcall[bot]';
const PERSON = 'state/people/42/1042.yaml';
const join = actionOf({
  kind: 'join-group',
  person: '1042',
  account: 'a1',
  target: 'g1',
  before: null,
  after: { group: 'Sales' },
  because: 'department is Sales',
  cause: 'hr',
  risk: 'medium',
});
const PLAN: Plan = sealPlan({
  asOf: '2026-11-23',
  lane: 'review',
  base: digestOf(''),
  actions: [join],
  findings: [],
  held: [],
  counts: { 'join-group': 1 },
});
const PLAN_PATH = `state/plans/${planName(PLAN)}`;

const by = (name: string, more: Partial<ForgeCommit> = {}): ForgeCommit => ({
  sha: 'top',
  tree: 't',
  parents: ['began'],
  message: 'sync',
  author: { name, email: `${name}@example.com` },
  committer: { name, email: `${name}@example.com` },
  committedAt: '2026-11-23T12:00:00Z',
  verified: true,
  ...more,
});
const pull = (more: Partial<ForgePullRequest> = {}): ForgePullRequest => ({
  number: 7,
  state: 'open',
  author: { login: APP, bot: true },
  title: '',
  body: '',
  headRepository: 'Acme/Identity',
  headBranch: 'rollcall/sync',
  headSha: 'top',
  baseBranch: 'main',
  labels: [],
  reviewers: [],
  mergedAt: null,
  mergeCommit: null,
  url: '',
  ...more,
});

interface World {
  pulls?: ForgePullRequest[];
  commits?: ForgeCommit[];
  /** Commit -> path -> blob. */
  folders?: Record<string, Record<string, string>>;
  closedBy?: { login: string; bot: boolean } | null;
  comments?: string[];
}

/** `main` has the head `main`; the branch `top` brings the plan and one person. */
function forgeOf({
  pulls = [pull()],
  commits = [by(APP)],
  folders,
  closedBy = null,
  comments = [],
}: World): Forge {
  const all: Record<string, Record<string, string>> = {
    main: { [PERSON]: 'old' },
    began: { [PERSON]: 'old' },
    top: { [PERSON]: 'new', [PLAN_PATH]: 'plan' },
    ...folders,
  };
  return {
    repository: 'acme/identity',
    listPullRequests: (state: string) => Promise.resolve(pulls.filter((each) => each.state === state)),
    readCommit: (sha: string) => Promise.resolve(commits.find((each) => each.sha === sha) ?? null),
    readFolder: (commit: string) => Promise.resolve(new Map(Object.entries(all[commit] ?? {}))),
    readBlob: (blob: string) => Promise.resolve(blob === 'plan' ? planText(PLAN) : ''),
    readClosedBy: () => Promise.resolve(closedBy),
    listComments: () => Promise.resolve(comments.map((body, id) => ({ id, author: null, body }))),
  } as unknown as Forge;
}
const open = (world: World = {}) => findOpenProposal(forgeOf(world), 'main', 'main');
const proposal = async (world: World) => (await open(world)).found?.proposal;

describe('an open pull request', () => {
  test('of the app is found with the plan that a merge would bring', async () => {
    expect((await open()).found?.proposal).toEqual({
      number: 7,
      plan: PLAN,
      editedBy: undefined,
      overtaken: false,
    });
  });

  test.each<[string, Partial<ForgePullRequest>]>([
    ['of a fork, whatever its branch is called', { headRepository: 'mallory/identity' }],
    ['of a fork that is gone', { headRepository: null }],
    ['of another branch', { headBranch: 'rollcall/sync-99' }],
    ['of a branch of somebody', { headBranch: 'my-sync' }],
  ])('%s is not ours', async (_, more) => {
    expect(await open({ pulls: [pull(more)] })).toEqual({ found: undefined, others: [] });
  });

  test('of several the newest is taken, and the others are told', async () => {
    const twin = pull({ number: 6, headBranch: 'rollcall/sync-2' });
    const { found, others } = await open({ pulls: [pull(), twin] });
    expect([found?.pull.number, others.map(({ number }) => number)]).toEqual([7, [6]]);
  });

  test.each<[string, Partial<World>, string | undefined]>([
    ['by the app', {}, undefined],
    [
      'by the app, whose login stands in the address',
      { commits: [by('x', { author: { name: 'Rollcall', email: `1+${APP}@users.noreply.github.com` } })] },
      undefined,
    ],
    ['by somebody', { commits: [by('mallory')] }, 'mallory'],
    [
      'by somebody whose commit names the plan',
      { commits: [by('ann', { message: `kept\n\nPlan-Digest: ${PLAN.digest}` })] },
      undefined,
    ],
    [
      'by somebody whose commit names another plan',
      { commits: [by('ann', { message: `Plan-Digest: ${'0'.repeat(64)}` })] },
      'ann',
    ],
    ['by somebody without a name', { commits: [by('')] }, 'somebody'],
    ['by a commit that is gone', { commits: [] }, 'somebody'],
    ['with the account of its author gone', { pulls: [pull({ author: null })] }, APP],
    [
      '"Update branch" on top of the app',
      { commits: [by('ann', { parents: ['own', 'main'] }), by(APP, { sha: 'own' })] },
      undefined,
    ],
    [
      '"Update branch" on top of somebody',
      { commits: [by('ann', { parents: ['own', 'main'] }), by('mallory', { sha: 'own' })] },
      'ann',
    ],
    ['"Update branch" on top of what is gone', { commits: [by('ann', { parents: ['own', 'main'] })] }, 'ann'],
  ])('was changed %s', async (_, world, editedBy) => {
    expect((await proposal(world))?.editedBy).toBe(editedBy);
  });

  test.each<[string, Record<string, Record<string, string>>, boolean]>([
    ['as it was', {}, false],
    ['main has the same change by now', { main: { [PERSON]: 'new' } }, false],
    ['main has another change of the same person', { main: { [PERSON]: 'other' } }, true],
    ['main has deleted the person', { main: {} }, true],
    [
      'main has changed somebody else',
      { main: { [PERSON]: 'old', 'state/people/43/1043.yaml': 'x' } },
      false,
    ],
    ['main has changed what is no person', { main: { [PERSON]: 'old', 'state/groups.yaml': 'x' } }, false],
  ])('overtaken: %s', async (_, folders, overtaken) => {
    expect((await proposal({ folders }))?.overtaken).toBe(overtaken);
  });

  test.each<[string, Record<string, string>]>([
    ['no plan', { [PERSON]: 'new' }],
    ['two plans', { [PLAN_PATH]: 'plan', 'state/plans/2026-11-24-x.json': 'plan' }],
    ['a plan that does not read', { [PLAN_PATH]: 'other' }],
  ])('with %s brings none', async (_, top) => {
    expect((await proposal({ folders: { top } }))?.plan).toBeUndefined();
  });

  test('a plan that main has already is not brought', async () => {
    const folders = { main: { [PERSON]: 'old', [PLAN_PATH]: 'plan' } };
    expect((await proposal({ folders }))?.plan).toBeUndefined();
  });
});

describe('the last one, closed', () => {
  const closed = (more: Partial<World> = {}, change: Partial<ForgePullRequest> = {}) =>
    findClosedProposal(forgeOf({ pulls: [pull({ state: 'closed', ...change })], ...more }), 'main', 'main');
  const ann = { login: 'ann', bot: false };

  test('by a person says by whom, and with which plan', async () => {
    expect(await closed({ closedBy: ann })).toEqual({ number: 7, plan: PLAN, closedBy: 'ann' });
  });

  test('by nobody who is named, without a word of the app: by somebody', async () => {
    expect(await closed({ comments: ['well?'] })).toMatchObject({ closedBy: 'somebody' });
  });

  test.each<[string, Partial<World>, Partial<ForgePullRequest>]>([
    ['merged', { closedBy: ann }, { mergedAt: '2026-11-23T12:00:00Z' }],
    ['closed by the app', { closedBy: { login: APP, bot: true } }, {}],
    [
      'closed with the word of the app',
      { comments: ['<!-- rollcall:nothing-left:7 -->\nNothing is left.'] },
      {},
    ],
    ['of a fork', { closedBy: ann }, { headRepository: 'mallory/identity' }],
    ['with a head that is gone', { closedBy: ann, commits: [] }, {}],
    ['none', { pulls: [] }, {}],
  ])('is no answer: %s', async (_, world, change) => {
    expect(await closed(world, change)).toBeUndefined();
  });
});

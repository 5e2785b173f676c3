/**
 * GitHub's answers, changed by a proxy, an attacker or GitHub: whatever the forge is asked takes them for what they are or
 * refuses them by the request's name. Nothing of them comes into a message, and no id of theirs is one that is none.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forgeOf } from '../../scripts/adapters/github/forge.ts';
import { readMappingEntries } from '../../scripts/adapters/github/mapping-entries.ts';
import { readSetup } from '../../scripts/adapters/github/setup.ts';
import { Failure } from '../../scripts/core/values/failure.ts';
import { AnswerLost, type Forge } from '../../scripts/ports.ts';
import { playForge, RIGHT, SHA } from '../adapters/github/played-forge.ts';
import { edits, mutate, mutateJson } from './mutate.ts';

const RUNS = process.env['ROLLCALL_LONG'] === undefined ? 6 : 1_500;
const VALUES = [
  null,
  '',
  0,
  -1,
  1e21,
  true,
  [],
  {},
  [[]],
  [null],
  'canary-0xD1E',
  '../../x',
  '\u001b[31m',
  'A'.repeat(5_000),
];

type Client = ReturnType<typeof playForge>['client'];
const build = async () => [{ message: 'm', changes: [{ path: 'state/x', text: 'y' }] }];
const CHECK = {
  name: 'mappings',
  head: SHA,
  conclusion: 'success',
  title: 't',
  summary: 's',
} as const;

/** Everything that the port can be asked; the record is total, so that a new one must be played. */
const ASKED: Record<Exclude<keyof Forge, 'repository'>, (forge: Forge) => Promise<unknown>> = {
  readDefaultBranch: (forge) => forge.readDefaultBranch(),
  readHead: (forge) => forge.readHead('main'),
  readCommit: (forge) => forge.readCommit(SHA),
  readFolder: (forge) => forge.readFolder(SHA, 'mappings'),
  readBlob: (forge) => forge.readBlob(SHA),
  readBlobId: (forge) => forge.readBlobId(SHA, 'x.yaml'),
  listCommits: (forge) => forge.listCommits('main', 'state', 10),
  isAncestor: (forge) => forge.isAncestor(SHA, 'b'.repeat(40)),
  commitOnto: (forge) => forge.commitOnto('main', build),
  publishBranch: (forge) => forge.publishBranch('rollcall/sync', SHA, { message: 'm', changes: [] }),
  deleteBranch: (forge) => forge.deleteBranch('rollcall/sync', SHA),
  listPullRequests: (forge) => forge.listPullRequests('open', 'main'),
  readPullRequest: (forge) => forge.readPullRequest(1),
  readClosedBy: (forge) => forge.readClosedBy(1),
  openPullRequest: (forge) =>
    forge.openPullRequest({ head: 'rollcall/sync', base: 'main', title: 't', body: 'b' }),
  changePullRequest: (forge) => forge.changePullRequest(1, { title: 't' }),
  addLabels: (forge) => forge.addLabels(1, ['rollcall']),
  removeLabel: (forge) => forge.removeLabel(1, 'rollcall'),
  requestReviewers: (forge) => forge.requestReviewers(1, ['ann']),
  listReviews: (forge) => forge.listReviews(1),
  findPullRequestsOf: (forge) => forge.findPullRequestsOf(SHA),
  listFiles: (forge) => forge.listFiles(1),
  listPullRequestCommits: (forge) => forge.listPullRequestCommits(1),
  listComments: (forge) => forge.listComments(1),
  putComment: (forge) => forge.putComment(1, 'm', 'text', true),
  createCheck: (forge) => forge.createCheck({ ...CHECK, annotations: [] }),
  readPermission: (forge) => forge.readPermission('ann'),
};
const CALLS: [string, (client: Client) => Promise<unknown>][] = [
  ...Object.entries(ASKED).map(([name, ask]): (typeof CALLS)[number] => [
    name,
    (client) => ask(forgeOf(client)),
  ]),
  ['readMappingEntries', (client) => readMappingEntries(client, SHA)],
  ['readSetup', (client) => readSetup(client)],
];

test.each(CALLS)('%s', { timeout: 300_000 }, async (_name, call) => {
  const clean = playForge(() => undefined);
  await call(clean.client);
  const routes = [...new Set(clean.asked)];
  const changed = fc
    .tuple(
      fc.constantFrom(...routes),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(...VALUES),
      edits,
    )
    .chain(([route, at, by, changes]) => {
      const right = RIGHT[route] ?? {};
      return fc
        .constantFrom(JSON.stringify(mutateJson(right, at, by)), mutate(JSON.stringify(right), changes))
        .map((body) => ({ route, body }));
    });
  await fc.assert(
    fc.asyncProperty(changed, async ({ route, body }) => {
      const { client, asked } = playForge((each) => (each === route ? { status: 200, body } : undefined));
      try {
        await call(client);
      } catch (error) {
        if (!(error instanceof Failure) && !(error instanceof AnswerLost)) throw error;
        expect(error.message).toMatch(/GitHub|rollcall\/sync|main/);
        expect(error.message).not.toMatch(/canary|\u001b|TypeError|undefined is not/);
      }
      // No loop that an answer keeps alive.
      expect(asked.length).toBeLessThan(100);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: RUNS, seed: 20261127 },
  );
});

/** The connection breaks once, at every request in turn, before or after GitHub has done what was asked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planName } from '../../scripts/core/plan/plan-file.ts';
import { propose } from '../../scripts/propose.ts';
import { record } from '../../scripts/record.ts';
import {
  type Company,
  joinGroup,
  personFile,
  planFile,
  planOf,
  receiptFile,
  startCompany,
  suspend,
  writeFiles,
} from './forge-world.ts';

const review = planOf([joinGroup('1042')]);
const auto = planOf([suspend('1044')], { lane: 'auto' });
const common = { asOf: '2026-11-23', run: undefined, serverUrl: 'https://github.com' };

let company: Company;
let root: string;
beforeAll(async () => {
  company = await startCompany({ files: personFile('1042'), seed: { rules: 'protected' } });
  // A plain folder: cheaper than a clone, and a case of its own.
  root = await mkdtemp(join(tmpdir(), 'rollcall-tree-'));
  await writeFiles(root, {
    ...personFile('1042', { department: 'E' }),
    ...personFile('1043'),
    ...planFile(review),
    ...planFile(auto),
  });
});
afterAll(async () => {
  await company.close();
  await rm(root, { recursive: true, force: true });
});

/** Lets `spared` requests through, then breaks one. */
async function breakAfter(spared: number, fault: object): Promise<void> {
  const through = spared === 0 ? [] : [{ path: '/repos/', delayMs: 0, times: spared }];
  await company.control('PUT', '/faults', [...through, { path: '/repos/', ...fault }]);
}

async function subjects(): Promise<string[]> {
  const commits = await company.rest<{ commit: { message: string } }[]>(
    'token-ann',
    'GET',
    '/commits?sha=main',
  );
  return commits.map(({ commit }) => commit.message.split('\n')[0] ?? '');
}

async function countRequests(work: () => Promise<unknown>): Promise<number> {
  const before = (await company.requests()).filter(({ path }) => path.startsWith('/repos/')).length;
  await work();
  return (await company.requests()).filter(({ path }) => path.startsWith('/repos/')).length - before;
}

/** The hardest of the three always; all of them in the long run. */
const FAULTS: [string, object][] = [
  ['is answered into nothing', { cut: 'after' }],
  ...(process.env['ROLLCALL_LONG'] === '1'
    ? ([
        ['never arrives', { cut: 'before' }],
        ['meets a 502', { status: 502, body: 'Bad Gateway' }],
      ] satisfies [string, object][])
    : []),
];

describe.each(FAULTS)('a request that %s', (_, fault) => {
  it('leaves propose with one commit and one pull request, wherever it strikes', async () => {
    await company.control('POST', '/reset');
    const total = await countRequests(() => propose({ root, forge: company.forge().forge, ...common }));
    expect(total).toBeGreaterThan(10);
    for (let spared = 0; spared < total; spared += 1) {
      await company.control('POST', '/reset');
      await breakAfter(spared, fault);
      const { forge } = company.forge();
      const result = await propose({ root, forge, ...common });
      expect(result, `broken at request ${spared + 1}`).toMatchObject({ changed: true, pullRequest: 1 });
      const pulls = await company.pulls('all');
      expect(pulls.map(({ title, state }) => `${state} ${title}`)).toEqual(['open Sync: 1 mover']);
      expect(pulls[0]?.labels.map(({ name }) => name)).toEqual(['rollcall']);
      expect((await subjects()).filter((subject) => subject.startsWith('sync:'))).toEqual(['sync: 1 leaver']);
      const path = `/contents/state/plans/${planName(review)}?ref=${pulls[0]?.head.sha ?? ''}`;
      await company.rest('token-ann', 'GET', path);
      expect(await propose({ root, forge, ...common })).toMatchObject({ changed: false });
    }
  }, 120_000);

  it('leaves record with one commit and one comment, wherever it strikes', async () => {
    const place = await mkdtemp(join(tmpdir(), 'rollcall-record-'));
    await writeFiles(place, { ...planFile(review), ...receiptFile(review) });
    const input = {
      root: place,
      serverUrl: 'https://github.com',
      sleep: async () => undefined,
      now: () => '2026-11-23T12:20:00Z',
    };
    async function prepare(): Promise<void> {
      await company.control('POST', '/reset');
      await propose({ root, forge: company.forge().forge, ...common });
      await company.approve(1);
      await company.merge(1);
    }
    await prepare();
    const total = await countRequests(() => record({ ...input, forge: company.forge().forge }));
    for (let spared = 0; spared < total; spared += 1) {
      await prepare();
      await breakAfter(spared, fault);
      const result = await record({ ...input, forge: company.forge().forge });
      expect(result, `broken at request ${spared + 1}`).toMatchObject({
        changed: true,
        pullRequest: 1,
        broken: [],
      });
      expect((await subjects()).filter((subject) => subject.startsWith('receipt('))).toHaveLength(1);
      expect(await company.comments(1)).toHaveLength(1);
    }
    await rm(place, { recursive: true, force: true });
  }, 120_000);
});

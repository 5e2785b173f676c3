/** Silence, as a clock that does not depend on sync sees it: GitHub is asked when the workflow last succeeded. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type GitHub, startGitHub } from '../emulators/github/start-github.ts';
import { type Checkout, createCheckout } from './checkout.ts';
import { recorded, suspends } from './record.ts';
import { type HttpSink, startHttpSink } from './sinks.ts';

let github: GitHub;
let sink: HttpSink;
let checkout: Checkout;
beforeAll(async () => {
  github = await startGitHub({
    tokens: {
      'token-reads-runs': { login: 'github-actions[bot]', type: 'Bot', permissions: { actions: 'read' } },
      'token-blind': { login: 'github-actions[bot]', type: 'Bot', permissions: { contents: 'read' } },
    },
  });
  sink = await startHttpSink();
});
beforeEach(async () => {
  await github.control('POST', 'reset');
  await github.control('POST', 'commits', {
    files: { '.github/workflows/sync.yml': 'on: push', '.github/workflows/silence.yml': 'on: push' },
  });
  sink.hits.length = 0;
  checkout = await createCheckout({
    notifications: 'routes: [{ events: [silence], channel: slack }]\nsilenceHours: 26\n',
  });
});
afterAll(() => sink.close());

const ran = (workflow: string, at: string, conclusion = 'success'): Promise<unknown> =>
  github.control('POST', 'runs', { workflow, at, conclusion });

/** The clock of the door stands at 2026-11-23T12:00:00Z. */
async function look(token = 'token-reads-runs'): Promise<{ exit: number; titles: string[]; err: string }> {
  const { exit, json, err } = await checkout.notify(
    {
      SLACK_WEBHOOK_URL: sink.url,
      GITHUB_TOKEN: token,
      GITHUB_REPOSITORY: 'acme/identity',
      GITHUB_API_URL: github.url,
      GITHUB_WORKFLOW_REF: 'acme/identity/.github/workflows/silence.yml@refs/heads/main',
    },
    '--event',
    'silence',
    '--watch',
    'sync.yml',
  );
  return { exit, titles: (json.messages ?? []).map(({ title }) => title), err };
}

it('a sync that succeeded within the hours is no silence, on a quiet day without any commit as well', async () => {
  await ran('sync.yml', '2026-11-22T11:30:00Z');
  await ran('sync.yml', '2026-11-23T11:30:00Z', 'failure');
  expect(await look()).toMatchObject({ exit: 0, titles: [] });
  await checkout.close();
});

it('is told when it is, though plans are being applied and a hold was committed meanwhile', async () => {
  await ran('sync.yml', '2026-11-22T01:00:00Z');
  await checkout.record(recorded([suspends('1')], 'done', { finishedAt: '2026-11-23T11:00:00Z' }));
  await checkout.commit();
  expect(await look()).toMatchObject({ exit: 0, titles: ['No successful run for 35 hours'] });
  await checkout.close();
});

it('once for every so many hours of it, without any ledger: what was due by the last look was told then', async () => {
  await ran('sync.yml', '2026-11-22T01:00:00Z');
  await ran('silence.yml', '2026-11-23T02:00:00Z');
  expect((await look()).titles).toEqual(['No successful run for 35 hours']);
  await checkout.close();
  await ran('silence.yml', '2026-11-23T11:00:00Z');
  checkout = await createCheckout({ notifications: 'routes: [{ events: [silence], channel: slack }]\n' });
  expect((await look()).titles).toEqual([]);
  await checkout.close();
});

it('no sync ever is silence, told once a day', async () => {
  expect((await look()).titles).toEqual(['No successful run for as long as the record goes']);
  await checkout.close();
  await ran('silence.yml', '2026-11-23T01:00:00Z');
  checkout = await createCheckout({ notifications: 'routes: [{ events: [silence], channel: slack }]\n' });
  expect((await look()).titles).toEqual([]);
  await checkout.close();
});

it('a token that may not read runs is named, and is no silence', async () => {
  const { exit, titles, err } = await look('token-blind');
  expect([exit, titles]).toEqual([2, []]);
  expect(err).toContain('actions');
  expect(sink.hits).toEqual([]);
  await checkout.close();
});

it.each([['../x.yml'], ['sync'], ['a b.yml']])('--watch %s is bad input', async (name) => {
  expect((await checkout.notify({}, '--event', 'silence', '--watch', name)).exit).toBe(2);
  await checkout.close();
});

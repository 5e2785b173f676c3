import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectIssues } from '../../../scripts/adapters/github/issues.ts';
import type { RunningEmulator } from '../../../scripts/emulators/kit/server.ts';
import { startForge } from '../../forge.ts';

let github: RunningEmulator;
beforeAll(async () => {
  github = await startForge(
    {
      repository: 'acme/identity',
      tokens: {
        'token-app': { login: 'rollcall[bot]', type: 'Bot', bypass: true },
        'token-ann': { login: 'ann', type: 'User', permission: 'write' },
      },
    },
    '2026-11-23T12:00:00Z',
  );
});
afterAll(() => github.close());

const connect = (token = 'token-app') =>
  connectIssues(
    { token, owner: 'acme', repo: 'identity', apiUrl: github.url },
    { sleep: () => Promise.resolve() },
  );
const wanted = { title: 'Out of step: 2', body: 'two things', open: true, labels: ['rollcall'] };

async function call(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${github.url}${path}`, {
    method,
    headers: { authorization: 'Bearer token-ann', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.status === 204 ? undefined : answer.json();
}
const issues = async (): Promise<{ number: number; title: string; state: string }[]> =>
  (await call('GET', '/repos/acme/identity/issues?state=all&direction=asc')) as never;

describe('one issue kept up to date', () => {
  it('is not made when nothing is out of step', async () => {
    expect(await connect().putIssue('m', { ...wanted, open: false })).toBeNull();
    expect(await issues()).toEqual([]);
  });

  it('is made once, left alone when nothing changed, changed, closed and opened again', async () => {
    // Ann quotes the marker: hers is not ours.
    await call('POST', '/repos/acme/identity/issues', {
      title: 'copy',
      body: '<!-- rollcall:m -->\nquoted',
      labels: ['rollcall'],
    });
    const tracker = connect();
    const made = await tracker.putIssue('m', wanted);
    expect(made).toMatchObject({ number: 2, changed: true });
    expect(await tracker.putIssue('m', wanted)).toMatchObject({ number: 2, changed: false });
    expect(await tracker.putIssue('m', { ...wanted, title: 'Out of step: 1' })).toMatchObject({
      changed: true,
    });
    await tracker.putIssue('m', { ...wanted, title: 'in step', open: false });
    expect((await issues()).map(({ title, state }) => `${title} ${state}`)).toEqual([
      'copy open',
      'in step closed',
    ]);
    expect(await tracker.putIssue('m', wanted)).toMatchObject({ number: 2, changed: true });
    expect((await issues())[1]).toMatchObject({ title: wanted.title, state: 'open' });
    expect(await tracker.putIssue('other', wanted)).toMatchObject({ number: 3 });
  });

  it('an answer that got lost makes no second one', async () => {
    const faults = [{ method: 'POST', path: '/repos/acme/identity/issues', cut: 'after', times: 1 }];
    await fetch(`${github.url}/_emulator/faults`, { method: 'PUT', body: JSON.stringify(faults) });
    const before = (await issues()).length;
    expect(await connect().putIssue('lost', wanted)).toMatchObject({ changed: true });
    expect(await issues()).toHaveLength(before + 1);
  });

  it('a token that may not is exit 2', async () => {
    await expect(connect('token-wrong').putIssue('m', wanted)).rejects.toMatchObject({ exit: 2 });
  });
});

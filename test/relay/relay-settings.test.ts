import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Failure } from '../../scripts/core/values/failure.ts';
import { followKeyFile } from '../../scripts/shell/relay/key-file.ts';
import type { RelayEvent } from '../../scripts/shell/relay/relay-log.ts';
import { parseKeys, readRelaySettings } from '../../scripts/shell/relay/relay-settings.ts';

const GOOD = { BAMBOOHR_WEBHOOK_KEY: 'key-one', GITHUB_TOKEN: 'canary', GITHUB_REPOSITORY: 'acme/identity' };
const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

function failureOf(environment: Record<string, string | undefined>): Failure {
  try {
    readRelaySettings(environment);
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error('no failure');
}

describe('the settings', () => {
  it('are read', () => {
    expect(readRelaySettings({ ...GOOD, BAMBOOHR_WEBHOOK_KEY: ' a, b ,,a' })).toEqual({
      keys: ['a', 'b'],
      company: undefined,
      github: { apiUrl: 'https://api.github.com', repository: 'acme/identity', token: 'canary' },
      heartbeatHours: undefined,
    });
    expect(
      readRelaySettings(
        { ...GOOD, BAMBOOHR_COMPANY: 'acme', RELAY_HEARTBEAT: '24', GITHUB_API_URL: 'https://g/api/v3/' },
        'k\n',
      ),
    ).toMatchObject({
      keys: ['k'],
      company: 'acme',
      heartbeatHours: 24,
      github: { apiUrl: 'https://g/api/v3' },
    });
  });

  it.each([
    ['nothing', {}, 'missing-variable'],
    ['a blank key', { ...GOOD, BAMBOOHR_WEBHOOK_KEY: '  ' }, 'missing-variable'],
    ['only commas', { ...GOOD, BAMBOOHR_WEBHOOK_KEY: ',,' }, 'missing-variable'],
    ['no token', { ...GOOD, GITHUB_TOKEN: '' }, 'missing-variable'],
    ['a repository without owner', { ...GOOD, GITHUB_REPOSITORY: 'identity' }, 'bad-repository'],
    ['a repository with a path', { ...GOOD, GITHUB_REPOSITORY: 'acme/identity/x' }, 'bad-repository'],
    ['a repository that leads elsewhere', { ...GOOD, GITHUB_REPOSITORY: '../..' }, 'bad-repository'],
    ['an owner of dots', { ...GOOD, GITHUB_REPOSITORY: 'acme/..' }, 'bad-repository'],
    ['plain http', { ...GOOD, GITHUB_API_URL: 'http://api.github.com' }, 'insecure-address'],
    ['a heartbeat of words', { ...GOOD, RELAY_HEARTBEAT: 'daily' }, 'bad-heartbeat'],
    ['a heartbeat of seconds', { ...GOOD, RELAY_HEARTBEAT: '0.01' }, 'bad-heartbeat'],
  ] as const)('are refused with exit 2: %s', (_, environment, code) => {
    const failure = failureOf(environment);
    expect(failure).toMatchObject({ exit: 2, code });
    expect(`${failure.message} ${failure.remedy}`).not.toContain('canary');
  });
});

describe('a key file', () => {
  it('is followed; a slip while editing it shuts nobody out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-keys-'));
    folders.push(folder);
    const path = join(folder, 'keys');
    await writeFile(path, 'one\n');
    let now = 0;
    const events: RelayEvent[] = [];
    const keys = followKeyFile(
      path,
      () => now,
      (event) => events.push(event),
    );
    expect(keys()).toEqual(['one']);
    await writeFile(path, 'two\none\n');
    expect(keys()).toEqual(['one']);
    now += 5000;
    expect(keys()).toEqual(['two', 'one']);
    await writeFile(path, '\n');
    now += 5000;
    expect(keys()).toEqual(['two', 'one']);
    await rm(path);
    now += 5000;
    expect(keys()).toEqual(['two', 'one']);
    await writeFile(path, 'three');
    now += 5000;
    expect(keys()).toEqual(['three']);
    expect(events.map(({ level, reason }) => [level, reason])).toEqual([
      ['info', undefined],
      ['error', 'no-key-in-file'],
      ['error', 'key-file-unreadable'],
      ['info', undefined],
    ]);
    expect(parseKeys('a\r\nb,c\n')).toEqual(['a', 'b', 'c']);
  });
});

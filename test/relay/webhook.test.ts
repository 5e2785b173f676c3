/** The webhook's life against the emulated BambooHR, through the door; and one event from there to a dispatch. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { connectWebhooks } from '../../scripts/adapters/bamboohr/webhooks.ts';
import { openDoor, type Outside } from '../../scripts/shell/door.ts';
import { finishRotation } from '../../scripts/shell/relay/register-webhook.ts';
import { createRelayLog } from '../../scripts/shell/relay/relay-log.ts';
import { readRelaySettings } from '../../scripts/shell/relay/relay-settings.ts';
import { startRelay } from '../../scripts/shell/relay/start-relay.ts';
import { door } from '../../scripts/webhook.ts';
import { type Bamboo, person, startBamboo } from '../emulators/bamboohr/start-bamboohr.ts';
import { startPlayGithub } from './play-github.ts';

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const URL = 'https://relay.example.com/webhook';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-webhook-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function bamboo(extra: Record<string, unknown> = {}, now?: string): Promise<Bamboo> {
  return startBamboo(
    { company: 'acme', companyId: '12345', employees: [person('1'), person('2')], ...extra },
    now,
  );
}

interface Ran {
  exit: number;
  out: string;
  err: string;
  json: Record<string, unknown>;
}

async function run(base: string, args: string[], key = 'secret'): Promise<Ran> {
  let [out, err] = ['', ''];
  const outside: Outside = {
    args: [...args, '--json'],
    environment: { BAMBOOHR_COMPANY: 'acme', BAMBOOHR_API_KEY: key, BAMBOOHR_BASE_URL: base },
    folder: tmpdir(),
    stdout: { write: (text) => (out += text), isTerminal: false, columns: 100 },
    stderr: { write: (text) => (err += text), isTerminal: false, columns: 100 },
    now: () => new Date(),
    onSignal: () => undefined,
    onUncaught: () => undefined,
  };
  const exit = await openDoor(door, outside);
  return { exit, out, err, json: out === '' ? {} : (JSON.parse(out) as Record<string, unknown>) };
}

function codesOf({ json }: Ran): string[] {
  return (json['findings'] as { code: string }[]).map(({ code }) => code);
}

describe('webhook create and verify', () => {
  it('makes the webhook that is wanted, hands the key to a private file and nowhere else', async () => {
    const { url, get } = await bamboo();
    const file = join(await newFolder(), 'keys', 'webhook');
    const made = await run(url, ['create', '--url', URL, '--key-file', file]);
    expect(made.exit).toBe(0);
    const key = (await readFile(file, 'utf8')).trim();
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(made.out + made.err).not.toContain(key);
    const { webhooks } = await get<{ webhooks: { id: string; url: string }[] }>('/api/v1/webhooks');
    expect(webhooks).toMatchObject([{ id: made.json['id'], url: URL }]);
    const full = await get<Record<string, unknown>>(`/api/v1/webhooks/${String(made.json['id'])}`);
    expect(full).toMatchObject({
      format: 'json',
      events: ['employee.created', 'employee.updated', 'employee.deleted'],
      includeCompanyDomain: true,
    });
    expect(full['monitorFields']).toEqual(
      expect.arrayContaining(['status', 'employmentHistoryStatus', 'hireDate']),
    );

    const verified = await run(url, ['verify', '--url', URL]);
    expect(verified.exit).toBe(0);
    expect(codesOf(verified)).toEqual(['webhook-never-sent']);
    const twice = await run(url, ['create', '--url', URL, '--key-file', `${file}-2`]);
    expect(twice.exit).toBe(2);
    expect(twice.err).toContain('webhook-exists');
    const buried = await run(url, ['create', '--url', `${URL}/2`, '--key-file', file]);
    expect(buried.exit).toBe(2);
    expect((await get<{ webhooks: unknown[] }>('/api/v1/webhooks')).webhooks).toHaveLength(1);
  });

  it('prints the key only when asked in so many words', async () => {
    const { url } = await bamboo();
    expect((await run(url, ['create', '--url', URL])).exit).toBe(2);
    const printed = await run(url, ['create', '--url', URL, '--print-key']);
    expect(printed.json['privateKey']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('says what is wrong', async () => {
    const { url, ask } = await bamboo();
    expect(codesOf(await run(url, ['verify', '--url', URL]))).toEqual(['webhook-missing']);
    await ask('/api/v1/webhooks', {
      body: {
        name: 'Rollcall relay',
        url: 'https://old.example.com/',
        format: 'json',
        events: ['employee_with_fields.updated'],
        monitorFields: ['status'],
      },
    });
    const verified = await run(url, ['verify', '--url', URL]);
    expect(verified.exit).toBe(1);
    expect(codesOf(verified)).toEqual([
      'webhook-url',
      'webhook-fields',
      'webhook-never-sent',
      'webhook-with-fields',
    ]);
  });

  it('names what BambooHR refuses, without quoting it', async () => {
    const { url } = await bamboo();
    const plain = await run(url, ['create', '--url', 'http://relay.example.com/webhook', '--print-key']);
    expect(plain.exit).toBe(2);
    expect(plain.err).toContain('webhook-refused');
    const narrow = await bamboo({ apiKeys: [{ key: 'narrow', hideFields: ['employmentHistoryStatus'] }] });
    const refused = await run(narrow.url, ['create', '--url', URL, '--print-key'], 'narrow');
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain('webhook-refused');
    expect(refused.err).toContain('1 of its monitored fields may not be read');
  });

  it('takes back a webhook whose answer was lost, or whose key could not be kept', async () => {
    const { url, get, control } = await bamboo();
    await control('PUT', 'faults', [{ method: 'POST', path: '/api/v1/webhooks', cut: 'after' }]);
    const lost = await run(url, ['create', '--url', URL, '--print-key']);
    expect(lost.exit).toBe(1);
    expect((await get<{ webhooks: unknown[] }>('/api/v1/webhooks')).webhooks).toEqual([]);

    const file = join(await newFolder(), 'key');
    await writeFile(file, 'an-old-key-of-ours\n', { mode: 0o600 });
    expect((await run(url, ['create', '--url', URL, '--key-file', file])).exit).toBe(2);
    expect((await get<{ webhooks: unknown[] }>('/api/v1/webhooks')).webhooks).toEqual([]);
  });
});

describe('webhook log', () => {
  it('survives the 200 that says 429', async () => {
    const { url } = await bamboo({ webhookLogLimit: 1 });
    const made = await run(url, ['create', '--url', URL, '--print-key']);
    const id = String(made.json['id']);
    expect((await run(url, ['log', '--id', id])).json).toEqual({ entries: [] });
    const busy = await run(url, ['log', '--id', id]);
    expect(busy.exit).toBe(1);
    expect(busy.err).toContain('webhook-log-busy');
    expect((await run(url, ['verify', '--url', URL])).exit).toBe(0);
  });
});

describe('webhook log of an id that is none', () => {
  it.each(['99', 'UNKNOWN'])('says so of %s and names those that there are', async (id) => {
    const { url } = await bamboo();
    const none = await run(url, ['log', '--id', id]);
    expect(none.exit).toBe(2);
    expect(none.err).toContain(
      `BambooHR has no webhook "${id}" of this key's user; it has none [no-such-webhook]`,
    );
    expect(none.err).toContain('What to do: npm run webhook -- list names them');
    const made = String((await run(url, ['create', '--url', URL, '--print-key'])).json['id']);
    expect((await run(url, ['log', '--id', id])).err).toContain(`user; it has ${made} [no-such-webhook]`);
  });

  it('is that of somebody else’s, too', async () => {
    const { url } = await bamboo({ apiKeys: [{ key: 'ours' }, { key: 'theirs' }] });
    const made = String((await run(url, ['create', '--url', URL, '--print-key'], 'theirs')).json['id']);
    expect((await run(url, ['log', '--id', made], 'ours')).err).toContain('no-such-webhook');
  });

  it('stays the company that is unknown where it is that', async () => {
    const { url, control } = await bamboo();
    await control('PUT', 'faults', [{ path: '/api/v1/webhooks', status: 404, times: 9 }]);
    expect((await run(url, ['log', '--id', '99'])).err).toContain('bamboohr-company');
  });
});

describe('from BambooHR to a dispatch', () => {
  it('tells of a termination; rotates without losing one; finishes only with proof', async () => {
    const now = new Date().toISOString();
    const { url, control, get } = await bamboo({ allowHttpWebhooks: true }, now);
    const github = await startPlayGithub();
    ends.push(() => github.close());
    const file = join(await newFolder(), 'key');
    const lines: string[] = [];
    // The relay's address must be known before the webhook, its key before the relay: start it with a key of nobody.
    await writeFile(file, 'key-of-nobody\n', { mode: 0o600 });
    let ahead = 0;
    const relay = await startRelay({
      settings: readRelaySettings(
        {
          GITHUB_TOKEN: 'token',
          GITHUB_REPOSITORY: 'acme/identity',
          GITHUB_API_URL: github.url,
          BAMBOOHR_COMPANY: 'acme',
        },
        'key-of-nobody',
      ),
      port: 0,
      host: '127.0.0.1',
      keyFile: file,
      now: () => Date.now() + ahead,
      log: createRelayLog((line) => lines.push(line), Date.now),
    });
    ends.push(() => relay.close());
    const hook = `http://127.0.0.1:${relay.port}/webhook`;
    const first = await run(url, ['rotate', '--url', hook, '--key-file', file]);
    expect(first.exit).toBe(0);
    ahead += 10_000;

    async function change(id: string, fields: Record<string, unknown>): Promise<void> {
      const state = (await control('GET', 'state')).json<{ employees: Record<string, unknown>[] }>();
      const employees = state.employees.map((row) => (row['id'] === id ? { ...row, ...fields } : row));
      const reply = await control('PUT', 'state', { ...state, employees });
      expect(reply.status).toBe(204);
    }
    async function settled(isTrue: () => boolean): Promise<void> {
      for (let waited = 0; !isTrue() && waited < 5000; waited += 10) await pause(10);
      await pause(50);
    }

    await change('1', { status: 'Inactive', employmentHistoryStatus: 'Terminated' });
    await settled(() => github.landed.length > 0);
    expect(new Set(github.landed.flat())).toEqual(new Set(['1']));
    expect((await run(url, ['verify', '--url', hook])).json['findings']).toEqual([]);

    // Second key: until the relay has read the file again the new webhook is refused, the old one tells.
    github.landed.length = 0;
    const begun = await run(url, ['rotate', '--url', hook, '--key-file', file]);
    expect(begun.exit).toBe(0);
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(3);
    const unproven = await run(url, ['rotate', '--url', hook, '--finish']);
    expect(unproven.exit).toBe(3);
    await change('2', { status: 'Inactive', employmentHistoryStatus: 'Terminated' });
    await settled(() => github.landed.length > 0);
    expect(new Set(github.landed.flat())).toEqual(new Set(['2']));
    expect((await run(url, ['rotate', '--url', hook, '--finish'])).exit).toBe(3);

    ahead += 10_000;
    lines.length = 0;
    github.landed.length = 0;
    await change('1', { status: 'Active', employmentHistoryStatus: 'Full-Time' });
    await settled(() => lines.filter((line) => line.includes('"key":')).length >= 2);
    const finished = await run(url, ['rotate', '--url', hook, '--finish']);
    expect(finished).toMatchObject({ exit: 0, json: { removed: [first.json['id']], id: begun.json['id'] } });
    expect((await get<{ webhooks: unknown[] }>('/api/v1/webhooks')).webhooks).toHaveLength(1);
    for (const key of (await readFile(file, 'utf8')).trim().split('\n'))
      expect(lines.join('')).not.toContain(key);
  }, 30_000);

  it('finishes without proof when forced', async () => {
    const { url } = await bamboo();
    await run(url, ['create', '--url', URL, '--print-key']);
    await run(url, ['rotate', '--url', URL, '--print-key']);
    const third = await run(url, ['rotate', '--url', URL, '--print-key']);
    expect(third.exit).toBe(2);
    expect(third.err).toContain('rotation-open');
    const admin = connectWebhooks({
      BAMBOOHR_COMPANY: 'acme',
      BAMBOOHR_API_KEY: 'secret',
      BAMBOOHR_BASE_URL: url,
    });
    expect((await finishRotation(admin, URL, true)).removed).toHaveLength(1);
    expect(await admin.list()).toHaveLength(1);
  });
});

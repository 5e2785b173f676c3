import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startForge } from '../forge.ts';
import { employee } from '../line/company.ts';
import type { Line } from '../line/line-world.ts';
import { settle, succeeded } from '../line/settle.ts';
import {
  type Document,
  groupOf,
  inConsole,
  READER,
  runReconcile,
  startSettled,
  userOf,
  WRITER,
} from './reconcile-world.ts';

const NASTY = `<img src=x onerror=alert(1)> \`|[x](y) @ann \u202e\u001b[31m`;

describe('over a settled company', () => {
  let line: Line;
  beforeAll(async () => {
    line = await startSettled();
  });
  afterAll(() => line.close());

  const look = async (args: string[] = []): Promise<Document> =>
    succeeded(await runReconcile(line, ['--json', ...args])).json<Document>();

  it('finds nothing out of step, and writes nothing at all', async () => {
    const files = await line.hashes();
    await line.forget();
    const document = await look();
    const inStep = document.drift.filter(({ severity }) => severity !== 'info');
    expect(inStep).toEqual([]);
    expect(document.compared).toEqual({ people: 6, accounts: 6, groups: 17 });
    expect(await line.hashes()).toEqual(files);
    const writes = (await line.writes()).filter(({ path }) => !path.startsWith('/insights/'));
    expect(writes).toEqual([]);
  });

  describe('after an afternoon in the console', () => {
    let document: Document;
    beforeAll(async () => {
      await line.goTo('2026-11-24T18:00:00Z');
      await inConsole(line, (state) => {
        userOf(state, 'ada.byron')['jobTitle'] = 'Empress';
        userOf(state, 'bob.stone')['state'] = 'SUSPENDED';
        groupOf(state, 'Sales').members = ['eve.okafor', 'fay.quist'];
        state.users.push({ username: 'ghost', email: 'ghost@example.com', displayname: NASTY });
        userOf(state, 'dee.nowak')['email'] = 'dee@example.org';
      });
      await line.forget();
      document = await look();
    });

    it.each([
      ['attribute-mismatch', '101', 'jobTitle', 'auto'],
      ['attribute-mismatch', '104', 'email', 'pull-request'],
      ['state-mismatch', '102', undefined, 'pull-request'],
      ['group-mismatch', '103', 'Sales', 'pull-request'],
      ['unmanaged-member', '106', 'Sales', 'report'],
      ['active-without-person', undefined, undefined, 'report'],
    ])('%s of %s %s: the console did it', (kind, person, target, remedy) => {
      const found = document.drift.filter((item) => item.kind === kind && item.person === person);
      const drift = found.find((item) => target === undefined || item.target === target);
      expect(drift).toMatchObject({
        remedy,
        by: { kind: 'others', who: 'console', how: 'in the console', at: '2026-11-24T18:00:00.000Z' },
      });
    });

    it('learnt from receipts which key is ours, and blames it for nothing', () => {
      expect(document.log).toMatchObject({ state: 'read', own: ['rollcall@example.com'] });
      expect(document.drift.filter(({ by }) => by !== undefined && by.kind !== 'others')).toEqual([]);
    });

    it('sent reads only, with the key that can only read', async () => {
      const sent = await line.requests('jumpcloud');
      const routes = new Set(
        sent.map(({ method, path }) => `${method} ${path.replaceAll(/[0-9a-f]{24}/g, '{id}')}`),
      );
      expect([...routes].filter((route) => !route.startsWith('GET '))).toEqual([
        'POST /insights/directory/v1/events',
      ]);
      expect(sent.every(({ status }) => status === 200)).toBe(true);
    });

    it('says so in every form, and nothing of a stranger acts in any', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'rollcall-report-'));
      const ran = succeeded(
        await runReconcile(line, ['--format', 'terminal,markdown,html,json', '--out', folder]),
      );
      expect(ran.out.split('\n').filter(Boolean)).toHaveLength(4);
      const read = (extension: string): Promise<string> =>
        readFile(join(folder, `reconcile.${extension}`), 'utf8');
      const [html, md, txt] = await Promise.all(['html', 'md', 'txt'].map(read));
      expect(JSON.parse(await read('json'))).toEqual(document);
      for (const text of [html, md, txt]) {
        expect(text).toContain('Accounts active without a person');
        expect(text).toMatch(/in the console/);
      }
      expect(html).not.toMatch(/<script|<img|src=|href="(?!#)|url\(|@import/);
      expect(txt).not.toMatch(/[\u001b\u202e]/);
      await rm(folder, { recursive: true });
    });

    it('shows the table on the terminal by default', async () => {
      const { out } = succeeded(await runReconcile(line));
      expect(out).toMatch(/^Out of step as of 2026-11-2\d: \d+ differences \(/);
      expect(out).toContain('101 Ada Byron');
      expect(out).toContain('changed by console in the console on 2026-11-24T18:00:00Z');
    });
  });

  it('a write by our key that no receipt has is a finding of its own', async () => {
    const state = await line.control<{ users: { id: string; username: string }[] }>(
      'jumpcloud',
      'GET',
      '/state',
    );
    const eve = state.users.find(({ username }) => username === 'eve.okafor') as {
      id?: string;
      _id?: string;
    };
    const answer = await fetch(`${line.url('jumpcloud')}/api/systemusers/${eve.id ?? eve._id}`, {
      method: 'PUT',
      headers: { 'x-api-key': WRITER, 'content-type': 'application/json' },
      body: JSON.stringify({ jobTitle: 'Owner' }),
    });
    expect(answer.status).toBe(200);
    const { drift } = await look();
    expect(drift.find(({ kind }) => kind === 'unrecorded-write')).toMatchObject({
      severity: 'critical',
      person: '105',
      target: 'jobTitle',
      by: { kind: 'rollcall-key', who: 'rollcall@example.com', how: 'with an API key' },
    });
  });

  it.each([
    ['not enabled', { status: 402, body: { message: 'not enabled' } }],
    ['busy', { status: 503, retryAfter: 99_999 }],
    ['not allowed', { status: 403, body: { message: 'no' } }],
    ['unreadable', { status: 200, body: '<html></html>' }],
  ])(
    'the comparison stands when the log is %s',
    async (_name, fault) => {
      await line.faults('jumpcloud', [{ path: '/insights', times: 20, ...fault } as never]);
      const document = await look();
      await line.faults('jumpcloud', []);
      expect(document.log.state).toBe('unavailable');
      expect(document.counts['active-without-person']).toBe(1);
      expect(document.drift.every(({ by }) => by === undefined)).toBe(true);
    },
    60_000,
  );

  it('compares while changes are frozen', async () => {
    const text = await line.read('mappings/guardrails.yaml');
    await line.write('mappings/guardrails.yaml', `freeze: { reason: migration, owner: it }\n${text}`);
    expect((await runReconcile(line, ['--json'])).exit).toBe(0);
    await line.write('mappings/guardrails.yaml', text);
  });

  it('a person file that does not read is exit 2 with its place: nobody is left out of the comparison', async () => {
    const path = 'state/people/05/105.yaml';
    const text = await line.read(path);
    await line.write(path, text.replace('employee:', 'employee: {'));
    const { exit, out, err } = await runReconcile(line);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toMatch(new RegExp(`${path}:\\d+:\\d+: a bracket`));
    await line.write(path, text);
  });

  it('keeps one issue up to date, and leaves it alone when nothing changed', async () => {
    const github = await startForge(
      {
        repository: 'acme/identity',
        tokens: { 'token-app': { login: 'rollcall[bot]', type: 'Bot', bypass: true } },
      },
      '2026-11-24T18:00:00Z',
    );
    const environment = {
      GITHUB_TOKEN: 'token-app',
      GITHUB_REPOSITORY: 'acme/identity',
      GITHUB_API_URL: github.url,
    };
    const first = succeeded(await runReconcile(line, ['--issue'], environment));
    expect(first.out).toMatch(/issue 1 was brought up to date: http/);
    const second = succeeded(await runReconcile(line, ['--issue'], environment));
    expect(second.out).toContain('issue 1 says so already');
    await github.close();
  });

  it.each([
    [['--format', 'pdf'], 'none of terminal, markdown, html, json'],
    [['--format', 'html,json'], 'several formats need --out'],
    [['--issue'], 'GITHUB_TOKEN'],
  ])('%j is bad input', async (args, words) => {
    const ran = await runReconcile(line, args);
    expect(ran.exit).toBe(2);
    expect(ran.err).toContain(words);
  });
});

describe('leavers', () => {
  it('who were given something after they left are found, whoever suspended them', async () => {
    const line = await startSettled({
      jumpcloud: { systems: [{ displayName: 'mac', hostname: 'mac.local' }] },
    });
    await line.hr('103', {
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-11-20',
    });
    await settle(line);
    await inConsole(line, (state) => {
      groupOf(state, 'Finance').members.push('cas.meyer');
      state['associations'] = [{ user: 'cas.meyer', type: 'system', target: 'mac' }];
    });
    const { drift } = succeeded(await runReconcile(line, ['--json'])).json<Document>();
    const still = drift.filter(({ kind }) => kind === 'suspended-still-bound');
    expect(still.map(({ person, target, by }) => [person, target, by?.who]).sort()).toEqual([
      ['103', 'Finance', 'console'],
      ['103', 'mac', 'console'],
    ]);
    await line.close();
  });

  it('an unknown key is exit 2 and a hostile HR name changes nothing', async () => {
    const line = await startSettled({
      bamboohr: {
        company: 'acme',
        timezone: 'America/Denver',
        employees: [employee('201', `Zed ${NASTY}`, 'Quux', { workEmail: 'zed@example.com' })],
      },
    });
    await inConsole(line, (state) => (userOf(state, 'zed')['jobTitle'] = NASTY));
    const ran = succeeded(await runReconcile(line, ['--format', 'html']));
    expect(ran.out).not.toMatch(/<img/);
    const markdown = succeeded(await runReconcile(line, ['--format', 'markdown'])).out;
    expect(markdown).not.toMatch(/<img|@ann/);
    const refused = await runReconcile(line, [], { JUMPCLOUD_API_KEY: `${READER}-wrong` });
    expect(refused.exit).toBe(2);
    await line.close();
  });
});

/**
 * Every door over one company in which secrets, private facts, people and traps are planted, first as it should be, then
 * over vendors that refuse and repeat, then over broken files. Whatever comes out is kept by what it is, and looked through.
 *
 * | what                                     | secrets, private facts | people            |
 * |------------------------------------------|------------------------|-------------------|
 * | stderr, annotations, outputs of a job    | never                  | never             |
 * | commit messages, branches, URLs          | never                  | never             |
 * | receipts, Slack, the signed webhook      | never                  | never             |
 * | stdout, summaries, pull requests, issues | never                  | names             |
 * | state/people, plans, pages, evidence     | never                  | what mappings use |
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { door as applyDoor } from '../../scripts/apply.ts';
import { door as approvalsDoor } from '../../scripts/approvals.ts';
import { door as auditDoor } from '../../scripts/audit.ts';
import { door as checkDoor } from '../../scripts/check.ts';
import { door as commentDoor } from '../../scripts/comment.ts';
import { door as explainDoor } from '../../scripts/explain.ts';
import { door as exportDoor } from '../../scripts/export.ts';
import { door as fetchMappingsDoor } from '../../scripts/fetch-mappings.ts';
import { door as guardDoor } from '../../scripts/guard.ts';
import { door as handoverDoor } from '../../scripts/handover.ts';
import { door as holdDoor } from '../../scripts/hold.ts';
import { door as notifyDoor } from '../../scripts/notify.ts';
import { door as pictureDoor } from '../../scripts/picture.ts';
import { door as planDoor } from '../../scripts/plan.ts';
import { door as previewDoor } from '../../scripts/preview.ts';
import { door as proposeDoor } from '../../scripts/propose.ts';
import { door as reconcileDoor } from '../../scripts/reconcile.ts';
import { door as recordDoor } from '../../scripts/record.ts';
import { door as setupDoor } from '../../scripts/setup.ts';
import { door as startSyncDoor } from '../../scripts/start-sync.ts';
import { door as webhookDoor } from '../../scripts/webhook.ts';
import { personFileOf } from '../../scripts/core/values/hr-id.ts';
import { type Door, openDoor } from '../../scripts/shell/door.ts';
import type { OptionTable } from '../../scripts/shell/options.ts';
import { FILTERS, filteredText, htmlOf, tagsOf } from '../core/render/github-reading.ts';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY, unlinked } from '../line/company.ts';
import { type Company, REPOSITORY, startCompany, TOKENS } from '../line/forge-world.ts';
import { type Line, PROJECT, startLine } from '../line/line-world.ts';
import { type HttpSink, type SmtpSink, startHttpSink, startSmtpSink } from '../notify/sinks.ts';
import { createOutside } from '../shell/outside.ts';
import { echoOf, FUTURE_EXIT, leaksOf, NAMED, PRIVATE, SECRETS, spellingsOf } from './planted.ts';

const DOORS = {
  apply: applyDoor,
  approvals: approvalsDoor,
  audit: auditDoor,
  check: checkDoor,
  comment: commentDoor,
  explain: explainDoor,
  export: exportDoor,
  'fetch-mappings': fetchMappingsDoor,
  guard: guardDoor,
  handover: handoverDoor,
  hold: holdDoor,
  notify: notifyDoor,
  picture: pictureDoor,
  plan: planDoor,
  preview: previewDoor,
  propose: proposeDoor,
  reconcile: reconcileDoor,
  record: recordDoor,
  setup: setupDoor,
  'start-sync': startSyncDoor,
  webhook: webhookDoor,
} as const;
type Verb = keyof typeof DOORS;

/** Doors that no run of a company opens, and the relay, which has its own canaries (forge-canaries.test.ts). */
const ELSEWHERE = ['bench', 'demo', 'disasters', 'emulators', 'relay', 'schemas'];

/** Somebody whose facts are a trap for whoever reads them: forged lines, commands of runners, markup, terminal codes. */
const TRAP = {
  firstName: 'Mal\nFORGED line',
  lastName: '[x](https://evil.example) <img src=x onerror=alert(1)> @everyone',
  jobTitle: '::error::FORGED ##[add-mask]x [skip ci] fixes #1 GH-2',
  department: "=cmd|' /C calc'!A1",
  location: '\u001b[31m\u202egnp.exe ` | ``` </script>',
  workPhone: '%0A::set-output name=x::FORGED',
};

const IS_LONG = process.env['ROLLCALL_LONG'] === '1';

type Kind = 'log' | 'stdout' | 'summary' | 'outputs' | 'page' | 'evidence' | 'quiet' | 'markdown' | 'state';
interface Shown {
  where: string;
  kind: Kind;
  text: string;
}

const shown: Shown[] = [];
const exits: [string, number][] = [];
const ends: (() => Promise<unknown>)[] = [];
let line: Line;
let company: Company;
let hook: HttpSink;
let smtp: SmtpSink;
let scratch: string;
let root: string;
let webhookKey: string;
let secrets: string[];

async function run(verb: Verb, args: string[], more: Record<string, string> = {}): Promise<string> {
  const door: Door<OptionTable> = DOORS[verb] as Door<OptionTable>;
  const [summary, outputs] = [join(scratch, 'summary'), join(scratch, 'outputs')];
  const outside = createOutside(['--root', root, ...args], {
    folder: root,
    environment: {
      ...SECRETS,
      ...line.environment,
      BAMBOOHR_API_KEY: SECRETS['BAMBOOHR_API_KEY'] ?? '',
      JUMPCLOUD_API_KEY: SECRETS['JUMPCLOUD_API_KEY'] ?? '',
      JUMPCLOUD_CLIENT_SECRET: '',
      SLACK_WEBHOOK_URL: `${hook.url}/slack/${encodeURIComponent(SECRETS['SLACK_WEBHOOK_URL'] ?? '')}`,
      NOTIFY_WEBHOOK_URL: `${hook.url}/hook/${encodeURIComponent(SECRETS['NOTIFY_WEBHOOK_URL'] ?? '')}`,
      SMTP_URL: smtp.url,
      // What is on loopback goes without it.
      HTTPS_PROXY: `http://rollcall:${encodeURIComponent(SECRETS['HTTPS_PROXY'] ?? '')}@127.0.0.1:9`,
      HTTP_PROXY: `http://rollcall:${encodeURIComponent(SECRETS['HTTP_PROXY'] ?? '')}@127.0.0.1:9`,
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: REPOSITORY,
      GITHUB_API_URL: company.url,
      GITHUB_RUN_ID: '77',
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: outputs,
      ...more,
    },
  });
  const exit = await openDoor(door, outside);
  const where = `${exits.length} ${verb} ${args.join(' ').slice(0, 60)}`;
  exits.push([verb, exit]);
  shown.push({ where, kind: 'stdout', text: outside.out() }, { where, kind: 'log', text: outside.err() });
  for (const [kind, file] of [
    ['summary', summary],
    ['outputs', outputs],
  ] as const) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text !== '') shown.push({ where, kind, text });
    await rm(file, { force: true });
  }
  return outside.out();
}

async function put(path: string, text: string): Promise<string> {
  const file = resolve(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

async function keep(folder: string, kindOf: (path: string) => Kind): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries)
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      shown.push({
        where: path.slice(folder.length + 1),
        kind: kindOf(path),
        text: await readFile(path, 'utf8'),
      });
    }
}

async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(join(PROJECT, folder), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map(
    async (path) => [path.slice(PROJECT.length + 1), await readFile(path, 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(files));
}

const EVENTS =
  '[provisioned, needs-review, offboarded, suspended, reinstated, held, failed, guardrail-refused, schedule-armed]';
const NOTIFICATIONS = `routes:
  - { events: ${EVENTS}, channel: slack }
  - { events: ${EVENTS}, channel: webhook }
  - { events: ${EVENTS}, channel: email, to: [security@example.com], names: true }
`;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'rollcall-doors-'));
  ends.push(() => rm(scratch, { recursive: true, force: true }));
  [hook, smtp] = [await startHttpSink(), await startSmtpSink()];
  const leaver = employee('142', 'Lea', 'Vernon', {
    status: 'Inactive',
    employmentHistoryStatus: 'Terminated',
    terminationDate: '2026-11-20',
  });
  line = await startLine({
    now: '2026-11-23T12:00:00Z',
    bamboohr: {
      ...COMPANY,
      employees: [
        ...[...EMPLOYEES.slice(0, 2), leaver].map((person) => ({ ...person, ...PRIVATE })),
        { ...employee('140', '', '', { terminationDate: FUTURE_EXIT }), ...NAMED, ...PRIVATE },
        { ...employee('141', 'mal', 'trap'), ...TRAP, ...PRIVATE },
      ],
    },
    jumpcloud: { ...EMPTY_DIRECTORY, users: [unlinked(leaver, { employeeIdentifier: '142' })] },
  });
  company = await startCompany({
    files: {
      ...(await filesOf('mappings')),
      'mappings/notifications.yaml': NOTIFICATIONS,
      '.gitignore': 'state/export.json\nstate/notified.json\n',
    },
    seed: {
      rules: 'protected',
      tokens: {
        ...TOKENS,
        [SECRETS['GITHUB_TOKEN'] ?? '']: { login: 'rollcall[bot]', type: 'Bot', bypass: true },
      },
    },
  });
  ends.push(hook.close, smtp.close, line.close, company.close);
  root = await company.clone();
  secrets = [...Object.values(SECRETS), 'pa ss/word'];

  // As it should be: from HR to receipts, and everything that looks at them.
  await run('export', []);
  await run('handover', ['give', 'exported', '--file', join(scratch, 'exported.json')]);
  await run('plan', []);
  await run('check', []);
  await run('notify', []);
  await run('propose', ['--as-of', '2026-11-23']);
  await run('guard', ['--number', '1']);
  await company.rest('token-ann', 'POST', '/issues/1/comments', {
    body: '/hold 101 until 2026-12-01 because\n/hold Zebedee until x\n/release 1',
  });
  const events = (await company.control('GET', '/events')) as { event: string; payload: unknown }[];
  const said = events.filter(({ event }) => event === 'issue_comment').at(-1)?.payload;
  await run('hold', [], { GITHUB_EVENT_PATH: await put(join(scratch, 'event.json'), JSON.stringify(said)) });
  await company.approve(1);
  await company.merge(1);
  root = await company.clone();
  await run('approvals', ['--out', join(scratch, 'approvals.json')]);
  await run('export', []);
  await line.faults('jumpcloud', [
    { method: 'POST', path: '/api/systemusers', status: 400, body: echoOf(secrets), times: 1 },
  ]);
  await run('apply', ['--approvals', join(scratch, 'approvals.json')]);
  await line.faults('jumpcloud', []);
  await run('record', []);
  await run('notify', ['--needs', '{"apply":{"result":"failure"}}']);
  await run('notify', ['--print']);
  root = await company.clone();
  await run('start-sync', []);
  await run('reconcile', ['--issue', '--format', 'html,json,markdown', '--out', join(scratch, 'reports')]);
  await run('explain', ['141', '--what-if', 'department=Sales']);
  await run('explain', ['--group', 'Engineering']);
  await run('explain', ['zebedee']);
  await run('audit', ['--out', join(scratch, 'evidence')]);
  await run('audit', ['verify']);
  await run('audit', ['--person', '141']);
  await run('picture', ['--out', join(scratch, 'pages', 'picture.html')]);
  const edited = join(scratch, 'edited');
  await cp(join(root, 'mappings'), join(edited, 'mappings'), { recursive: true });
  const attributes = await readFile(join(root, 'mappings/attributes.yaml'), 'utf8');
  await writeFile(
    join(edited, 'mappings/attributes.yaml'),
    attributes.replace('  jobTitle: jobTitle\n', '  jobTitle: jobTitle\n  description: jobTitle\n'),
  );
  await run('preview', ['--head', edited, '--out', join(scratch, 'preview.md')]);
  await run('comment', [join(scratch, 'preview.md'), '--pull-request', '1', '--marker', 'preview']);
  await run('fetch-mappings', [
    await company.git(root, 'rev-parse', 'HEAD'),
    '--out',
    join(scratch, 'fetched'),
  ]);
  await run('setup', ['--check'], { GITHUB_TOKEN: 'token-cas' });
  const url = ['--url', 'https://relay.example.com/webhook'];
  await run('webhook', ['create', ...url, '--key-file', join(scratch, 'key')]);
  webhookKey = (await readFile(join(scratch, 'key'), 'utf8')).trim();
  await run('webhook', ['verify', ...url]);
  await run('webhook', ['rotate', ...url, '--key-file', join(scratch, 'key')]);
  await run('webhook', ['list']);

  // Mappings that ask for what is private, fail over everybody, or hold a secret that somebody pasted.
  for (const [from, to] of [
    ['customFields: {}', 'customFields: { badge: { field: employmentStatusTerminationReason } }'],
    ['  jobTitle: jobTitle\n', '  jobTitle: homeEmail\n'],
    ['  jobTitle: jobTitle\n', "  jobTitle: duration(firstName) > duration('1s') ? 'a' : 'b'\n"],
    ['  jobTitle: jobTitle\n', `  jobTitle: "${SECRETS['JUMPCLOUD_API_KEY'] ?? ''}" + x\n`],
  ] as const) {
    await writeFile(join(edited, 'mappings/attributes.yaml'), attributes.replace(from, to));
    await run('preview', ['--head', edited]);
  }

  // Vendors that refuse everything and repeat what they know.
  const looks: [Verb, string[]][] = [
    ['export', []],
    ['plan', []],
    ['propose', []],
    ['approvals', ['--json']],
    ['apply', ['--lane', 'auto']],
    ['record', []],
    ['reconcile', ['--issue']],
    ['explain', ['140']],
    ['comment', [join(scratch, 'preview.md'), '--pull-request', '1', '--marker', 'preview']],
    ['guard', ['--number', '1']],
    ['hold', []],
    ['setup', []],
    ['start-sync', []],
    ['fetch-mappings', ['0'.repeat(40), '--out', join(scratch, 'none')]],
    ['webhook', ['verify', ...url]],
    ['notify', ['--event', 'silence', '--watch', 'sync.yml']],
  ];
  for (const status of [400, 403]) {
    const body = echoOf(secrets);
    const headers = { 'x-bamboohr-error-message': body.message };
    const fault = { path: '/', status, body, headers, times: 999 };
    await line.faults('bamboohr', [fault]);
    await line.faults('jumpcloud', [fault]);
    await company.control('PUT', '/faults', [fault]);
    for (const [verb, args] of looks)
      await run(verb, args, { GITHUB_EVENT_PATH: join(scratch, 'event.json') });
  }
  for (const vendor of ['bamboohr', 'jumpcloud'] as const) await line.faults(vendor, []);
  await company.control('PUT', '/faults', []);

  // Files that do not read, with people in them.
  const broken = `{"${NAMED.firstName}": ${NAMED.lastName} ${NAMED.workEmail} ${Object.values(PRIVATE).join(' ')}`;
  const event = await put(join(scratch, 'broken.json'), broken);
  await run('hold', [], { GITHUB_EVENT_PATH: event });
  await run('guard', [], { GITHUB_EVENT_PATH: event });
  await run('apply', ['--approvals', event]);
  await run('notify', ['--needs', broken]);
  await run('notify', ['--held', NAMED.firstName]);
  await run('handover', ['take', `exported ${'0'.repeat(64)}`, '--from', scratch]);
  await put(join(scratch, 'planned.json'), broken);
  await run('handover', ['take', `planned ${'0'.repeat(64)}`, '--from', scratch]);
  for (const path of [
    personFileOf('140'),
    'state/holds.yaml',
    `state/plans/2026-11-23-${'0'.repeat(64)}.json`,
    `state/receipts/2026-11-23-${'0'.repeat(64)}.json`,
  ]) {
    const good = await readFile(join(root, path), 'utf8').catch(() => undefined);
    await put(path, `${good ?? ''}\n${broken}\n`);
    for (const verb of IS_LONG
      ? (['check', 'plan', 'propose', 'record', 'notify'] as const)
      : ['check' as const])
      await run(verb, []);
    if (good === undefined) await rm(join(root, path));
    else await put(path, good);
  }

  // What was left behind, and what was sent.
  secrets.push(webhookKey, ...(await readFile(join(scratch, 'key'), 'utf8')).split('\n').filter(Boolean));
  await keep(join(root, 'state'), (path) => (path.includes('/receipts/') ? 'quiet' : 'state'));
  for (const folder of ['reports', 'evidence', 'pages'])
    await keep(join(scratch, folder), (path) =>
      path.endsWith('.html') ? 'page' : path.endsWith('.md') ? 'markdown' : 'evidence',
    );
  shown.push({
    where: 'handover',
    kind: 'state',
    text: await readFile(join(scratch, 'exported.json'), 'utf8'),
  });
  shown.push({
    where: 'approvals',
    kind: 'quiet',
    text: await readFile(join(scratch, 'approvals.json'), 'utf8'),
  });
  for (const { path, body } of hook.hits)
    shown.push({ where: path.startsWith('/slack') ? 'Slack' : 'the webhook', kind: 'quiet', text: body });
  for (const { headers, subject, text, html } of smtp.mails) {
    shown.push({ where: 'mail', kind: 'quiet', text: `${subject}\n${headers.join('\n')}` });
    shown.push({ where: 'mail', kind: 'page', text: html }, { where: 'mail', kind: 'stdout', text });
  }
  const history = await company.git(root, 'log', '--all', '--format=%an %ae %cn %ce %B %D');
  shown.push({ where: 'git log', kind: 'quiet', text: history });
  const pulls = await company.pulls('all');
  for (const { title, body } of pulls)
    shown.push(
      { where: 'title', kind: 'quiet', text: title },
      { where: 'pull request', kind: 'markdown', text: body },
    );
  for (const { body } of await company.comments(1))
    if (!body.startsWith('/hold')) shown.push({ where: 'comment', kind: 'markdown', text: body });
  // What was sent and written over later was mailed to subscribers all the same.
  for (const { method, path, body } of await company.requests()) {
    shown.push({ where: 'URL of GitHub', kind: 'quiet', text: decodeURIComponent(path) });
    if (
      method !== 'GET' &&
      /\/(?:issues|pulls|check-runs|dispatches)/.test(path) &&
      !/reviews|comments/.test(path)
    )
      shown.push({ where: `sent ${path}`, kind: 'state', text: JSON.stringify(body) ?? '' });
    const text = (body as { body?: unknown } | null)?.body;
    if (/\/issues(?:\/\d+)?$/.test(path) && typeof text === 'string')
      shown.push({ where: 'issue', kind: 'markdown', text });
  }
  for (const vendor of ['bamboohr', 'jumpcloud'] as const)
    for (const { path, query } of await line.requests(vendor))
      shown.push({
        where: `URL of ${vendor}`,
        kind: 'quiet',
        text: decodeURIComponent(`${path}?${JSON.stringify(query)}`),
      });
}, 180_000);
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

function found(canaries: string[], kinds?: Kind[]): string[] {
  return shown
    .filter(({ kind }) => kinds === undefined || kinds.includes(kind))
    .flatMap(({ where, kind, text }) => leaksOf(text, canaries).map((leak) => `${kind} ${where}: ${leak}`));
}

describe('what comes out of any door', () => {
  test('every door was opened, did its work, refused and failed', async () => {
    const { scripts } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const doors = Object.entries(scripts).flatMap(([name, command]) =>
      command.includes(`scripts/${name}.ts`) ? [name] : [],
    );
    expect(doors.filter((name) => !ELSEWHERE.includes(name)).sort()).toEqual(Object.keys(DOORS).sort());
    const ended = (verb: string, exit: number): boolean =>
      exits.some(([name, code]) => name === verb && code === exit);
    expect(Object.keys(DOORS).filter((verb) => !ended(verb, 0) && !['setup'].includes(verb))).toEqual([]);
    expect(exits.filter(([, code]) => code !== 0).length).toBeGreaterThan(30);
    expect(exits.filter(([, code]) => code === 3)).toEqual([]);
    const told = shown.map(({ where }) => where);
    for (const where of [
      'Slack',
      'the webhook',
      'mail',
      'issue',
      'comment',
      'pull request',
      'title',
      'git log',
    ])
      expect(told).toContain(where);
    for (const kind of [
      'log',
      'stdout',
      'summary',
      'outputs',
      'page',
      'evidence',
      'quiet',
      'markdown',
      'state',
    ])
      expect(shown.filter((each) => each.kind === kind && each.text !== '').length, kind).toBeGreaterThan(2);
    // Names are where they may be: otherwise nothing would be proven by their absence elsewhere.
    for (const kind of ['stdout', 'summary', 'page', 'markdown', 'state'] as const)
      expect(found([NAMED.lastName], [kind]), kind).not.toEqual([]);
    expect(shown.find(({ where }) => where.includes('apply --approvals'))?.text).toContain('already exists');
  });

  test('no secret in any spelling, anywhere', () => {
    expect(found(secrets.flatMap(spellingsOf))).toEqual([]);
  });

  test('no private fact and no exit before its time, anywhere', () => {
    expect(found([...Object.values(PRIVATE), FUTURE_EXIT])).toEqual([]);
  });

  test('nobody by name or address in logs, outputs, commits, URLs, receipts and open channels', () => {
    expect(found(Object.values(NAMED), ['log', 'outputs', 'quiet'])).toEqual([]);
  });

  test('no trap snaps: no forged line, no command of a runner, no control character', () => {
    const snapped = shown.filter(
      ({ kind, text }) =>
        /^\s*FORGED/m.test(text) ||
        // Only what a step prints is read by GitHub's runner.
        ((kind === 'log' || kind === 'stdout') && /^\s*::(?!error (?:file|title)=)|##\[/m.test(text)),
    );
    expect(snapped.map(({ kind, where }) => `${kind} ${where}`)).toEqual([]);
    const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
    // The bytes of a plan are what is approved: it holds text as HR has it, and whoever shows it escapes it.
    const moved = shown.filter(
      ({ where, text }) => !where.startsWith('plans/') && control.test(text.replaceAll('\r\n', '\n')),
    );
    expect(moved.map(({ kind, where }) => `${kind} ${where}`)).toEqual([]);
  });

  test('no markup of strangers in Markdown and pages', () => {
    const bad: string[] = [];
    for (const { kind, where, text } of shown) {
      if (kind !== 'markdown' && kind !== 'summary' && kind !== 'page') continue;
      const html = kind === 'page' ? text : htmlOf(text);
      const tags = tagsOf(html).filter((tag) => /^\/?(?:script|img|iframe|object|base|form)$/i.test(tag));
      const links = [...html.matchAll(/href="([^"#][^"]*)"/g)].flatMap(([, url = '']) =>
        url.startsWith('https://github.com/acme/identity/') || url.startsWith(company.url) ? [] : [url],
      );
      // Times are no emoji, and in a job's summary GitHub makes nothing of a hash.
      const prose = filteredText(html).replaceAll(/\d\d:\d\d(?::\d\d)?/g, '');
      const read = FILTERS.filter(
        ([name, pattern]) =>
          kind !== 'page' && !(kind === 'summary' && name === 'hash') && pattern.test(prose),
      ).map(([name]) => name);
      bad.push(...[...tags, ...links, ...read].map((what) => `${kind} ${where}: ${what}`));
    }
    expect(bad).toEqual([]);
  });
});

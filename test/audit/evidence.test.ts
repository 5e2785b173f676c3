import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door as pictureDoor } from '../../scripts/picture.ts';
import type { Evidence } from '../../scripts/core/audit/evidence.ts';
import { escapeHtml } from '../../scripts/core/audit/html-page.ts';
import type { AccessOfPerson } from '../../scripts/core/audit/access.ts';
import { openDoor } from '../../scripts/shell/door.ts';
import { createOutside } from '../shell/outside.ts';
import { copyOf, newFolder, removeFolders, runAudit, verify } from './audit-run.ts';
import { git, gitAt } from './fast-import.ts';
import { generateHistory } from './generate-history.ts';

const NAMES = [
  { firstName: '=HYPERLINK("http://evil.example","x")', lastName: '<script>alert(1)</script>' },
  { firstName: '"><img src=x onerror=alert(1)>', lastName: "O'Hara & Sons" },
  { firstName: '@SUM(1+1)*cmd', lastName: '\u202Egnp.exe' },
  { firstName: '-2+3+cmd|', lastName: '</style></svg><h1>owned' },
  { firstName: '山田,太郎;"x"', lastName: '](javascript:alert(1))' },
  { firstName: '\u001b]0;owned\u0007\u001b[2J', lastName: '\u009b31m' },
  { firstName: 'Long'.repeat(100), lastName: 'Longer' },
];

let root = '';
let out = '';
let evidence: Evidence;
beforeAll(async () => {
  const facts = NAMES.map((names, index) => ({ ...names, workEmail: `h${index}@example.com` }));
  root = (
    await generateHistory(join(newFolder(), 'company'), {
      people: 12,
      days: 100,
      until: '2026-11-20',
      facts,
      pace: 1,
      seed: 5,
    })
  ).folder;
  out = join(newFolder(), 'evidence');
  const ran = await runAudit(root, '--from', '2026-08-20', '--to', '2026-11-20', '--out', out, '--json');
  expect(ran.exit, ran.err).toBe(0);
  evidence = JSON.parse(ran.out) as Evidence;
});
afterAll(removeFolders);

describe('the evidence of a period', () => {
  it('has every action of every receipt of the period, once, with what authorised it', () => {
    const actions = readdirSync(join(root, 'state/receipts')).flatMap((name) => {
      const receipt = JSON.parse(readFileSync(join(root, 'state/receipts', name), 'utf8')) as {
        finishedAt: string;
        plan: string;
        results: { action: string }[];
      };
      return receipt.finishedAt < '2026-08-20T06:00:00Z'
        ? []
        : receipt.results.map(({ action }) => `${receipt.plan} ${action}`);
    });
    expect(evidence.population.changes.map(({ plan, action }) => `${plan} ${action}`).sort()).toEqual(
      actions.sort(),
    );
    expect(actions.length).toBeGreaterThan(100);
    for (const { lane, authorisation, plannedAt, startedAt } of evidence.population.changes) {
      expect(authorisation).toBe({ auto: 'policy', review: 'approved', urgent: 'urgent' }[lane]);
      if (lane !== 'urgent') expect(Date.parse(plannedAt)).toBeLessThan(Date.parse(startedAt));
    }
  });

  it('counts as plain git log does', () => {
    const commits = git(root, 'log', '--first-parent', '--format=%s', '--since=2026-08-20T06:00:00Z').split(
      '\n',
    );
    const recorded = commits.filter((subject) => /^(?:receipt|offboard)\(/.test(subject)).length;
    expect(evidence.population.plans).toBe(recorded);
  });

  it('names every leaver of the period and how long it took', () => {
    const { leaver } = evidence.timeliness.distributions;
    const left = evidence.timeliness.timings.filter(({ passage }) => passage === 'leaver');
    expect(leaver.count).toBe(left.length);
    expect(left.length).toBeGreaterThan(5);
    expect(new Set(left.map(({ how }) => how))).toEqual(new Set(['suspended', 'pre-armed', 'urgent']));
    expect(left.filter(({ inherited }) => inherited)).toEqual([]);
    expect(left.filter(({ hours }) => hours > 24).map(({ person }) => person)).toEqual(
      left.filter(({ breach }) => breach).map(({ person }) => person),
    );
    expect(leaver.max).toBe(Math.max(...left.map(({ hours }) => hours)));
  });

  it('takes other goals', async () => {
    const { out: text } = await runAudit(root, '--to', '2026-11-20', '--leaver-goal', '1', '--json');
    const { leaver } = (JSON.parse(text) as Evidence).timeliness.distributions;
    expect(leaver.goal).toBe(1);
    expect(leaver.breaches).toBeGreaterThan(evidence.timeliness.distributions.leaver.breaches);
  });

  it('ages exceptions by the history of their file', () => {
    expect(evidence.exceptions.length).toBeGreaterThan(0);
    for (const { since, commit, about } of evidence.exceptions) {
      expect(git(root, 'show', '-s', '--format=%cI', commit).slice(0, 10)).toBe(since.slice(0, 10));
      expect(git(root, 'show', `${commit}:mappings/exceptions.yaml`)).toContain(`person: "${about}"`);
    }
  });

  it('writes nothing without --out and refuses what it does not know', async () => {
    expect((await runAudit(root, '--format', 'html')).exit).toBe(2);
    expect((await runAudit(root, '--out', out, '--format', 'pdf')).exit).toBe(2);
    expect((await runAudit(root, '--from', '2026-13-01')).exit).toBe(2);
    expect((await runAudit(root, 'vrify')).exit).toBe(2);
    expect((await runAudit(newFolder())).exit).toBe(2);
  });

  it('refuses half a history', async () => {
    const shallow = join(newFolder(), 'shallow');
    execFileSync('git', ['clone', '--quiet', '--depth', '2', `file://${root}`, shallow], { stdio: 'ignore' });
    const { exit, err } = await runAudit(shallow, 'verify');
    expect(exit).toBe(2);
    expect(err).toContain('--unshallow');
  });
});

describe('hostile names', () => {
  it('are text in the page, which asks nobody for anything', () => {
    const page = readFileSync(join(out, 'audit.html'), 'utf8');
    const shown = NAMES.flatMap((_, index) => evidence.labels[String(index + 1)] ?? []);
    expect(shown.length).toBeGreaterThan(2);
    expect(shown.filter((label) => !page.includes(escapeHtml(label)))).toEqual([]);
    // Tags as the browser sees them: none that a name made, and no attribute that acts or loads.
    const tags = page.match(/<[a-z][^>]*>/gi) ?? [];
    expect(
      tags.filter((tag) =>
        /^<(?:script|img|link|iframe|object|base)|\s(?:on\w+|src)=|href="(?!#)/i.test(tag),
      ),
    ).toEqual([]);
    expect(page.match(/url\(|@import|\u202E/)).toBeNull();
    expect(page.includes("default-src 'none'")).toBe(true);
  });

  it('move no cursor of a terminal, and do not fill it', async () => {
    for (const args of [
      ['--person', '6'],
      ['--person', '7'],
      ['--at', '2026-11-20'],
      ['--at', '2026-11-20', '--group', 'All Staff'],
      ['--to', '2026-11-20'],
    ]) {
      const ran = await runAudit(root, ...args);
      expect(ran.exit, ran.err).toBe(0);
      expect(`${ran.out}${ran.err}`).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      expect(Math.max(...ran.out.split('\n').map((line) => line.length)), args.join(' ')).toBeLessThan(600);
    }
  });

  it('are no formulas in a spreadsheet', () => {
    for (const name of readdirSync(out).filter((each) => each.endsWith('.csv'))) {
      const rows = parseCsv(readFileSync(join(out, name), 'utf8'));
      const width = rows[0]!.length;
      for (const row of rows) {
        expect(row).toHaveLength(width);
        for (const cell of row) if (/^[=+\-@\t]/.test(cell)) expect(cell).toMatch(/^-?\d+(?:\.\d+)?$/);
      }
    }
  });

  it('are strings in JSON and OCSF, a document a line', () => {
    const lines = readFileSync(join(out, 'ocsf.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(evidence.population.changes.length);
    const events = lines.map(
      (line) =>
        JSON.parse(line) as {
          class_uid: number;
          type_uid: number;
          activity_id: number;
          category_uid: number;
          time: number;
          metadata: { version: string };
        },
    );
    for (const event of events) {
      expect(event.type_uid).toBe(event.class_uid * 100 + event.activity_id);
      expect(event.category_uid).toBe(3);
      expect(event.metadata).toMatchObject({ version: '1.3.0', product: { vendor_name: 'Rollcall' } });
      // What events/iam of schema 1.3.0 requires beside the base event.
      const needed = { 3001: ['user'], 3004: ['entity'], 3005: ['user', 'privileges'], 3006: ['group'] };
      for (const name of ['severity_id', 'activity_id', ...needed[event.class_uid as keyof typeof needed]])
        expect(event).toHaveProperty(name);
      expect(Number.isInteger(event.time)).toBe(true);
    }
    expect(new Set(events.map(({ class_uid }) => class_uid))).toEqual(new Set([3001, 3006]));
  });
});

describe('looking up', () => {
  it('says who had access on a day, as receipts of before and after have it', async () => {
    const day = '2026-09-30';
    const ran = await runAudit(root, '--at', day, '--json');
    const { people } = JSON.parse(ran.out) as { people: AccessOfPerson[] };
    const later = evidence.population.changes.filter(
      ({ at, kind, outcome }) => at > '2026-10-01T06:00:00Z' && kind === 'leave-group' && outcome === 'done',
    );
    const seen = new Set<string>();
    let checked = 0;
    for (const { person, what, plan } of later) {
      const group = what.replace('leaves ', '');
      const key = `${person ?? ''} ${group}`;
      const joinedBetween = evidence.population.changes.some(
        (change) =>
          change.person === person &&
          change.what.endsWith(group) &&
          change.kind === 'join-group' &&
          change.at > '2026-10-01T06:00:00Z',
      );
      if (seen.has(key) || joinedBetween) continue;
      seen.add(key);
      checked += 1;
      const access = people.find((each) => each.person === person);
      expect(
        access?.groups.map((membership) => membership.group),
        `${key} ${plan}`,
      ).toContain(group);
    }
    expect(checked).toBeGreaterThan(5);
  });

  it('agrees about one group from both sides', async () => {
    const all = JSON.parse((await runAudit(root, '--at', '2026-10-15', '--json')).out) as {
      people: AccessOfPerson[];
    };
    const one = JSON.parse(
      (await runAudit(root, '--at', '2026-10-15', '--group', 'Finance', '--json')).out,
    ) as { members: AccessOfPerson[] };
    expect(one.members.map(({ person }) => person)).toEqual(
      all.people
        .filter(({ groups }) => groups.some(({ group }) => group === 'Finance'))
        .map(({ person }) => person),
    );
  });

  it('tells a person’s life and names nobody who is not there', async () => {
    const { out: text, exit } = await runAudit(root, '--person', '1');
    expect(exit).toBe(0);
    expect(text).toContain('Facts and stage');
    expect((await runAudit(root, '--person', '99999')).exit).toBe(2);
    expect((await runAudit(root, '--person', '../1')).exit).toBe(2);
    expect((await runAudit(root, '--at', '2019-01-01')).exit).toBe(2);
  });
});

describe('a person file that does not read', () => {
  let torn = '';
  const path = 'state/people/01/1.yaml';
  beforeAll(() => {
    torn = copyOf(root);
    writeFileSync(join(torn, path), 'employee: {\n');
    gitAt('2026-11-21T18:00:00Z', torn, 'commit', '--quiet', '--all', '--message', 'test: a torn file');
  });

  it('is named by the evidence: the record does not hold', async () => {
    const ran = await runAudit(torn, '--to', '2026-11-20', '--json');
    const { integrity } = JSON.parse(ran.out) as Evidence;
    expect(integrity.holds).toBe(false);
    expect(integrity.findings.filter(({ severity }) => severity === 'critical')).toMatchObject([
      { code: 'person-unreadable', subject: path },
    ]);
    expect((await runAudit(torn, '--to', '2026-11-20')).out).not.toContain('The record holds');
  });

  it.each([
    ['everybody', [], 1],
    ['a group', ['--group', 'All Staff'], 1],
    ['whoever it is of', ['--person', '1'], 1],
    ['somebody else', ['--person', '2'], 0],
  ] as const)('and by a list of %s, which it may belong to', async (_, args, exit) => {
    const ran = await runAudit(torn, '--at', '2026-11-22', ...args);
    expect(ran.exit).toBe(exit);
    expect(ran.out.startsWith(`not complete: broken: ${path}: `)).toBe(exit === 1);
    if (args[1] === '1') expect(ran.out).toContain('file does not read');
    // A question about a day on which it read is answered in full.
    expect((await runAudit(torn, '--at', '2026-11-19', ...args)).exit).toBe(0);
  });

  it('and by the picture, among the figures', async () => {
    const file = join(newFolder(), 'picture.html');
    const outside = createOutside(['--root', torn, '--as-of', '2026-11-20', '--out', file, '--json']);
    expect(await openDoor(pictureDoor, outside)).toBe(0);
    expect(JSON.parse(outside.out())).toMatchObject({ stages: { unreadable: 1 } });
    expect(readFileSync(file, 'utf8')).toContain('do not read');
    expect(readFileSync(join(out, 'audit.html'), 'utf8')).not.toContain('do not read');
  });
});

describe('signatures', () => {
  const hasSsh = existsSync('/usr/bin/ssh-keygen');

  it.skipIf(!hasSsh)('are held against keys: a good one attests, a forged one is named', async () => {
    const signed = copyOf(root);
    const key = join(newFolder(), 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'eve@example.com', '-f', key]);
    const signers = `${key}.signers`;
    writeFileSync(signers, `eve@example.com ${readFileSync(`${key}.pub`, 'utf8')}`);
    for (const [name, value] of [
      ['gpg.format', 'ssh'],
      ['user.signingkey', key],
      ['gpg.ssh.allowedSignersFile', signers],
    ] as const)
      git(signed, 'config', name, value);
    const path = join(signed, 'state/holds.yaml');
    writeFileSync(
      path,
      'holds:\n  "2":\n    by: ann\n    at: "2026-11-20T10:00:00Z"\n    reason: on the road\n',
    );
    git(signed, 'add', '--all');
    git(
      signed,
      'commit',
      '--quiet',
      '--gpg-sign',
      '--message',
      'hold(2): by ann until 2026-12-01\n\nPerson: 2\nRequested-by: ann',
    );
    const head = git(signed, 'rev-parse', 'HEAD');
    expect((await verify(signed)).findings.filter(({ subject }) => subject === head.slice(0, 12))).toEqual(
      [],
    );
    const forged = git(signed, 'cat-file', 'commit', head).replace('Requested-by: ann', 'Requested-by: ben');
    const id = execFileSync('git', ['-C', signed, 'hash-object', '-t', 'commit', '-w', '--stdin'], {
      input: `${forged}\n`,
      encoding: 'utf8',
    }).trim();
    git(signed, 'reset', '--quiet', '--hard', id);
    const { exit, broken } = await verify(signed);
    expect([exit, broken]).toEqual([1, ['signature-bad']]);
  });
});

describe('the picture', () => {
  it('shows what waits, who is on hold and for how long something is excepted', async () => {
    const held = copyOf(root);
    writeFileSync(
      join(held, 'state/holds.yaml'),
      'holds:\n  "3":\n    by: ann\n    at: "2026-11-18T10:00:00Z"\n    reason: "<b>court</b>"\n',
    );
    git(held, 'rm', '--quiet', `state/receipts/${readdirSync(join(held, 'state/receipts')).sort().at(-1)!}`);
    git(held, 'add', '--all');
    git(held, 'commit', '--quiet', '--message', 'test: a plan without its receipt');
    const file = join(newFolder(), 'picture.html');
    const outside = createOutside(['--root', held, '--as-of', '2026-11-20', '--out', file, '--json']);
    expect(await openDoor(pictureDoor, outside)).toBe(0);
    const { pending, holds } = JSON.parse(outside.out()) as {
      pending: unknown[];
      holds: { person: string }[];
    };
    expect(pending).toHaveLength(1);
    expect(holds.map(({ person }) => person)).toEqual(['3']);
    const page = readFileSync(file, 'utf8');
    expect(page.includes('&#60;b&#62;court')).toBe(true);
    expect(page.match(/<b>|<script|<img|<[^>]*\son\w+=|url\(/)).toBeNull();
  });

  const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    existsSync,
  );

  it.skipIf(chromium === undefined)(
    'renders in a browser: as many headings and figures as it has, and nothing that a name made',
    () => {
      const page = join(out, 'audit.html');
      const dom = execFileSync(
        chromium ?? '',
        [
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          `--user-data-dir=${newFolder()}`,
          '--dump-dom',
          `file://${page}`,
        ],
        {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
          timeout: 60_000,
        },
      );
      expect(dom.match(/<h1/g)).toHaveLength(1);
      expect(dom.match(/<section/g)).toHaveLength(9);
      expect(dom.match(/<svg[^>]*role="img"/g)?.length).toBe(dom.match(/<figure/g)?.length);
      expect(dom.match(/<script|<img/)).toBeNull();
    },
    90_000,
  );
});

/** RFC 4180, for the tests: rows of cells. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const body = text.replace(/^\ufeff/, '');
  for (let at = 0; at < body.length; at += 1) {
    const sign = body[at]!;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (body[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === ',') {
      rows.at(-1)!.push(cell);
      cell = '';
    } else if (sign === '\r') {
      rows.at(-1)!.push(cell);
      cell = '';
      rows.push([]);
      at += 1;
    } else cell += sign;
  }
  return rows.slice(0, -1);
}

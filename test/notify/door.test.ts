import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { planName } from '../../scripts/core/plan/plan-file.ts';
import { type Checkout, createCheckout } from './checkout.ts';
import { act, arms, creates, joins, planOf, recorded, suspends } from './record.ts';
import { startHttpSink, startSmtpSink } from './sinks.ts';

const http = await startHttpSink();
const smtp = await startSmtpSink();
const open: Checkout[] = [];
afterEach(async () => {
  http.hits.length = 0;
  http.answers.length = 0;
  smtp.mails.length = 0;
  smtp.refusals.length = 0;
  await Promise.all(open.splice(0).map((checkout) => checkout.close()));
});
afterAll(async () => {
  await http.close();
  await smtp.close();
});

const EVERYTHING =
  '[provisioned, needs-review, offboarded, suspended, reinstated, held, failed, guardrail-refused, schedule-armed, silence]';
const SLACK = `routes: [{ events: ${EVERYTHING}, channel: slack }]\n`;
const ALL = `routes:
  - { events: ${EVERYTHING}, channel: slack }
  - { events: ${EVERYTHING}, channel: email, to: [security@example.com], names: true }
  - { events: ${EVERYTHING}, channel: webhook }
`;
const SECRETS = {
  SLACK_WEBHOOK_URL: `${http.url}/slack/CANARY-slack-path`,
  NOTIFY_WEBHOOK_URL: `${http.url}/hook/CANARY-hook-path`,
  WEBHOOK_SIGNING_SECRET: 'CANARY-signing-secret',
  SMTP_URL: smtp.url,
};

async function checkoutWith(notifications: string, git = true): Promise<Checkout> {
  const checkout = await createCheckout({ notifications, git });
  open.push(checkout);
  return checkout;
}

const titles = (): string[] =>
  http.hits.map(
    ({ body }) =>
      (JSON.parse(body) as { text?: string; title?: string }).text ??
      (JSON.parse(body) as { title: string }).title,
  );

describe('what is told', () => {
  it('what this run added, to everybody, each in their form', async () => {
    const checkout = await checkoutWith(ALL);
    await checkout.person('7', { firstName: 'Ann', lastName: 'Old' });
    await checkout.record(recorded([suspends('9')]));
    await checkout.commit();
    await checkout.record(
      recorded([creates('7'), joins('7', 'Sales'), suspends('8')], 'done', { asOf: '2026-11-24' }),
    );
    const { exit, json } = await checkout.notify(SECRETS);
    expect({ exit, sent: json.sent, warnings: json.warnings }).toEqual({ exit: 0, sent: 6, warnings: [] });
    expect(titles().sort()).toEqual([
      'Offboarded: 1 person',
      'Offboarded: 1 person',
      'Provisioned: 1 person',
      'Provisioned: 1 person',
    ]);
    expect(smtp.mails.map(({ subject }) => subject).sort()).toEqual([
      'Rollcall: Offboarded: 1 person',
      'Rollcall: Provisioned: 1 person',
    ]);
    expect(smtp.mails.map(({ text }) => text).join()).toContain(
      '7 Ann Old: account made, staged; groups Sales',
    );
    expect(http.hits.map(({ body }) => body).join()).not.toContain('Ann');
    const hook = http.hits.find(({ path, body }) => path.startsWith('/hook') && body.includes('provisioned'));
    expect(JSON.parse(hook?.body ?? '')).toMatchObject({
      event: 'provisioned',
      people: [{ id: '7', groups: ['Sales'], deviceGroups: [] }],
    });
  });

  it('812 leavers are one message', async () => {
    const checkout = await checkoutWith(SLACK);
    await checkout.record(
      recorded(Array.from({ length: 812 }, (_, index) => suspends(String(1000 + index)))),
    );
    expect((await checkout.notify(SECRETS)).json.sent).toBe(1);
    expect(titles()).toEqual(['Offboarded: 812 people']);
  });

  it('a future exit is in no message but of the route that asks for it', async () => {
    const review = planOf([arms('66', 'SUSPENDED'), joins('5', 'Sales')], {
      lane: 'review',
      asOf: '2026-11-24',
    });
    const armed = recorded([arms('66', 'SUSPENDED'), arms('5', 'ACTIVATED')]);
    const lost = recorded([arms('66', 'SUSPENDED', '2026-11-25T00:00:00Z')], 'failed', {
      outcome: 'partial',
    });
    const checkout = await checkoutWith(ALL);
    await checkout.record(armed, lost);
    await checkout.plan(review);
    await checkout.notify(SECRETS);
    const all = JSON.stringify([http.hits, smtp.mails]);
    // Base64 and folding cannot hide it: bodies are decoded.
    expect(all).not.toMatch(/\b66\b|leaver|will be suspended/);
    expect(titles()).toContain('Needs review: 1 mover');
    expect(titles()).toContain('1 action not done');

    const asking = await checkoutWith(
      'routes: [{ events: [schedule-armed], channel: email, to: [a@example.com], futureExits: true }]\n',
    );
    smtp.mails.length = 0;
    await asking.record(armed);
    await asking.notify(SECRETS);
    expect(smtp.mails.map(({ text }) => text).join()).toContain(
      '66: will be suspended at 2026-11-24T06:59:00Z',
    );
  });

  it('who is newly on hold, and nobody who was so in the commit', async () => {
    const checkout = await checkoutWith(SLACK);
    await checkout.person('1', { firstName: 'A' }, { stage: 'hold', hold: 'unmapped-status' });
    await checkout.person('2', { firstName: 'A' });
    await checkout.commit();
    await checkout.person('1', { firstName: 'B' }, { stage: 'hold', hold: 'unmapped-status' });
    await checkout.person('2', { firstName: 'A' }, { stage: 'hold', hold: 'no-address' });
    await checkout.person('3', { firstName: 'A' }, { stage: 'hold', hold: 'no-hire-date' });
    const { json } = await checkout.notify(SECRETS);
    expect(json.messages.map(({ title }) => title)).toEqual(['On hold: 2 people']);
    expect(http.hits[0]?.body).toContain('2: on hold: no-address');
    expect(http.hits[0]?.body).not.toContain('1: on hold');
  });

  it('whom the planner holds is told, though nobody has anything to do and no plan is written; once', async () => {
    const checkout = await checkoutWith(SLACK);
    await checkout.person('1', { firstName: 'A' });
    await checkout.commit();
    await checkout.person('2', { firstName: 'B' });
    const look = async (): Promise<string[]> =>
      (
        await checkout.notify(SECRETS, '--print', '--held', '1:adopt-privileged/2:two-accounts')
      ).json.messages.flatMap(({ title, lines = [] }) => [title, ...lines]);
    // Of the first one HR says nothing new: that hold is old.
    expect(await look()).toEqual([
      'On hold: 1 person',
      'Nothing is granted or taken until somebody decides.',
      '2: on hold: two-accounts',
    ]);
    await checkout.commit();
    expect(await look()).toEqual([]);
    expect((await checkout.notify(SECRETS, '--held', '1:Nonsense of a person')).exit).toBe(2);
  });

  it('who stays inside, at once, though the urgent lane writes no plan of them', async () => {
    const checkout = await checkoutWith(SLACK);
    await checkout.commit();
    const word = '1:budget-suspend/2:budget-suspend/3:protected-account';
    const events = ['--event', 'offboarded,suspended,guardrail-refused,failed'];
    const { json } = await checkout.notify(SECRETS, ...events, '--inside', word);
    expect(json.messages.map(({ title }) => title)).toEqual([
      'Refused by a guardrail: budget-suspend, protected-account',
    ]);
    for (const line of ['1', '2'])
      expect(http.hits[0]?.body).toContain(
        `${line}: stays inside until the exit is reviewed: budget-suspend`,
      );
    expect((await checkout.notify(SECRETS, ...events, '--inside', word)).json.messages).toEqual([]);
    expect((await checkout.notify(SECRETS, '--inside', 'none')).json.messages).toEqual([]);
    expect((await checkout.notify(SECRETS, '--inside', 'a person')).exit).toBe(2);
  });

  it('guardrails and holds of a plan that main did not know', async () => {
    const finding = (person: string, code: string): object => ({
      code,
      severity: 'warning',
      person,
      message: 'CANARY-message',
    });
    const before = planOf([joins('1', 'A')], {
      asOf: '2026-11-22',
      held: [{ person: '4', code: 'anchor-disagrees', message: 'CANARY' }],
      findings: [finding('1', 'flapping')] as never,
    });
    const now = planOf([joins('2', 'A')], {
      held: [...before.held, { person: '5', code: 'anchor-disagrees', message: 'CANARY' }],
      findings: [
        finding('1', 'flapping'),
        finding('2', 'protected-account'),
        finding('3', 'group-released'),
      ] as never,
    });
    const checkout = await checkoutWith(SLACK);
    await checkout.plan(before);
    await checkout.commit();
    await checkout.plan(now);
    const { json } = await checkout.notify(SECRETS);
    expect(json.messages.map(({ title }) => title)).toEqual([
      'On hold: 1 person',
      'Refused by a guardrail: protected-account',
    ]);
  });

  it('an export that was refused, and jobs that failed, though the record does not read', async () => {
    const checkout = await checkoutWith(SLACK);
    await checkout.write(
      'state/export.json',
      JSON.stringify({
        version: 1,
        startedAt: '2026-11-23T11:00:00Z',
        finishedAt: '2026-11-23T11:01:00Z',
        asOf: '2026-11-23',
        complete: false,
        refused: 'head-count-drop',
        total: 3,
        files: {},
      }),
    );
    const needs = JSON.stringify({
      export: { result: 'failure', outputs: { x: 'CANARY' } },
      plan: { result: 'skipped' },
      record: { result: 'success' },
    });
    const { json } = await checkout.notify(
      { ...SECRETS, GITHUB_RUN_ID: '77', GITHUB_REPOSITORY: 'acme/identity' },
      '--needs',
      needs,
    );
    expect(json.messages.map(({ title }) => title)).toEqual([
      'Refused by a guardrail: head-count-drop',
      'job export failed',
    ]);
    await checkout.write(`state/plans/2026-11-23-${'0'.repeat(64)}.json`, '{}');
    const broken = await checkout.notify({ ...SECRETS, GITHUB_RUN_ID: '78' }, '--needs', needs);
    expect(broken.exit).toBe(0);
    expect(broken.json.warnings.join()).toContain('the record does not read');
    expect(broken.json.messages.map(({ title }) => title)).toContain('job export failed');
    expect((await checkout.notify(SECRETS)).exit).toBe(2);
  });

  it('silence, once for every so many hours of it', async () => {
    const checkout = await checkoutWith(`${SLACK}silenceHours: 10\n`);
    await checkout.record(recorded([suspends('1')], 'done', { finishedAt: '2026-11-22T00:00:00Z' }));
    await checkout.commit();
    const look = async (...args: string[]): Promise<string[]> =>
      (await checkout.notify(SECRETS, '--event', 'silence', ...args)).json.messages.map(({ title }) => title);
    expect(await look('--last-success', '2026-11-23T11:00:00Z')).toEqual([]);
    expect(await look()).toEqual(['No successful run for 36 hours']);
    expect(await look()).toEqual([]);
    expect(await look('--last-success', '2026-11-23T01:00:00Z')).toEqual(['No successful run for 11 hours']);
    await checkout.git(
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'sync: 1 joiner\n\nRun: https://x/y',
      '--date',
      '2026-11-23T11:30:00Z',
    );
    expect((await checkout.notify(SECRETS)).json.messages).toEqual([]);
  });

  it('the review plan that propose says is new, and no other', async () => {
    const checkout = await checkoutWith(SLACK);
    const plan = planOf([suspends('1')], { lane: 'review' });
    await checkout.plan(plan);
    const told = async (...args: string[]): Promise<string[]> =>
      (await checkout.notify(SECRETS, '--print', ...args)).json.messages.map(({ title }) => title);
    expect(await told('--proposed', 'none')).toEqual([]);
    expect(await told('--proposed', plan.digest)).toEqual(['Needs review: 1 leaver']);
    expect(await told()).toEqual(['Needs review: 1 leaver']);
  });
});

it('a joiner’s device provisioning gets what it needs: ids, groups, device groups and the first day', async () => {
  const checkout = await checkoutWith(
    'routes: [{ events: [provisioned, offboarded], channel: webhook }, { events: [provisioned], channel: slack }]\n',
  );
  await checkout.person('7', { firstName: 'Ann', lastName: 'New', hireDate: '2026-12-01' });
  await checkout.person('8', { firstName: 'Bo', lastName: 'Old', hireDate: '2019-01-01' });
  await checkout.person('9', { firstName: 'Cy', lastName: 'Late', hireDate: '2024-05-01' });
  const bound = act('bind', '7', { target: 'system_group:5f0c', after: { name: 'London laptops' } });
  await checkout.record(recorded([creates('7'), joins('7', 'Sales'), bound, suspends('8'), creates('9')]));
  await checkout.notify(SECRETS);
  const bodies = http.hits
    .filter(({ path }) => path.startsWith('/hook'))
    .map(({ body }) => JSON.parse(body) as { event: string; people: unknown[] });
  expect(bodies.find(({ event }) => event === 'provisioned')?.people.slice(0, 1)).toEqual([
    {
      id: '7',
      did: 'account made, staged',
      account: expect.stringMatching(/^[0-9a-f]{24}$/),
      startDay: '2026-12-01',
      groups: ['Sales'],
      deviceGroups: ['London laptops'],
      bindings: [],
    },
  ]);
  expect(JSON.stringify(http.hits)).toContain('account made, staged; starts on 2026-12-01');
  expect(JSON.stringify(http.hits)).toContain('account made, staged; started on 2024-05-01');
  // A start day of whoever was not provisioned is nobody's business.
  expect(JSON.stringify(http.hits)).not.toContain('2019');
});

describe('told once', () => {
  it('a guardrail that refuses more by the next hour is told for what is new, and an export that is refused all day once', async () => {
    const checkout = await checkoutWith(SLACK, false);
    const finding = (person: string): object => ({
      code: 'protected-account',
      severity: 'warning',
      person,
      message: 'x',
    });
    const refusedAt = (hour: number): Promise<void> =>
      checkout.write(
        'state/export.json',
        JSON.stringify({
          version: 1,
          startedAt: `2026-11-23T${hour}:00:00Z`,
          finishedAt: `2026-11-23T${hour}:01:00Z`,
          asOf: '2026-11-23',
          complete: false,
          refused: 'head-count-drop',
          total: 3,
          files: {},
        }),
      );
    const told = async (...people: string[]): Promise<{ title: string; text: string }[]> => {
      http.hits.length = 0;
      const plan = planOf([joins('9', 'A')], { lane: 'review', findings: people.map(finding) as never });
      await checkout.plan(plan);
      const { json } = await checkout.notify(
        SECRETS,
        '--event',
        'guardrail-refused',
        '--proposed',
        plan.digest,
      );
      await rm(join(checkout.root, 'state/plans', planName(plan)));
      return json.messages.map(({ title }, index) => ({ title, text: http.hits[index]?.body ?? '' }));
    };
    await refusedAt(10);
    const first = await told('1', '2');
    expect(first.map(({ title }) => title)).toEqual([
      'Refused by a guardrail: protected-account',
      'Refused by a guardrail: head-count-drop',
    ]);
    await refusedAt(11);
    const second = await told('1', '2', '3');
    expect(second.map(({ title }) => title)).toEqual(['Refused by a guardrail: protected-account']);
    expect(second[0]?.text).toContain('3: protected-account');
    expect(second[0]?.text).not.toMatch(/[12]: protected-account/);
  });

  it('this job again tells nothing, and keeps trying the place that failed', async () => {
    const checkout = await checkoutWith(
      'routes: [{ events: [offboarded], channel: slack }, { events: [offboarded], channel: email, to: [a@example.com] }]\n',
    );
    await checkout.record(recorded([suspends('1')]));
    smtp.refusals.push(554);
    const first = await checkout.notify(SECRETS);
    expect(first).toMatchObject({
      exit: 0,
      json: { sent: 1, failed: 1, warnings: ['1 message not sent: mail: the server answered 554'] },
    });
    const second = await checkout.notify(SECRETS);
    expect(second.json.messages.map(({ channel, outcome }) => `${channel} ${outcome}`)).toEqual([
      'email sent',
    ]);
    expect((await checkout.notify(SECRETS)).json).toMatchObject({ sent: 0, messages: [] });
    expect([http.hits.length, smtp.mails.length]).toEqual([1, 1]);
  });

  it('the whole run again tells nothing, without any ledger: main has the receipts by then', async () => {
    const checkout = await checkoutWith(SLACK);
    await checkout.record(recorded([suspends('1')]));
    expect((await checkout.notify(SECRETS)).json.sent).toBe(1);
    await checkout.commit();
    await rm(join(checkout.root, 'state/notified.json'));
    expect((await checkout.notify(SECRETS)).json.sent).toBe(0);
    expect(
      (await checkout.notify(SECRETS, '--since', planName(recorded([suspends('1')]).plan))).json.sent,
    ).toBe(0);
    const again = await checkout.notify(
      SECRETS,
      '--receipts',
      `state/receipts/${planName(recorded([suspends('1')]).plan)}`,
    );
    expect(again.json.sent).toBe(1);
  });

  it('the ledger can be carried to another checkout, where the ids are the same too', async () => {
    const one = await checkoutWith(ALL, false);
    const two = await checkoutWith(ALL, false);
    const third = await checkoutWith(ALL, false);
    for (const checkout of [one, two, third]) await checkout.record(recorded([suspends('1')]));
    const ledger = join(one.root, 'elsewhere', 'sent.json');
    expect((await one.notify(SECRETS, '--ledger', ledger)).json.sent).toBe(3);
    expect((await two.notify(SECRETS, '--ledger', ledger)).json.sent).toBe(0);
    expect((await third.notify(SECRETS)).json.sent).toBe(3);
    const hooks = http.hits.filter(({ path }) => path.startsWith('/hook'));
    expect(new Set(hooks.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    const ids = smtp.mails.map(({ headers }) => headers.find((line) => line.startsWith('Message-ID')));
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });

  it('a ledger that is something else stops before anything is sent', async () => {
    const checkout = await checkoutWith(SLACK);
    await checkout.record(recorded([suspends('1')]));
    await checkout.write('state/notified.json', '{"version":1,"sent":{"x":1}}');
    expect((await checkout.notify(SECRETS)).exit).toBe(2);
    expect(http.hits).toEqual([]);
  });
});

describe('a channel that cannot', () => {
  it('is named by its variable, and the others go on', async () => {
    const checkout = await checkoutWith(ALL);
    await checkout.record(recorded([suspends('1')]));
    const { exit, json, err } = await checkout.notify({ SMTP_URL: SECRETS.SMTP_URL });
    expect(exit).toBe(0);
    expect(json).toMatchObject({ sent: 1, skipped: 2 });
    expect(json.warnings).toEqual([
      '1 message not sent: SLACK_WEBHOOK_URL is not set',
      '1 message not sent: NOTIFY_WEBHOOK_URL is not set',
    ]);
    expect(err).toContain('notify: warning: 1 message not sent: SLACK_WEBHOOK_URL is not set');
    expect(smtp.mails).toHaveLength(1);
  });

  it('--print needs no secret, sends nothing and remembers nothing', async () => {
    const checkout = await checkoutWith(ALL);
    await checkout.record(recorded([suspends('1')]));
    const { exit, json } = await checkout.notify({}, '--print');
    expect([exit, json.messages.map(({ outcome }) => outcome)]).toEqual([
      0,
      ['printed', 'printed', 'printed'],
    ]);
    expect(json.messages[0]?.lines).toEqual(['1: suspended']);
    await expect(readFile(join(checkout.root, 'state/notified.json'))).rejects.toThrow('ENOENT');
  });

  it.each([
    ['--event', 'fired'],
    ['--needs', '{"a b\\n": 1}'],
    ['--last-success', 'yesterday'],
    ['--receipts', '../../etc/passwd'],
  ])('%s %s is bad input', async (...args) => {
    const checkout = await checkoutWith(SLACK);
    expect((await checkout.notify(SECRETS, ...args)).exit).toBe(2);
  });

  it('a mistake in the templates is exit 2 at its place, a mistake in another mapping is not asked for', async () => {
    const checkout = await checkoutWith(`${SLACK}templates:\n  held: { text: '{salary}' }\n`);
    await checkout.write('mappings/groups/x.yaml', 'groups: [{ group: A, when: nonsense( }]');
    const { exit, err } = await checkout.notify(SECRETS);
    expect(exit).toBe(2);
    expect(err).toContain('mappings/notifications.yaml:3:18: unknown placeholder {salary}');
    await checkout.write('mappings/notifications.yaml', SLACK);
    expect((await checkout.notify(SECRETS)).exit).toBe(0);
  });
});

it('canaries: no secret and no private field in any message, output or ledger; a hostile name does nothing', async () => {
  const checkout = await checkoutWith(ALL);
  const canary = {
    because: 'CANARY-because',
    before: { state: 'CANARY-state', stage: 'left', hireDate: 'CANARY-hire', secret: 'CANARY-before' },
  };
  const hostile = 'Eve\r\nBcc: all@example.com [skip ci] <!channel> @here <b>x</b> \u202e';
  for (const id of ['1', '2', '3', '4', '5'])
    await checkout.person(
      id,
      {
        firstName: hostile,
        lastName: 'Q',
        mobilePhone: 'CANARY-phone',
        workEmail: 'CANARY@example.com',
        jobTitle: 'CANARY-job',
        salary: 'CANARY-salary',
        terminationDate: '2031-03-03',
      },
      id === '5' ? { stage: 'hold', hold: 'no-address' } : {},
    );
  const failed = act('update', '4', {
    target: 'CANARY-attribute',
    before: 'CANARY-old',
    after: 'CANARY-new',
  });
  await checkout.record(
    recorded(
      [
        act('suspend', '1', { ...canary, after: { state: 'SUSPENDED', note: 'CANARY-after' } }),
        act('create', '2', {
          because: 'CANARY',
          after: {
            username: 'u',
            email: 'u@example.com',
            state: 'STAGED',
            anchor: '2',
            attributes: { x: 'CANARY-attribute-value' },
            mail: 'CANARY-mail@example.com',
          },
        }),
        act('reinstate', '3', canary),
        failed,
      ],
      { [failed.id]: 'failed' },
      {
        outcome: 'partial',
        reason: 'CANARY-reason jca-key',
        run: 'https://user:CANARY@example.com/?token=CANARY',
        approvedBy: ['CANARY-login'],
        held: [{ person: '6', code: 'CANARY code', message: 'CANARY' }],
        findings: [{ code: 'flapping', severity: 'critical', person: '1', message: 'CANARY-finding' }],
      },
    ),
  );
  const { exit, out, err, json } = await checkout.notify(
    {
      ...SECRETS,
      JUMPCLOUD_API_KEY: 'CANARY-jumpcloud',
      BAMBOOHR_API_KEY: 'CANARY-bamboohr',
      GITHUB_TOKEN: 'CANARY-github',
    },
    '--needs',
    JSON.stringify({ plan: { result: 'failure', outputs: { secret: 'CANARY-output' } } }),
  );
  expect(exit).toBe(0);
  expect(json).toMatchObject({ failed: 0, skipped: 0 });
  expect(new Set(json.messages.map(({ event }) => event))).toEqual(
    new Set(['offboarded', 'provisioned', 'reinstated', 'held', 'failed', 'guardrail-refused']),
  );
  const bodies = http.hits.map(
    ({ body, headers: { host: _, ...headers } }) => `${body}${JSON.stringify(headers)}`,
  );
  const mails = smtp.mails.map(({ raw, text, html, subject }) => `${raw}${text}${html}${subject}`);
  const ledger = await readFile(join(checkout.root, 'state/notified.json'), 'utf8');
  const everything = [...bodies, ...mails, out, err, ledger].join('\n');
  expect(everything).not.toContain('CANARY');
  expect(everything).not.toContain(Buffer.from('CANARY').toString('base64').slice(0, 7));
  expect(everything).not.toContain('2031');
  expect(smtp.mails.every(({ headers }) => !headers.some((line) => /^bcc/i.test(line)))).toBe(true);
  expect(smtp.mails.every(({ to }) => to.join() === 'security@example.com')).toBe(true);
  expect(bodies.join()).not.toMatch(/<!channel>|@here|@all|<b>x/);
  expect(smtp.mails.map(({ html }) => html).join()).not.toMatch(/<!channel>|<b>x/);
  // The named route does show the name, made harmless.
  expect(smtp.mails.map(({ text }) => text).join()).toContain('Eve↵Bcc');
});

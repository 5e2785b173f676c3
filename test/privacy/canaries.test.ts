/**
 * Canaries: a secret or a private fact planted wherever one can come in, and looked for wherever something goes out. Names
 * and addresses belong in state/, in plans and in what a person reads at the terminal; nowhere else.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY } from '../line/company.ts';
import { type Line, type Ran, startLine } from '../line/line-world.ts';
import { knownWords } from '../../scripts/adapters/http/known-words.ts';

/** Never exported, whatever the key may see. */
const PRIVATE: Record<string, string> = {
  address1: 'canary-street-7',
  city: 'canary-city',
  homeEmail: 'canary-home@private.example',
  homePhone: '+1 555 0100 canary',
  dateOfBirth: '1987-03-14',
  gender: 'canary-gender',
  ssn: '078-05-1120',
  payRate: '123456.78 USD',
  terminationReason: 'canary-reason',
  terminationType: 'canary-type',
  eligibleForRehire: 'canary-rehire',
};
const FUTURE_EXIT = '2027-02-13';
const SECRETS = {
  BAMBOOHR_API_KEY: 'bhrSECRETcanary0123456789',
  JUMPCLOUD_API_KEY: 'jcSECRETcanary9876543210',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.example/services/T0/B0/slackSECRETcanary',
  SMTP_URL: 'smtp://mailer:smtpSECRETcanary@mail.example:587',
  WEBHOOK_SIGNING_SECRET: 'signSECRETcanary0011',
  GITHUB_TOKEN: 'ghs_githubSECRETcanary00112233445566778899',
};
const NAMED = { firstName: 'Zebedee', lastName: 'Quixotworth', workEmail: 'zebedee.quixotworth@example.com' };

/** Every spelling in which a secret travels. */
function spellingsOf(secret: string): string[] {
  const basic = Buffer.from(`${secret}:x`).toString('base64');
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), basic];
}

function leaksOf(text: string, canaries: string[]): string[] {
  return canaries.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()));
}

/** What vendors answer when they repeat what they were asked with. */
const ECHO = JSON.stringify({
  error: 'INVALID_ARGUMENT',
  message: `user ${NAMED.firstName} ${NAMED.lastName} <${NAMED.workEmail}> already exists for key ${SECRETS.JUMPCLOUD_API_KEY}, pay ${PRIVATE['payRate']}`,
  details: [{ value: NAMED.workEmail }],
});

let line: Line;
const runs: Ran[] = [];
const seen: Record<string, string> = {};

async function run(...[verb, ...args]: Parameters<Line['run']>): Promise<Ran> {
  const ran = await line.run(verb, ...args);
  runs.push(ran);
  return ran;
}

beforeAll(async () => {
  line = await startLine({
    bamboohr: {
      ...COMPANY,
      employees: [
        ...EMPLOYEES.map((person) => ({ ...person, ...PRIVATE })),
        { ...employee('140', '', '', { terminationDate: FUTURE_EXIT }), ...NAMED, ...PRIVATE },
      ],
    },
    jumpcloud: EMPTY_DIRECTORY,
  });
  Object.assign(line.environment, SECRETS);
  await run('export');
  await run('plan');
  // Refused with everything repeated, then throttled, then broken: each once for every route.
  await line.faults('jumpcloud', [
    { method: 'POST', path: '/api/systemusers', status: 400, body: ECHO, times: 99 },
  ]);
  await run('apply', '--approved-by', 'ann');
  await line.faults('jumpcloud', [{ path: '/', status: 403, body: ECHO, times: 2 }]);
  await run('plan');
  await line.faults('bamboohr', [{ path: '/', status: 400, body: ECHO, times: 2 }]);
  await run('export');
  await line.faults('bamboohr', []);
  await line.faults('jumpcloud', []);
  await run('export');
  await run('plan', '--json');
  await run('apply', '--json', '--approved-by', 'ann');
  for (const path of await line.list('state')) seen[`state/${path}`] = await line.read(`state/${path}`);
});
afterAll(() => line.close());

const texts = (): [string, string][] => [
  ...runs.flatMap(({ out, err }, index): [string, string][] => [
    [`stdout of run ${index}`, out],
    [`stderr of run ${index}`, err],
  ]),
  ...Object.entries(seen),
];

describe('what went out of export, plan and apply', () => {
  test('the flow ran: people were made, refusals were told, receipts were left', async () => {
    expect(runs.map(({ exit }) => exit)).toEqual([0, 0, 1, 2, 1, 0, 0, 0]);
    expect(Object.keys((await line.directory()).users)).toContain('zebedee.quixotworth');
    expect(runs[2]?.out).toContain('already exists');
    expect(Object.keys(seen).filter((path) => path.startsWith('state/receipts/')).length).toBeGreaterThan(1);
  });

  test('no secret in any spelling, anywhere', () => {
    const canaries = Object.values(SECRETS).flatMap(spellingsOf);
    expect(
      texts().flatMap(([where, text]) => leaksOf(text, canaries).map((leak) => `${where}: ${leak}`)),
    ).toEqual([]);
  });

  test('no private fact and no exit before its time, anywhere', () => {
    const canaries = [...Object.values(PRIVATE), FUTURE_EXIT];
    expect(
      texts().flatMap(([where, text]) => leaksOf(text, canaries).map((leak) => `${where}: ${leak}`)),
    ).toEqual([]);
  });

  test('no name and no address in logs, nor on a receipt', () => {
    const open = texts().filter(
      ([where]) => where.startsWith('stderr') || where.startsWith('state/receipts/'),
    );
    const canaries = Object.values(NAMED);
    expect(
      open.flatMap(([where, text]) => leaksOf(text, canaries).map((leak) => `${where}: ${leak}`)),
    ).toEqual([]);
  });

  test('no secret, no private fact, no name and no address in a URL', async () => {
    const canaries = [...Object.values(SECRETS), ...Object.values(PRIVATE), ...Object.values(NAMED)];
    for (const vendor of ['bamboohr', 'jumpcloud'] as const) {
      const urls = (await line.requests(vendor)).map(({ path, query }) =>
        decodeURIComponent(`${path}?${JSON.stringify(query)}`),
      );
      expect(urls.length).toBeGreaterThan(5);
      expect(urls.flatMap((url) => leaksOf(url, canaries))).toEqual([]);
    }
  });
});

test('the canaries would be found: a message shown as it came holds three of them, as we show it none', () => {
  const canaries = [...Object.values(SECRETS), ...Object.values(NAMED), ...Object.values(PRIVATE)];
  const { message } = JSON.parse(ECHO) as { message: string };
  expect(leaksOf(message, canaries).length).toBeGreaterThanOrEqual(3);
  expect(leaksOf(knownWords(message), canaries)).toEqual([]);
});

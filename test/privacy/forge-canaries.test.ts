/**
 * Canaries on GitHub's side: people and a token go into propose and record, a refusal repeats them, a webhook body brings
 * more; looked for in commit messages, branches, pull requests, comments, URLs, what was told and errors. Names stand in
 * person files and in texts and comments of a pull request, for those who may read the repository; nowhere else.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { propose } from '../../scripts/propose.ts';
import { record } from '../../scripts/record.ts';
import { createRelayLog } from '../../scripts/shell/relay/relay-log.ts';
import { readRelaySettings } from '../../scripts/shell/relay/relay-settings.ts';
import { startRelay } from '../../scripts/shell/relay/start-relay.ts';
import {
  type Company,
  joinGroup,
  personFile,
  planFile,
  planOf,
  receiptFile,
  startCompany,
  suspend,
  TOKENS,
  writeFiles,
} from '../line/forge-world.ts';
import { KEY, signedDelivery } from '../relay/signed-delivery.ts';

const TOKEN = 'ghs_githubSECRETcanary00112233445566778899';
const NAMES = ['Zebedee', 'Quixotworth', 'zebedee.quixotworth@example.com'];
const FACTS = {
  firstName: 'Zebedee',
  lastName: 'Quixotworth',
  workEmail: NAMES[2]!,
  jobTitle: '[skip ci] @all',
};
const PRIVATE = ['canary-salary', 'canary-reason', 'canary-home@private.example', '2027-02-13'];
const ECHO = {
  message: `Validation Failed for ${FACTS.firstName} ${FACTS.lastName} <${FACTS.workEmail}> with ${TOKEN}, ${PRIVATE.join(' ')}`,
  errors: [{ message: FACTS.workEmail, field: FACTS.lastName }],
};

let company: Company;
let root: string;
let refusals: string[];
const told: string[] = [];
const review = planOf([joinGroup('1042', 'Engineering')]);
const auto = planOf([suspend('1044')], { lane: 'auto' });

function leaksOf(texts: string[], canaries: string[]): string[] {
  const spelled = canaries.flatMap((canary) => [
    canary,
    encodeURIComponent(canary),
    Buffer.from(canary).toString('base64').replace(/=+$/, ''),
  ]);
  return texts.flatMap((text) =>
    spelled.filter((canary) => text.toLowerCase().includes(canary.toLowerCase())),
  );
}

beforeAll(async () => {
  company = await startCompany({
    files: personFile('1042'),
    seed: {
      rules: 'protected',
      tokens: { ...TOKENS, [TOKEN]: { login: 'rollcall[bot]', type: 'Bot', bypass: true } },
    },
  });
  root = await mkdtemp(join(tmpdir(), 'rollcall-canaries-'));
  const files = { ...personFile('1042', FACTS), ...personFile('1043', FACTS), ...planFile(review) };
  await writeFiles(root, { ...files, ...planFile(auto) });
  refusals = [];
  const common = { root, asOf: '2026-11-23', run: undefined, serverUrl: 'https://github.com' };
  for (const status of [400, 401, 403, 404, 409, 422]) {
    await company.control('PUT', '/faults', [{ path: '/repos/', status, body: ECHO, times: 9 }]);
    const { forge, told: lines } = company.forge(TOKEN);
    const error: unknown = await propose({ ...common, forge }).catch((thrown: unknown) => thrown);
    refusals.push(
      error instanceof Error ? `${error.message} ${inspect(error)} ${JSON.stringify(error)}` : '',
    );
    told.push(...lines);
  }
  await company.control('PUT', '/faults', []);
  const working = company.forge(TOKEN);
  await propose({ ...common, forge: working.forge });
  await company.approve(1);
  await company.merge(1);
  await writeFiles(root, receiptFile(review));
  await record({
    root,
    serverUrl: 'https://github.com',
    sleep: async () => undefined,
    now: () => '2026-11-23T12:20:00Z',
    forge: working.forge,
  });
  told.push(...working.told);
}, 60_000);
afterAll(async () => {
  await company.close();
  await rm(root, { recursive: true, force: true });
});

describe('what went out of propose and record', () => {
  test('every refusal was told, and shows nothing that it repeated', () => {
    expect(refusals.map((text) => text.includes('GitHub, '))).toEqual(refusals.map(() => true));
    expect(leaksOf(refusals, [TOKEN, ...NAMES, ...PRIVATE])).toEqual([]);
    expect(leaksOf(told, [TOKEN, ...NAMES, ...PRIVATE])).toEqual([]);
  });

  test('no person and no token in messages of commits, names of branches and URLs', async () => {
    const checkout = await company.clone();
    const history = await company.git(checkout, 'log', '--all', '--format=%an %ae %cn %ce %B %D');
    expect(history).toContain('Plan-Digest');
    expect(history).toMatch(/^.*receipt\(/m);
    const urls = (await company.requests()).map(({ path }) => decodeURIComponent(path));
    expect(urls.length).toBeGreaterThan(20);
    expect(leaksOf([history, ...urls], [TOKEN, ...NAMES, ...PRIVATE, '[skip ci]', '@all'])).toEqual([]);
  });

  test('no token and nothing of a refusal in pull requests and comments', async () => {
    const pull = await company.pull(1);
    const comments = (await company.comments(1)).map(({ body }) => body);
    expect(comments.length).toBeGreaterThan(0);
    expect(leaksOf([pull.title, pull.body, ...comments], [TOKEN, ...PRIVATE, '@all'])).toEqual([]);
    // What was sent and written over later was mailed to subscribers all the same.
    const sent = (await company.requests()).map(({ body }) => JSON.stringify(body) ?? '');
    expect(sent.some((body) => body.includes('rollcall'))).toBe(true);
    expect(leaksOf(sent, [TOKEN, ...PRIVATE])).toEqual([]);
    expect(leaksOf([pull.title], NAMES)).toEqual([]);
    expect(leaksOf([pull.body, ...comments], [FACTS.workEmail])).toEqual([]);
  });
});

test('the relay logs and passes on ids, whatever a body says and whoever signed it', async () => {
  const lines: string[] = [];
  const log = createRelayLog((line) => lines.push(line), Date.now);
  const settings = readRelaySettings({
    BAMBOOHR_WEBHOOK_KEY: KEY,
    GITHUB_TOKEN: TOKEN,
    GITHUB_REPOSITORY: 'acme/identity',
    GITHUB_API_URL: company.url,
  });
  const relay = await startRelay({ settings, port: 0, host: '127.0.0.1', log });
  const body = JSON.stringify({
    type: 'employee.updated',
    timestamp: new Date().toISOString(),
    data: { companyId: '1', employeeId: '1042', changedFields: ['status'], ...FACTS, pay: PRIVATE[0] },
    [NAMES[2]!]: PRIVATE,
  });
  await company.control('DELETE', '/requests');
  const answers: string[] = [];
  try {
    for (const key of [KEY, 'another-key-0123456789'])
      for (const text of [body, body.slice(0, -9), `${NAMES.join('=')}&${PRIVATE.join('=')}`]) {
        const { headers, body: sent } = signedDelivery(text, Date.now(), key);
        const answer = await fetch(`http://127.0.0.1:${relay.port}/webhook?${NAMES[0]}`, {
          method: 'POST',
          headers,
          body: sent,
        });
        answers.push(`${answer.status} ${await answer.text()}`);
      }
  } finally {
    await relay.close();
  }
  const sent = (await company.requests()).map(({ path, body: told }) => `${path} ${JSON.stringify(told)}`);
  expect(sent.join()).toContain('1042');
  expect(answers[0]).toMatch(/^2/);
  expect(answers.slice(3).every((answer) => answer.startsWith('4'))).toBe(true);
  expect(lines.length).toBeGreaterThan(2);
  expect(leaksOf([...lines, ...answers, ...sent], [KEY, TOKEN, ...NAMES, ...PRIVATE])).toEqual([]);
}, 20_000);

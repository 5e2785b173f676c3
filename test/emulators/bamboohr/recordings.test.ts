import { beforeAll, describe, expect, test } from 'vitest';
import {
  hasRecordings,
  readExchanges,
  type Recording,
  RECORDED_AT,
  recordedSeed,
} from './recorded-company.ts';
import { type Bamboo, person, type Reply, startBamboo } from './start-bamboohr.ts';

const exchanges = hasRecordings ? readExchanges() : [];

/** What cannot be the same in two answers, by recording: replaced by its type before comparing. */
const VOLATILE: Record<string, string[]> = {
  get_v1_employees_list: ['photoUrl'],
  post_v1_webhooks: ['privateKey', 'created', 'id'],
};

/**
 * Values (not shapes) in which the recordings disagree with one another, because the tenant was edited between them:
 * path in the answer -> [what this recording says, what the seed, made of another recording, says].
 */
const EDITED: Record<string, Record<string, [unknown, unknown]>> = {
  get_v1_employee: { '/workEmail': ['redacted@example.com', 'redacted@example.com'] },
  post_v1_employees_id: { '/firstName': ['Charlotte', 'Abbott'] },
};

/** Headers that the emulator owes exactly as recorded. */
const HEADERS = [
  'content-type',
  'x-bamboohr-error-message',
  'x-bamboohr-error-messsage',
  'www-authenticate',
  'location',
];

function differences(
  left: unknown,
  right: unknown,
  volatile: string[],
  path = '',
): Record<string, [unknown, unknown]> {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return Object.is(left, right) ? {} : { [path]: [left, right] };
  const found: Record<string, [unknown, unknown]> = {};
  if (Array.isArray(left) !== Array.isArray(right)) return { [path]: [left, right] };
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const key of keys) {
    const [one, other] = [(left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]];
    if (volatile.includes(key) && typeof one === typeof other) continue;
    Object.assign(found, differences(one, other, volatile, `${path}/${key}`));
  }
  return found;
}

describe.skipIf(!hasRecordings)('the recorded tenant, replayed', () => {
  let bamboo: Bamboo;
  let old: Bamboo;
  beforeAll(async () => {
    const webhook = {
      owner: 'secret',
      name: 'W',
      url: 'https://example.com',
      format: 'json',
      events: ['employee.deleted'],
      privateKey: 'x',
      created: '2026-05-29 14:00:00',
    };
    bamboo = await startBamboo({ ...recordedSeed(), webhooks: [{ ...webhook, id: '19' }] }, RECORDED_AT);
    old = await startBamboo(
      { company: 'collegeeat', employees: [person('8')], apiKeys: [{ key: 'secret', employeeId: '8' }] },
      '2022-02-15T22:35:23Z',
    );
  });

  function replay({ name, request, headers }: Recording): Promise<Reply> {
    if (request.url !== undefined) {
      const key = name.includes('invalid_key') ? 'wrong' : 'secret';
      return old.ask(new URL(request.url).pathname, { key });
    }
    const query = new URLSearchParams(request.params).toString();
    // The recorded table came without an Accept for JSON.
    const accept = headers['content-type']?.startsWith('text/xml') === true ? '*/*' : 'application/json';
    return bamboo.ask(`/api/gateway.php/nagoinc${request.path}${query === '' ? '' : `?${query}`}`, {
      method: request.method,
      ...(request.data === undefined ? {} : { body: request.data }),
      headers: { accept },
    });
  }

  // Reads before writes: the writes of 2026-05 precede the reads of 2026-06 in the tenant, and would change them here.
  const reads = exchanges.filter(
    ({ request, name }) => request.method === 'GET' || /reports|datasets/.test(name),
  );
  const writes = exchanges.filter((exchange) => !reads.includes(exchange));

  test.each([...reads, ...writes].map((exchange) => [exchange.name, exchange] as const))(
    '%s',
    async (name, exchange) => {
      // The list of webhooks was recorded empty.
      if (name === 'get_v1_webhooks') {
        expect((await old.ask('/api/v1/webhooks')).json()).toEqual(exchange.body);
        return;
      }
      const reply = await replay(exchange);
      expect(reply.status).toBe(exchange.status);
      for (const header of HEADERS) {
        const expected = exchange.headers[header]?.replace(/employees\/121$/, 'employees/122') ?? null;
        expect(reply.headers.get(header), header).toBe(expected);
      }
      const body: unknown = typeof exchange.body === 'string' ? reply.text : reply.json();
      // 121 is taken in the newer recording: the emulator hands out the next id.
      const recorded =
        name === 'post_v1_employees' ? { ...(exchange.body as object), id: '122' } : exchange.body;
      const found = differences(recorded, body, VOLATILE[name] ?? []);
      for (const [path, [, seeded]] of Object.entries(EDITED[name] ?? {})) {
        if (found[path] !== undefined) expect(found[path][1], path).toBe(seeded);
        delete found[path];
      }
      expect(found).toEqual({});
    },
  );

  test('every recording is replayed', () => {
    expect(reads.length + writes.length).toBe(19);
  });

  // REC, reference §2.1: 91 of 97 active people are in the directory; the missing are the future hire and five without a hire date.
  test('the directory has 91 of the 97 active', async () => {
    const { employees } = await bamboo.get<{ employees: unknown[] }>('/api/v1/employees/directory');
    expect(employees).toHaveLength(91);
  });

  // REC: 106 of 106 rows with a supervisor carry the manager's number, and no id.
  test('supervisorEId resolves to the employee of that number', async () => {
    const report = await bamboo.ask('/api/v1/reports/custom?format=json', {
      body: { fields: ['supervisorId', 'supervisorEId', 'employeeNumber'] },
    });
    const { employees } = report.json<{ employees: Record<string, string | null>[] }>();
    const numbers = new Map(employees.map((row) => [row['id'], row['employeeNumber']]));
    const managed = employees.filter((row) => row['supervisorId'] !== null);
    expect(managed).toHaveLength(106);
    for (const row of managed) expect(numbers.get(row['supervisorEId'] ?? '')).toBe(row['supervisorId']);
  });
});

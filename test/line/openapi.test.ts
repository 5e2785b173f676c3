/**
 * A whole story through a proxy that holds every request of the verbs and every answer of the emulators against the
 * vendors' official documents (where they are at hand).
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTRADICTIONS } from '../../scripts/emulators/jumpcloud/contradictions.ts';
import { BAMBOOHR_CONTRADICTIONS } from '../openapi/bamboohr-contradictions.ts';
import { loadOpenApi, type OpenApi } from '../openapi/validate-openapi.ts';
import { COMPANY, employee, EMPLOYEES, EMPTY_DIRECTORY, unlinked } from './company.ts';
import { type Line, startLine, type Vendor } from './line-world.ts';
import { deedsOf, settle, succeeded } from './settle.ts';
import { type Exchange, startProxy } from './tapped-proxy.ts';

const SPECS = resolve(import.meta.dirname, '../../../shared/reference/specs');
const FILES: Record<Vendor, string> = {
  bamboohr: resolve(SPECS, 'bamboohr-public-openapi-2026-06-10.yaml'),
  jumpcloud: resolve(SPECS, 'jumpcloud-console-subset-2026-08-21.openapi31.json'),
};
const isThere = existsSync(FILES.bamboohr) && existsSync(FILES.jumpcloud);
if (!isThere) console.warn('skipped: the official documents (../shared/reference/specs) are absent');

/** Lists that the official module pages through and the subset of the document at hand leaves out. */
const UNDOCUMENTED = /^GET \/api\/(systems|applications|v2\/policies|v2\/policygroups)$/;

describe.skipIf(!isThere)('the line and the official documents (needs ../shared/reference)', () => {
  let line: Line;
  let documents: Record<Vendor, OpenApi>;
  const heard: Record<Vendor, Exchange[]> = { bamboohr: [], jumpcloud: [] };
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    documents = { bamboohr: loadOpenApi(FILES.bamboohr), jumpcloud: loadOpenApi(FILES.jumpcloud) };
    const [ada] = EMPLOYEES;
    line = await startLine({
      bamboohr: COMPANY,
      jumpcloud: {
        ...EMPTY_DIRECTORY,
        users: [unlinked(ada!, { manager: null })],
        systemGroups: [{ name: 'London laptops' }],
        policies: [{ name: 'Encrypt disks' }],
      },
      files: {
        'mappings/groups/fleet.yaml': "groups:\n  - { group: Fleet, when: 'true', create: true }\n",
        'mappings/devices.yaml': [
          'bindings:',
          "  - { bind: system_group, name: London laptops, when: location.startsWith('London') }",
          '  - { bind: policy, name: Encrypt disks, when: "true" }',
          '',
        ].join('\n'),
      },
    });
    for (const vendor of ['bamboohr', 'jumpcloud'] as const) {
      const proxy = await startProxy(line.url(vendor), {
        after(exchange) {
          heard[vendor].push(exchange);
          return 'pass';
        },
      });
      closing.push(() => proxy.close());
      line.environment[`${vendor.toUpperCase()}_BASE_URL`] = proxy.url;
    }
  }, 60_000);
  afterAll(async () => {
    for (const close of closing) await close();
    await line.close();
  });

  test('first days, a hire ahead, a move, a new name, leave and return, an exit', async () => {
    const deeds: string[] = [];
    const through = async (): Promise<void> => {
      const { rounds } = await settle(line);
      deeds.push(...rounds.flatMap(({ plans }) => deedsOf(plans)));
    };
    await through();
    await line.hire(employee('107', 'Gus', 'Reyes', { hireDate: '2026-11-27', supervisorEId: '102' }));
    await line.hr('103', { department: 'Marketing', lastName: 'Moss', workEmail: 'cas.moss@example.com' });
    await line.hr('104', { jobTitle: null, workPhone: '+44 20 9' });
    await line.hr('105', { employmentHistoryStatus: 'Furloughed' });
    await through();
    await line.hr('105', { employmentHistoryStatus: 'Full-Time' });
    await line.hr('107', { hireDate: '2026-11-28' });
    await line.hr('102', {
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      terminationDate: '2026-11-22',
    });
    await line.hr('104', { terminationDate: '2026-11-23' });
    await through();
    succeeded(await line.run('export', '--only', '103,106'));
    const kinds = new Set(deeds.map((deed) => deed.split(' ')[1]));
    expect([...kinds].sort()).toEqual(
      [
        'adopt',
        'bind',
        'create',
        'create-group',
        'join-group',
        'leave-group',
        'reinstate',
        'rename',
        'schedule',
        'set-manager',
        'suspend',
        'unbind',
        'unschedule',
        'update',
      ].sort(),
    );
  }, 60_000);

  test('every request of the verbs is one that the documents allow', () => {
    const problems = [...heard.bamboohr, ...heard.jumpcloud].flatMap((exchange) => {
      const vendor = heard.bamboohr.includes(exchange) ? 'bamboohr' : 'jumpcloud';
      const { method, path, query, headers, body } = exchange;
      return documents[vendor]
        .checkRequest({
          method,
          path,
          query,
          headers,
          contentType: headers['content-type'],
          body: parsed(body),
        })
        .filter((problem) => !isKnown(vendor, exchange, 'request', problem))
        .map((problem) => `${method} ${path}: ${problem}`);
    });
    expect([...new Set(problems)]).toEqual([]);
    expect(heard.bamboohr.length).toBeGreaterThan(5);
    expect(heard.jumpcloud.length).toBeGreaterThan(100);
  });

  test('every answer of the emulators is one that the documents describe', () => {
    const problems = (['bamboohr', 'jumpcloud'] as const).flatMap((vendor) =>
      heard[vendor].flatMap((exchange) => {
        const { method, path, status, contentType, answer } = exchange;
        return documents[vendor]
          .checkResponse({ method, path, status, contentType, body: answer })
          .filter((problem) => !isKnown(vendor, exchange, status, problem))
          .map((problem) => `${method} ${path} ${status}: ${problem}`);
      }),
    );
    expect([...new Set(problems)]).toEqual([]);
  });

  test('nothing but what was asked for by name: no secret in an address, one media type', () => {
    for (const { path, query, headers, body } of [...heard.bamboohr, ...heard.jumpcloud]) {
      expect(`${path}?${query.toString()}`).not.toMatch(/bhr-|jca-/);
      expect(headers['accept']).toBe('application/json');
      if (body !== '') expect(headers['content-type']).toBe('application/json');
    }
  });

  function isKnown(
    vendor: Vendor,
    { method, path }: Exchange,
    at: number | 'request',
    problem: string,
  ): boolean {
    const name = `${method} ${path}`;
    if (vendor === 'bamboohr')
      return BAMBOOHR_CONTRADICTIONS.some((known) => known.route.test(name) && known.problem.test(problem));
    if (UNDOCUMENTED.test(name)) return /has no operation/.test(problem);
    const template = `${method} ${documents.jumpcloud.template(method, path) ?? path}`;
    return CONTRADICTIONS.some((known) => template.startsWith(known.route) && known.at === at);
  }
});

function parsed(body: string): unknown {
  return body === '' ? undefined : (JSON.parse(body) as unknown);
}

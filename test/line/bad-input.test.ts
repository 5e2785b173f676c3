/**
 * Whatever is wrong with what a verb is given: the message says what, where and what to do, the exit code is the
 * contract's, and nothing is written, neither here nor in JumpCloud.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalFile, digestOf } from '../../scripts/core/values/canonical-json.ts';
import { type Action, actionId } from '../../scripts/core/plan/action.ts';
import type { Plan } from '../../scripts/core/plan/plan-file.ts';
import { COMPANY, EMPTY_DIRECTORY } from './company.ts';
import { type Line, type Ran, startLine, type Verb } from './line-world.ts';
import { type ApplyDocument, type PlanDocument, settle, succeeded } from './settle.ts';

let line: Line;
let environment: Record<string, string>;
let files: Map<string, string>;
/** The plan that waits for approval. */
let pending: string;
let hrState: object;
let liveState: object;

beforeAll(async () => {
  line = await startLine({ bamboohr: COMPANY, jumpcloud: EMPTY_DIRECTORY });
  await settle(line);
  await line.hr('103', { department: 'Finance' });
  succeeded(await line.run('export'));
  succeeded(await line.run('plan'));
  const receipts = new Set(await line.list('state/receipts'));
  pending = `state/plans/${(await line.list('state/plans')).find((name) => !receipts.has(name))}`;
  files = new Map();
  for (const path of await line.list('.')) files.set(path, await line.read(path));
  environment = { ...line.environment };
  // With a list of keys, so that a state that is put back takes a stranger's list away.
  const keys = { apiKeys: [{ key: environment['JUMPCLOUD_API_KEY'], permission: 'write' }] };
  hrState = {
    ...(await line.control<object>('bamboohr', 'GET', '/state')),
    apiKeys: [{ key: environment['BAMBOOHR_API_KEY'] }],
  };
  liveState = { ...(await line.control<object>('jumpcloud', 'GET', '/state')), ...keys };
});
afterAll(() => line.close());

beforeEach(async () => {
  for (const key of Object.keys(line.environment)) delete line.environment[key];
  Object.assign(line.environment, environment);
  const now = await line.hashes();
  for (const path of Object.keys(now)) if (!files.has(path)) await line.remove(path);
  for (const [path, text] of files) await line.write(path, text);
  await line.control('bamboohr', 'PUT', '/state', hrState);
  await line.control('jumpcloud', 'PUT', '/state', liveState);
  await line.faults('bamboohr', []);
  await line.faults('jumpcloud', []);
  await line.forget();
});

interface Expected {
  exit: number;
  /** All of these stand in what people read. */
  says: (string | RegExp)[];
  code?: string;
}

/** Runs the verb and holds it to the contract: message, exit code, and nothing written anywhere. */
async function expectRefused(verb: Verb, args: string[], { exit, says, code }: Expected): Promise<Ran> {
  const before = await line.hashes();
  const ran = await line.run(verb, ...args);
  expect({ exit: ran.exit, err: ran.err }).toEqual({ exit, err: expect.any(String) as string });
  for (const words of says) expect(ran.err).toMatch(words);
  expect(ran.err).toMatch(/What to do: \S/);
  expect(ran.out).toBe('');
  expect(await line.hashes()).toEqual(before);
  expect(await line.writes()).toEqual([]);
  const json = await line.run(verb, '--json', ...args);
  expect(json.exit).toBe(exit);
  const document = json.json<{
    error: { code: string; message: string; remedy: string; problems: unknown[] };
  }>();
  expect(Object.keys(document)).toEqual(['error']);
  expect(Object.keys(document.error).sort()).toEqual(['code', 'message', 'problems', 'remedy']);
  if (code !== undefined) expect(document.error.code).toBe(code);
  expect(await line.hashes()).toEqual(before);
  expect(await line.writes()).toEqual([]);
  for (const secret of [environment['BAMBOOHR_API_KEY']!, environment['JUMPCLOUD_API_KEY']!])
    expect(ran.err + json.out + json.err).not.toContain(secret);
  return ran;
}

/** Replaces text in a file; fails when it is not there. */
async function edit(path: string, from: string, to: string): Promise<{ line: number; column: number }> {
  const text = await line.read(path);
  const at = text.indexOf(from);
  expect(at, `${path} holds ${JSON.stringify(from)}`).toBeGreaterThanOrEqual(0);
  await line.write(
    path,
    text.replace(from, () => to),
  );
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

describe('keys and addresses', () => {
  test.each([
    ['export', 'BAMBOOHR_API_KEY'],
    ['export', 'BAMBOOHR_COMPANY'],
    ['plan', 'JUMPCLOUD_API_KEY'],
    ['apply', 'JUMPCLOUD_API_KEY'],
  ] as const)('%s without %s', async (verb, name) => {
    delete line.environment[name];
    await expectRefused(verb, [], { exit: 2, says: [name, 'not set'], code: 'missing-variable' });
    line.environment[name] = '   ';
    await expectRefused(verb, [], { exit: 2, says: [name], code: 'missing-variable' });
  });

  test('a wrong BambooHR key', async () => {
    await setBamboo({ apiKeys: [{ key: 'the-right-one' }] });
    await expectRefused('export', [], { exit: 2, says: ['BAMBOOHR_API_KEY', '401'], code: 'bamboohr-key' });
  });

  test('an unknown company', async () => {
    line.environment['BAMBOOHR_BASE_URL'] = `${line.url('bamboohr')}/api/gateway.php/nosuch`;
    line.environment['BAMBOOHR_COMPANY'] = 'nosuch';
    await expectRefused('export', [], { exit: 2, says: ['BAMBOOHR_COMPANY'] });
  });

  test('a page of HTML instead of JSON', async () => {
    const html = { status: 200, body: '<!doctype html><title>Sign in</title>', times: 50 };
    await line.faults('bamboohr', [{ path: '/api', ...html }]);
    await expectRefused('export', [], {
      exit: 1,
      says: [/BambooHR/, /JSON|HTML|page/i, 'BAMBOOHR_BASE_URL'],
    });
    await line.faults('jumpcloud', [{ path: '/api', ...html }]);
    await expectRefused('plan', [], {
      exit: 1,
      says: [/JumpCloud/, /JSON|HTML|page/i, 'JUMPCLOUD_BASE_URL'],
    });
  });

  test('a wrong JumpCloud key, and none that arrives', async () => {
    await setJump({ apiKeys: [{ key: 'the-right-one', permission: 'write' }] });
    await expectRefused('plan', [], { exit: 2, says: ['JUMPCLOUD_API_KEY', '401'], code: 'jumpcloud-key' });
    await expectRefused('apply', ['--approved-by', 'ann'], {
      exit: 2,
      says: ['JUMPCLOUD_API_KEY'],
      code: 'jumpcloud-key',
    });
  });

  test('nobody listens', async () => {
    line.environment['JUMPCLOUD_BASE_URL'] = 'http://127.0.0.1:9';
    await expectRefused('plan', [], { exit: 1, says: ['JUMPCLOUD_BASE_URL'], code: 'unreachable' });
  }, 60_000);

  test('plain http to the outside, and what is no address', async () => {
    line.environment['BAMBOOHR_BASE_URL'] = 'http://acme.bamboohr.com';
    await expectRefused('export', [], { exit: 2, says: ['BAMBOOHR_BASE_URL', 'http'] });
    line.environment['BAMBOOHR_BASE_URL'] = 'acme';
    await expectRefused('export', [], { exit: 2, says: ['BAMBOOHR_BASE_URL'] });
  });

  async function setBamboo(part: object): Promise<void> {
    const state = await line.control<object>('bamboohr', 'GET', '/state');
    await line.control('bamboohr', 'PUT', '/state', { ...state, ...part });
  }
  async function setJump(part: object): Promise<void> {
    const state = await line.control<object>('jumpcloud', 'GET', '/state');
    await line.control('jumpcloud', 'PUT', '/state', { ...state, ...part });
  }
});

describe('a key that sees too little', () => {
  async function hide(part: object, facts: object = {}): Promise<void> {
    const employees = COMPANY.employees.map((employee) =>
      employee.id === '105' ? { ...employee, ...facts } : employee,
    );
    await line.control('bamboohr', 'PUT', '/state', {
      ...hrState,
      employees,
      apiKeys: [{ key: environment['BAMBOOHR_API_KEY'], ...part }],
    });
  }

  test('a column that the mappings use: exit 3, its name, and nothing may be planned on it', async () => {
    await hide({ hideFields: ['department'] });
    const before = await line.hashes();
    const ran = await line.run('export');
    expect(ran.exit).toBe(3);
    expect(ran.err).toMatch(/department/);
    expect(ran.err).toMatch(/redacted-column/);
    expect(ran.err).toMatch(/What to do: .*access level/);
    const { 'state/export.json': _was, ...old } = before;
    const { 'state/export.json': _is, ...now } = await line.hashes();
    expect(now).toEqual(old);
    await expectRefused('plan', [], {
      exit: 3,
      says: ['redacted-column', 'export'],
      code: 'incomplete-export',
    });
    await expectRefused('apply', ['--approved-by', 'ann'], {
      exit: 3,
      says: ['export'],
      code: 'incomplete-export',
    });
  });

  test('one person: that one is held, everybody else goes on', async () => {
    // A last day to come: what is held is no way around keeping it out of git.
    await hide({ hideFieldsOf: { 105: ['jobTitle'] } }, { terminationDate: '2027-01-31' });
    const exported = succeeded(await line.run('export', '--json')).json<{ findings: object[] }>();
    expect(exported.findings).toContainEqual(
      expect.objectContaining({ code: 'redacted-row', person: '105', severity: 'critical' }),
    );
    const planned = succeeded(await line.run('plan', '--json')).json<PlanDocument>();
    expect(planned.held.map(({ person, code }) => `${person} ${code}`)).toEqual(['105 redacted-row']);
    const file = await line.read('state/people/05/105.yaml');
    expect(file).toContain('jobTitle: Engineer');
    expect(file).not.toContain('2027');
  });

  test('a third of the company is gone from the read: exit 3 with the numbers', async () => {
    await line.control('bamboohr', 'PUT', '/state', { ...hrState, employees: COMPANY.employees.slice(0, 1) });
    await line.write(
      'mappings/guardrails.yaml',
      (await line.read('mappings/guardrails.yaml')).replace('dropPeople: 5', 'dropPeople: 2'),
    );
    const ran = await line.run('export');
    expect(ran.exit).toBe(3);
    expect(ran.err).toMatch(/5 of 6 people are missing/);
    expect(await line.writes()).toEqual([]);
  });
});

describe('mappings', () => {
  test('a typo in a key', async () => {
    const at = await edit('mappings/guardrails.yaml', 'floor: 5', 'flor: 5');
    for (const verb of ['export', 'plan', 'apply'] as const)
      await expectRefused(verb, [], {
        exit: 2,
        says: [`mappings/guardrails.yaml:${at.line}:${at.column}`, 'flor'],
        code: 'bad-input',
      });
  });

  test('an unknown field in an expression, with a caret under it', async () => {
    const at = await edit(
      'mappings/groups/departments.yaml',
      "department == 'Sales'",
      "departement == 'Sales'",
    );
    const ran = await expectRefused('plan', [], {
      exit: 2,
      says: [
        `mappings/groups/departments.yaml:${at.line}:${at.column}`,
        'departement',
        /did you mean|department/,
      ],
    });
    const [rule, caret] = ran.err
      .split('\n')
      .slice(ran.err.split('\n').findIndex((text) => text.includes("departement == '")));
    expect(caret?.indexOf('^')).toBe(rule?.indexOf('departement'));
  });

  test.each([
    ["department == 'Sales'", 'department', 'a rule that is no yes or no'],
    ["department == 'Sales'", 'department == 5', 'text compared with a number'],
    ["department == 'Sales'", "department.matches('(a+)+$')", 'a regular expression'],
    ["department == 'Sales'", "department == 'Sales", 'an open quote'],
    ["department == 'Sales'", "department = 'Sales'", 'one equals sign'],
  ])('%s -> %s: %s', async (from, to) => {
    const at = await edit('mappings/groups/departments.yaml', from, to);
    await expectRefused('plan', [], {
      exit: 2,
      says: [new RegExp(`mappings/groups/departments\\.yaml:${at.line}:\\d+`)],
    });
  });

  test('YAML that does not parse, a missing file, and every mistake at once', async () => {
    await edit('mappings/attributes.yaml', 'attributes:', 'attributes: [');
    await expectRefused('plan', [], { exit: 2, says: [/mappings\/attributes\.yaml:\d+:\d+/] });
    await line.write('mappings/attributes.yaml', files.get('mappings/attributes.yaml')!);
    await line.remove('mappings/lifecycle.yaml');
    await expectRefused('plan', [], { exit: 2, says: ['mappings/lifecycle.yaml'] });
    await line.write('mappings/lifecycle.yaml', files.get('mappings/lifecycle.yaml')!);
    await edit('mappings/lifecycle.yaml', 'timeZone: America/Denver', 'timeZone: Denver');
    await edit('mappings/naming.yaml', 'maxLength: 30', 'maxLength: thirty');
    await expectRefused('plan', [], {
      exit: 2,
      says: [/mappings\/lifecycle\.yaml:\d+:\d+/, /mappings\/naming\.yaml:\d+:\d+/],
    });
  });

  test('an id without quotes', async () => {
    await line.write(
      'mappings/exceptions.yaml',
      'exceptions:\n  - kind: hold\n    person: 0103\n    owner: it-lead\n    reason: legal hold\n    expires: 2026-12-31\n',
    );
    await expectRefused('plan', [], {
      exit: 2,
      says: ['mappings/exceptions.yaml:3:', /quotes/],
    });
  });

  test('a freeze stops all but urgent exits', async () => {
    const text = await line.read('mappings/guardrails.yaml');
    await line.write('mappings/guardrails.yaml', `freeze:\n  reason: migration\n  owner: it-lead\n${text}`);
    await expectRefused('plan', [], { exit: 3, says: ['it-lead', 'freeze'], code: 'freeze' });
    await expectRefused('apply', ['--approved-by', 'ann'], { exit: 3, says: ['freeze'], code: 'freeze' });
    await line.hr('105', { status: 'Inactive', employmentHistoryStatus: 'Terminated' });
    succeeded(await line.run('export'));
    succeeded(await line.run('plan', '--lane', 'urgent', '--only', '105'));
  });
});

describe('state, edited by hand', () => {
  const file = 'state/people/05/105.yaml';

  test.each([
    ['a fact', 'department: Sales', 'department: Finance'],
    ['a consequence', 'Sales: department', 'Finance: department'],
    ['a comment', 'employee:', '# mine\nemployee:'],
  ])('%s in a person file', async (_, from, to) => {
    await edit(file, from, to);
    for (const verb of ['plan', 'apply'] as const)
      await expectRefused(verb, [], {
        exit: 2,
        says: [new RegExp(`${file}:\\d+:\\d+`), /export again/],
        code: 'bad-input',
      });
    // What the message says to do helps.
    succeeded(await line.run('export'));
    const told = /^employee:[^]*?(?=^given:|^mappingChanged:)/m;
    expect(told.exec(await line.read(file))?.[0]).toBe(told.exec(files.get(file)!)?.[0]);
    succeeded(await line.run('plan'));
  });

  test('without a manifest (another machine): a file that does not read is told, one that reads is derived anew', async () => {
    await line.remove('state/export.json');
    await edit(file, 'stage: active', 'stage: actve');
    const at = await lineOf(file, 'stage: actve');
    await expectRefused('plan', [], { exit: 2, says: [`${file}:${at}:`] });
    await line.write(file, files.get(file)!);
    await edit(file, 'employee:', 'employee: {');
    await expectRefused('plan', [], { exit: 2, says: [new RegExp(`${file}:\\d+:\\d+`)] });
    await line.write(file, files.get(file)!);
    // Consequences are for readers: what is planned follows from facts and mappings alone.
    await edit(file, 'Sales: department', 'Finance: department');
    const planned = succeeded(await line.run('plan', '--json', '--only', '105')).json<PlanDocument>();
    expect(planned.plans).toEqual([]);
  });

  test('a renamed file, a removed one, and one that does not belong there', async () => {
    await line.remove(file);
    await expectRefused('plan', [], { exit: 2, says: [file, 'removed'] });
    await line.write('state/people/06/906.yaml', files.get(file)!);
    await expectRefused('plan', [], { exit: 2, says: ['state/people/06/906.yaml', file] });
    await line.remove('state/people/06/906.yaml');
    await line.write(file, files.get(file)!);
    await line.write('state/people/notes.txt', 'hello');
    await expectRefused('plan', [], { exit: 2, says: ['state/people/notes.txt'] });
  });

  test('an id without quotes in a person file', async () => {
    await line.remove('state/export.json');
    await edit(file, '"105"', '105');
    await expectRefused('plan', [], { exit: 2, says: [new RegExp(`${file}:\\d+:\\d+`), /quotes/] });
  });

  async function lineOf(path: string, text: string): Promise<number> {
    return (await line.read(path)).split('\n').findIndex((row) => row.includes(text)) + 1;
  }
});

describe('the record, touched', () => {
  test('a plan file with one byte changed', async () => {
    await edit(pending, '"risk": "medium"', '"risk": "medjum"');
    await expectRefused('apply', ['--approved-by', 'ann'], {
      exit: 2,
      says: [`${pending}:1:1`, /git checkout/],
    });
    await line.write(pending, files.get(pending)!);
    await edit(pending, 'Finance', 'Financf');
    await expectRefused('apply', ['--approved-by', 'ann'], { exit: 2, says: [pending, 'digest'] });
    await line.write(pending, `${files.get(pending)} `);
    await expectRefused('apply', ['--approved-by', 'ann'], { exit: 2, says: [pending, 'bytes'] });
  });

  test('a broken receipt, and one without its plan', async () => {
    const [name] = await line.list('state/receipts');
    await edit(`state/receipts/${name}`, '"done"', '"already"');
    await expectRefused('apply', ['--approved-by', 'ann'], {
      exit: 2,
      says: [`state/receipts/${name}`, 'digest'],
    });
    await line.write(`state/receipts/${name}`, files.get(`state/receipts/${name}`)!);
    await line.remove(`state/plans/${name}`);
    await expectRefused('plan', [], { exit: 2, says: [`state/receipts/${name}`, 'no plan'] });
  });

  test('a forged plan, sealed as it should be: nothing in it is done that a fresh plan does not want', async () => {
    const plan = JSON.parse(files.get(pending)!) as Plan;
    const [action] = plan.actions;
    const forged = await forge(plan, {
      lane: 'auto',
      actions: [
        {
          ...action!,
          ...identified({
            kind: 'join-group',
            person: '106',
            target: action!.target,
            after: { group: 'Engineering' },
          }),
        },
        {
          ...action!,
          ...identified({ kind: 'suspend', person: '101', target: null, after: { state: 'SUSPENDED' } }),
          before: null,
        },
      ],
    });
    await line.remove(pending);
    const applied = await line.run('apply', '--json');
    expect(applied.exit).toBe(0);
    expect(applied.json<ApplyDocument>().receipts).toEqual([
      expect.objectContaining({
        file: forged.replace('plans', 'receipts'),
        outcome: 'complete',
        counts: expect.objectContaining({ done: 0, skipped: 2 }) as unknown,
      }),
    ]);
    expect(await line.writes()).toEqual([]);
    expect(applied.err).toBe('');
  });

  test('a plan whose lane was changed to auto, sealed again: what needs review is not done', async () => {
    const plan = JSON.parse(files.get(pending)!) as Plan;
    expect(plan.lane).toBe('review');
    await forge(plan, { lane: 'auto' });
    await line.remove(pending);
    const applied = await line.run('apply');
    expect(applied.exit).toBe(3);
    expect(await line.writes()).toEqual([]);
    const outcomes = new Set((await line.receipts()).at(-1)?.results.map(({ outcome }) => outcome));
    expect([...outcomes]).toEqual(['not-attempted']);
  });

  /** Seals the changed content as a plan of its own and lays it among the pending ones. */
  async function forge(plan: Plan, changes: Partial<Plan>): Promise<string> {
    const { digest: _, ...body } = { ...plan, ...changes };
    const sealed = { ...body, digest: digestOf(body) };
    const path = `state/plans/${plan.asOf}-${sealed.digest}.json`;
    await line.write(path, canonicalFile(sealed));
    return path;
  }

  function identified<W extends Pick<Action, 'kind' | 'person' | 'target' | 'after'>>(
    wish: W,
  ): W & { id: string } {
    return { ...wish, id: actionId(wish) };
  }
});

describe('arguments', () => {
  test.each([
    [['--as-of', '2026-02-30'], '2026-02-30'],
    [['--lane', 'fast'], 'fast'],
    [['--only', '../1'], '../1'],
    [['--onyl', '1'], '--only'],
    [['103'], '103'],
  ])('%j', async (args, says) => {
    await expectRefused('plan', args, { exit: 2, says: [says], code: 'bad-arguments' });
  });

  test('--root that is no folder, --approvals that is no file, --concurrency that is no number', async () => {
    await expectRefused('apply', ['--approvals', 'nowhere.json'], { exit: 2, says: ['nowhere.json'] });
    await expectRefused('apply', ['--concurrency', 'many'], { exit: 2, says: ['--concurrency'] });
    await expectRefused('plan', ['--root', 'nowhere'], { exit: 2, says: ['nowhere'] });
  });

  test('--approved-by does not count inside GitHub Actions', async () => {
    line.environment['GITHUB_ACTIONS'] = 'true';
    await expectRefused('apply', ['--approved-by', 'ann'], { exit: 2, says: ['--approved-by'] });
  });

  test('nobody approved: exit 3, nothing written, and the plan stays pending', async () => {
    await expectRefused('apply', [], { exit: 3, says: ['--approved-by'], code: 'not-approved' });
  });

  test('approved by its own subject: does not count', async () => {
    await edit(
      'mappings/guardrails.yaml',
      '  approvers: []',
      "  approvers: [{ login: cas, employee: '103' }, { login: ann }]",
    );
    await expectRefused('apply', ['--approved-by', 'cas'], {
      exit: 3,
      says: ['0 of 1'],
      code: 'not-approved',
    });
    await expectRefused('apply', ['--approved-by', 'stranger'], {
      exit: 3,
      says: ['0 of 1'],
      code: 'not-approved',
    });
    succeeded(await line.run('apply', '--approved-by', 'ann'));
  });
});

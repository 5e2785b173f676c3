import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { door } from '../../scripts/explain.ts';
import type { Explanation } from '../../scripts/core/explain/explanation.ts';
import type { GroupExplanation } from '../../scripts/core/explain/group-explanation.ts';
import { openDoor } from '../../scripts/shell/door.ts';
import { employee, EMPLOYEES } from '../line/company.ts';
import type { Line, Ran } from '../line/line-world.ts';
import { succeeded } from '../line/settle.ts';
import { groupOf, inConsole, READER, startSettled, userOf } from '../reconcile/reconcile-world.ts';

const NASTY = 'Mal\u202eice \u001b[31m<b>@ann';

let line: Line;
let sha: string;
beforeAll(async () => {
  line = await startSettled({
    bamboohr: {
      company: 'acme',
      timezone: 'America/Denver',
      employees: [
        ...EMPLOYEES,
        employee('108', NASTY, 'Nasty', { workEmail: 'malice@example.com', department: 'Sales' }),
      ],
    },
  });
  const git = (...args: string[]): string =>
    execFileSync(
      'git',
      ['-C', line.root, '-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...args],
      {
        encoding: 'utf8',
      },
    ).trim();
  git('init', '-q');
  git('add', 'mappings', 'state/people');
  git('commit', '-q', '-m', 'mappings');
  await line.write(
    'mappings/groups/sales.yaml',
    `groups:\n  - group: Sales\n    because: sells things\n    when: department == 'Sales'\n`,
  );
  git('add', '.');
  git('commit', '-q', '-m', 'sales own their group');
  await line.write(
    'mappings/groups/sales.yaml',
    `groups:\n  - group: Sales\n    because: sells things\n    when: department == 'Sales' || jobTitle == 'Seller'\n`,
  );
  git('commit', '-q', '-a', '-m', 'sellers too');
  sha = git('rev-parse', 'HEAD');
});
afterAll(() => line.close());

async function run(args: string[], environment: Record<string, string> = {}): Promise<Ran> {
  const written = { out: '', err: '' };
  const { JUMPCLOUD_API_KEY: _, ...offline } = line.environment;
  const exit = await openDoor(door, {
    args: ['--root', line.root, ...args],
    environment: { ...offline, ...environment },
    folder: line.root,
    stdout: { write: (text) => (written.out += text), isTerminal: false, columns: 100 },
    stderr: { write: (text) => (written.err += text), isTerminal: false, columns: 100 },
    now: () => new Date('2026-11-23T19:00:00Z'),
    onSignal: () => undefined,
    onUncaught: () => undefined,
  });
  return { exit, ...written, json: () => JSON.parse(written.out) as never };
}
const LIVE = { JUMPCLOUD_API_KEY: READER };
const look = async (args: string[], environment = {}): Promise<Explanation> =>
  succeeded(await run([...args, '--json'], environment)).json<Explanation>();

describe('offline, from git alone', () => {
  it('tells the whole chain, with the place and the commit of every rule', async () => {
    await line.forget();
    const explained = await look(['105']);
    expect(explained).toMatchObject({
      person: { id: '105', name: 'Eve Okafor', file: 'state/people/05/105.yaml' },
      facts: { department: 'Sales', status: 'Active' },
      stage: { stage: 'active' },
      account: { state: 'active', managerId: '101' },
      live: null,
      next: null,
      waiting: [],
    });
    expect(explained.stage.because).toContain('employment status Full-Time means working');
    const lifecycle = (await line.read('mappings/lifecycle.yaml')).split('\n');
    const stageLine = Number(/:(\d+)$/.exec(explained.stage.place ?? '')?.[1]);
    expect(lifecycle[stageLine - 1]).toContain('Full-Time: working');
    const department = explained.attributes.find(({ name }) => name === 'department');
    expect(department).toMatchObject({
      value: 'Sales',
      owner: 'hr',
      rule: { rule: 'department', reads: { department: 'Sales' } },
    });
    expect(department?.rule?.place).toMatch(/^mappings\/attributes\.yaml:\d+$/);
    expect(department?.rule?.commit).toMatchObject({ subject: 'mappings', author: 'Ann' });
    expect(explained.names.map(({ name, value }) => [name, value])).toEqual([
      ['username', 'eve.okafor'],
      ['email', 'eve.okafor@example.com'],
    ]);
    expect(explained.record.map(({ kind, outcome }) => `${kind} ${outcome}`)).toContain('create done');
    expect(explained.record.find(({ kind }) => kind === 'create')?.approvedBy).toEqual(['ann', 'ben']);
    expect(await line.requests('jumpcloud')).toEqual([]);
  });

  it('names the newest commit of a rule’s block, not of the line that names the group', async () => {
    const sales = (await look(['105'])).groups.find(({ name }) => name === 'Sales');
    const own = sales?.rules.find(({ place }) => place === 'mappings/groups/sales.yaml:2');
    expect(own).toMatchObject({
      holds: true,
      because: 'sells things',
      reads: { department: 'Sales', jobTitle: 'Engineer' },
      commit: { commit: sha, subject: 'sellers too' },
    });
    expect(sales).toMatchObject({ wanted: true, given: true });
  });

  it.each(['103', 'cas.meyer', 'CAS.MEYER@example.com', ' Cas Meyer '])('finds %s', async (query) => {
    expect((await look([query])).person.id).toBe('103');
  });

  it.each([
    ['cas.meier', '103'],
    ['1O3', '103'],
    ['meyer', '103'],
    ['eve.okafo@example.com', '105'],
  ])('nobody is %s: exit 2 with near matches', async (query, near) => {
    const ran = await run([query, '--json']);
    expect(ran.exit).toBe(2);
    const document = ran.json<{ error: { code: string }; near: { id: string }[] }>();
    expect(document.error.code).toBe('unknown-person');
    expect(document.near[0]?.id).toBe(near);
    const told = await run([query]);
    expect([told.exit, told.err]).toEqual([2, '']);
    expect(told.out).toContain(near);
  });

  it('shows no name of a stranger that could act on a terminal', async () => {
    const { out } = succeeded(await run(['108']));
    expect(out).toContain('⟨U+202E⟩');
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });

  it.each([
    [[], 'name one person'],
    [['101', '--group', 'Sales'], 'name one person'],
    [['--group', 'Sale'], 'did you mean "Sales"'],
    [['101', '--what-if', 'departmnt=Sales'], 'did you mean department?'],
    [['101', '--what-if', 'department'], 'a field and a value'],
    [['101', '--what-if', 'hireDate=2026-13-45'], 'hireDate needs a day'],
    [['--group', 'Sales', '--what-if', 'department=IT'], 'about a person'],
  ])('%j is bad input', async (args, words) => {
    const ran = await run(args);
    expect([ran.exit, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain(words);
  });
});

describe('what if', () => {
  it('department=Sales moves the groups and nothing is written', async () => {
    const files = await line.hashes();
    const { whatIf } = await look(['102', '--what-if', 'department=Sales', '--what-if', 'jobTitle=Chief']);
    expect(whatIf).toMatchObject({
      set: { department: 'Sales', jobTitle: 'Chief' },
      unread: [],
      stage: { before: 'active', after: 'active' },
      values: [
        { name: 'department', before: 'Engineering', after: 'Sales' },
        { name: 'jobTitle', before: 'Engineer', after: 'Chief' },
      ],
      joins: [{ group: 'Sales' }],
      leaves: [{ group: 'Engineering', because: 'department is Engineering' }],
      next: null,
    });
    expect(await line.hashes()).toEqual(files);
  });

  it('with live values: what the plan would then be, a leaver’s groups included', async () => {
    const moved = await look(['102', '--what-if', 'department=Sales'], LIVE);
    expect(moved.next?.actions).toEqual([]);
    expect(moved.whatIf?.next?.map(({ kind, line: text }) => `${kind} ${text.split(':')[0]}`).sort()).toEqual(
      ['join-group joins Sales', 'leave-group leaves Engineering', 'update department'],
    );
    const left = await look(
      ['102', '--what-if', 'status=Inactive', '--what-if', 'employmentStatus=Terminated'],
      LIVE,
    );
    expect(left.whatIf?.stage).toMatchObject({ before: 'active', after: 'left' });
    // An exit suspends; it empties no profile, and the answer must not say so.
    expect(left.whatIf?.values).toEqual([{ name: 'account', before: 'active', after: 'suspended' }]);
    expect(left.whatIf?.next?.map(({ kind }) => kind)).toEqual([
      'suspend',
      'leave-group',
      'leave-group',
      'leave-group',
    ]);
  });

  it('a field that nobody reads changes nothing and says so', async () => {
    const { out } = succeeded(await run(['102', '--what-if', 'division=North']));
    expect(out).toContain('no mapping reads division');
    expect(out).toContain('nothing would change');
  });
});

describe('live', () => {
  beforeAll(async () => {
    await inConsole(line, (state) => {
      userOf(state, 'dee.nowak')['jobTitle'] = 'Queen';
      groupOf(state, 'Engineering').members = groupOf(state, 'Engineering').members.filter(
        (name) => name !== 'dee.nowak',
      );
      groupOf(state, 'Sales').members.push('dee.nowak');
      state.users.push({ username: 'ghost', email: 'ghost@example.com' });
      groupOf(state, 'Sales').members.push('ghost');
    });
  });

  it('shows the value, the difference and what a plan of now would do', async () => {
    await line.forget();
    const explained = await look(['104'], LIVE);
    expect(explained.live).toMatchObject({
      match: 'linked',
      account: { state: 'ACTIVATED', manager: '102' },
    });
    expect(
      explained.attributes.filter(({ differs }) => differs).map(({ name, live }) => [name, live]),
    ).toEqual([['jobTitle', 'Queen']]);
    expect(explained.groups.map(({ name, wanted, live, differs }) => [name, wanted, live, differs])).toEqual([
      ['All Staff', true, 'member', false],
      ['Contractors', true, 'member', false],
      ['Engineering', true, 'not a member', true],
      ['London Office', true, 'member', false],
      ['Sales', false, 'member', true],
    ]);
    expect(explained.next?.actions.map(({ kind, lane }) => [kind, lane])).toEqual([
      ['update', 'auto'],
      ['join-group', 'review'],
    ]);
    expect((await line.writes()).filter(({ path }) => !path.startsWith('/insights/'))).toEqual([]);
    const { out } = succeeded(await run(['104'], LIVE));
    expect(out).toContain('JumpCloud has Queen');
    expect(out).toContain('A plan made now');
  });

  it('what waits in a plan is told, offline too', async () => {
    succeeded(await line.run('plan'));
    const { waiting } = await look(['104']);
    expect(waiting.flatMap(({ actions }) => actions.map(({ kind }) => kind)).sort()).toEqual([
      'join-group',
      'update',
    ]);
  });

  it('what waits in the pull request is told from its branch, and not once more when it is merged', async () => {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', line.root, '-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
        encoding: 'utf8',
      });
    git('checkout', '-q', '-b', 'rollcall/sync');
    git('add', 'state/plans');
    git('commit', '-q', '-m', 'sync: 1 mover');
    git('checkout', '-q', '-');
    const { waiting } = await look(['104']);
    expect(waiting.map(({ lane, branch }) => [lane, branch]).sort()).toEqual([
      ['auto', 'rollcall/sync'],
      ['review', 'rollcall/sync'],
    ]);
    const { out } = succeeded(await run(['104']));
    expect(out).toContain('(review): in the pull request of rollcall/sync, for approval');
    const group = succeeded(await run(['--group', 'Engineering', '--json'])).json<GroupExplanation>();
    expect(group.waiting.map(({ branch }) => branch)).toEqual(['rollcall/sync']);
    git('merge', '-q', '--ff-only', 'rollcall/sync');
    expect((await look(['104'])).waiting.map(({ branch }) => branch)).toEqual([undefined, undefined]);
  });

  it('a group that no mapping names is told, and is no difference', async () => {
    await inConsole(line, (state) => {
      state.userGroups.push({ name: 'Book Club', members: ['bob.stone'] });
    });
    const { groups } = await look(['102'], LIVE);
    expect(groups.find(({ name }) => name === 'Book Club')).toMatchObject({
      wanted: false,
      rules: [],
      live: 'member',
      differs: false,
    });
  });

  it('turns a group round: who is in and why, and who put the others there', async () => {
    const group = succeeded(await run(['--group', 'Sales', '--json'], LIVE)).json<GroupExplanation>();
    expect(group.members.map(({ person, live }) => [person, live])).toEqual([
      ['103', 'member'],
      ['105', 'member'],
      ['108', 'member'],
    ]);
    expect(group.members[0]).toMatchObject({ given: { approvedBy: ['ann', 'ben'] } });
    expect(group.members[0]?.places).toContain('mappings/groups/sales.yaml:2');
    expect(group.others.map(({ username, person, by }) => [username, person, by?.who])).toEqual([
      ['dee.nowak', '104', 'console'],
      ['ghost', undefined, 'console'],
    ]);
    const { out } = succeeded(await run(['--group', 'Sales'], LIVE));
    expect(out).toContain('ghost, no employee: put there by console in the console on 2026-11-23');
  });

  it('a rule that cannot be worked out is named, on hold or on leave, and exit is 0', async () => {
    const failed = 'the rule cannot be worked out over the facts that it reads';
    await line.write(
      'mappings/groups/odd.yaml',
      `groups: [{ group: Sales, when: "location.split(', ')[9] == 'x'" }]`,
    );
    const { stage, next } = await look(['103'], LIVE);
    expect(stage).toMatchObject({ stage: 'hold', hold: 'rule-failed' });
    expect(stage.because).toContain(`mappings/groups/odd.yaml:1:32: ${failed}`);
    expect(next).toMatchObject({ actions: [], held: [{ code: 'rule-failed' }] });
    expect(succeeded(await run(['103'])).out).toContain('mappings/groups/odd.yaml:1:32');

    const group = succeeded(await run(['--group', 'Sales', '--json'])).json<GroupExplanation>();
    expect(group.members.map(({ person }) => person)).toEqual(['103', '105', '108']);
    expect(group.rules.find(({ place }) => place.includes('odd.yaml'))).toMatchObject({ people: 0 });

    await line.hr('103', { employmentHistoryStatus: 'Furloughed' });
    succeeded(await line.run('export'));
    expect((await look(['103'])).stage).toMatchObject({
      stage: 'leave',
      because: expect.stringContaining(`mappings/groups/odd.yaml:1:32: ${failed}`),
    });
    await line.hr('103', { employmentHistoryStatus: 'Full-Time' });
    await line.remove('mappings/groups/odd.yaml');
    succeeded(await line.run('export'));
  });

  it('--offline asks nobody although a key is set', async () => {
    await line.forget();
    expect((await look(['104', '--offline'], LIVE)).live).toBeNull();
    expect(await line.requests('jumpcloud')).toEqual([]);
  });

  it('a wrong key is exit 2', async () => {
    expect((await run(['104'], { JUMPCLOUD_API_KEY: 'wrong-key-1234567' })).exit).toBe(2);
  });
});

it('a person file that does not read is exit 2 with its place, whoever is asked about', async () => {
  const path = 'state/people/05/105.yaml';
  const text = await line.read(path);
  await line.write(path, text.replace('employee:', 'employee: {'));
  for (const args of [['105'], ['101'], ['--group', 'Sales']]) {
    const { exit, out, err } = await run(args);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toMatch(new RegExp(`${path}:\\d+:\\d+: a bracket`));
  }
  await line.write(path, text);
});

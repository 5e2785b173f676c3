import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { personText } from '../../../scripts/adapters/files/person-yaml.ts';
import { readPeople, writePeople } from '../../../scripts/adapters/files/people-folder.ts';
import { openWorkspace } from '../../../scripts/adapters/files/workspace.ts';
import { createFileWriter } from '../../../scripts/adapters/files/write-file.ts';
import { PersonFile } from '../../../scripts/core/people/person-file.ts';
import { actionOf } from '../../../scripts/core/plan/action.ts';
import { type Plan, planName, sealPlan } from '../../../scripts/core/plan/plan-file.ts';
import type { Manifest } from '../../../scripts/core/record/manifest.ts';
import { sealReceipt } from '../../../scripts/core/record/receipt.ts';
import { sha256 } from '../../../scripts/core/values/canonical-json.ts';
import { Failure, type Problem } from '../../../scripts/core/values/failure.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollcall-state-'));
});
afterEach(() => rm(root, { recursive: true }));

const ADA: PersonFile = {
  employee: {
    lastName: 'Lovelace',
    id: '1042',
    badge: '0007',
    firstName: 'Ada',
    workEmail: 'ada.lovelace@example.com',
    jobTitle: 'Staff Engineer',
    department: 'Engineering',
    location: 'London, UK',
    managerId: '1001',
    status: 'Active',
    employmentStatus: 'Full-Time',
    hireDate: '2026-09-01',
  },
  stage: 'active',
  account: {
    state: 'active',
    username: 'ada.lovelace',
    email: 'ada.lovelace@example.com',
    attributes: { department: 'Engineering', 'phone.work': '+44 20', lastname: 'Lovelace', firstname: 'Ada' },
    managerId: '1001',
    groups: { Engineering: 'department is Engineering', 'All Staff': 'everyone active' },
  },
  given: { groups: { '5f0c1e': 'Engineering' } },
};

const ADA_TEXT = `# yaml-language-server: $schema=../../../schemas/person.schema.json
employee: # from BambooHR
  id: "1042"
  firstName: Ada
  lastName: Lovelace
  workEmail: ada.lovelace@example.com
  jobTitle: Staff Engineer
  department: Engineering
  location: London, UK
  managerId: "1001"
  status: Active
  employmentStatus: Full-Time
  hireDate: 2026-09-01
  badge: "0007"
stage: active # future | prehire | active | leave | left | hold
account: # desired in JumpCloud, derived by mappings/
  state: active
  username: ada.lovelace
  email: ada.lovelace@example.com
  attributes:
    firstname: Ada
    lastname: Lovelace
    department: Engineering
    phone.work: "+44 20"
  managerId: "1001"
  groups:
    All Staff: everyone active
    Engineering: department is Engineering
given: # by Rollcall, by JumpCloud id, from receipts
  groups:
    "5f0c1e": Engineering
`;

function personOf(id: string, rest: Partial<PersonFile> = {}): PersonFile {
  return { employee: { id, firstName: `First ${id}` }, stage: 'active', ...rest };
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), text);
}

async function problemsOf(run: () => unknown): Promise<Problem[]> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Failure && error.exit === 2) return error.problems;
    throw error;
  }
  return [];
}

async function treeOf(folder = root): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      tree[path.slice(folder.length + 1)] = await readFile(path, 'utf8');
    }
  return tree;
}

describe('a person file', () => {
  it('stands as the design shows it, whatever order the values came in', () => {
    expect(personText(ADA)).toBe(ADA_TEXT);
    const { account, ...rest } = ADA;
    const shuffled = {
      account,
      ...rest,
      employee: Object.fromEntries(Object.entries(ADA.employee).reverse()),
    };
    expect(personText(shuffled as PersonFile)).toBe(ADA_TEXT);
  });

  it('holds every member of the schema', () => {
    const whole: Required<PersonFile> = {
      ...ADA,
      leave: { from: '2026-01-01', until: '2026-02-01' },
      review: 'why',
      missingSince: '2026-01-02',
      hold: { code: 'unexplained', message: 'missing: look' },
      account: { ...ADA.account!, bindings: { 'system_group:Laptops': 'x' } },
      takes: ['group', 'policy'],
      mappingChanged: ['group:A', 'stage'],
      movedFrom: { Old: '2026-01-01' },
      given: { groups: { a: 'A' }, bindings: { 'policy:b': 'B' } },
      restore: { groups: {}, bindings: { 'policy:b': 'B' } },
    };
    expect(Object.keys(whole).sort()).toEqual(Object.keys(PersonFile.shape).sort());
    writePeople(root, [whole]);
    expect([...readPeople(root).values()].map(({ person }) => person)).toEqual([whole]);
  });
});

describe('state/people', () => {
  it('is written once and read back; unchanged people are left alone, byte for byte and by time', async () => {
    const people = ['7', '1042', '31042', 'A-9'].map((id) => personOf(id));
    const first = writePeople(root, people);
    expect(first.written).toEqual([
      'state/people/07/7.yaml',
      'state/people/42/1042.yaml',
      'state/people/42/31042.yaml',
      'state/people/-9/A-9.yaml',
    ]);
    const tree = await treeOf();
    const before = await lstat(join(root, 'state/people/07/7.yaml'));
    const changed = { ...people[1]!, stage: 'leave' as const };
    const second = writePeople(root, [people[2]!, changed, people[0]!, people[3]!]);
    expect(second).toMatchObject({ written: ['state/people/42/1042.yaml'], unchanged: 3 });
    expect((await lstat(join(root, 'state/people/07/7.yaml'))).mtimeMs).toBe(before.mtimeMs);
    const after = await treeOf();
    expect(Object.keys(after)).toEqual(Object.keys(tree));
    for (const [path, text] of Object.entries(after)) {
      expect(second.digests[path]).toBe(sha256(text));
      if (path !== 'state/people/42/1042.yaml') expect(text).toBe(tree[path]);
    }
    expect([...readPeople(root).keys()]).toEqual(['7', '1042', '31042', 'A-9']);
  });

  it('says what a hand has broken, with its place and without the person', async () => {
    writePeople(root, [ADA, personOf('7'), personOf('8'), personOf('9')]);
    await put('state/people/42/1042.yaml', ADA_TEXT.replace('stage: active', 'stage: actve'));
    await put('state/people/07/7.yaml', 'employee:\n  id: 7\nstage: active\n');
    await put('state/people/08/8.yaml', 'employee:\n  id: "8"\n  lastName: Secretname: x\nstage: active\n');
    await put('state/people/01/9.yaml', personText(personOf('9')));
    await put('state/people/09/9.yaml', personText(personOf('99')));
    await put('state/people/notes.txt', 'x');
    await put('state/people/10/.gitkeep', '');
    const problems = await problemsOf(() => readPeople(root));
    expect(problems.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual([
      'state/people/01/9.yaml:3:7',
      'state/people/07/7.yaml:2:7',
      'state/people/08/8.yaml:3:13',
      'state/people/09/9.yaml:3:7',
      'state/people/42/1042.yaml:15:8',
      'state/people/notes.txt:1:1',
    ]);
    expect(problems[0]?.message).toContain('state/people/09/9.yaml');
    expect(problems[1]?.remedy).toContain('quotes');
    expect(JSON.stringify(problems)).not.toContain('Secretname');
    for (const { excerpt } of problems) expect(excerpt).toBeUndefined();
  });

  it('reads what a hand has only laid out differently', async () => {
    await put(
      'state/people/42/1042.yaml',
      "employee: {id: '1042', firstName: Ada}\r\n\r\nstage:   'active'\r\n",
    );
    expect(readPeople(root).get('1042')?.person).toEqual({
      employee: { id: '1042', firstName: 'Ada' },
      stage: 'active',
    });
  });

  it('tells files that were edited or removed since export wrote them, when the export was complete', async () => {
    const { digests } = writePeople(root, [personOf('7'), personOf('8'), personOf('9')]);
    const manifest: Manifest = {
      version: 1,
      startedAt: '2026-11-23T12:00:00Z',
      finishedAt: '2026-11-23T12:00:01Z',
      asOf: '2026-11-23',
      complete: true,
      total: 3,
      files: digests,
    };
    const workspace = openWorkspace(root);
    expect(await workspace.readPeople(manifest)).toHaveLength(3);
    await put('state/people/07/7.yaml', personText(personOf('7', { stage: 'left' })));
    await rm(join(root, 'state/people/08/8.yaml'));
    const problems = await problemsOf(() => workspace.readPeople(manifest));
    expect(problems.map(({ file, message }) => [file, message.replace(/ after.*/, '')])).toEqual([
      ['state/people/07/7.yaml', 'this file was changed'],
      ['state/people/08/8.yaml', 'this file was removed'],
    ]);
    expect(await workspace.readPeople(undefined)).toHaveLength(2);
    expect(await workspace.readPeople({ ...manifest, complete: false, files: {} })).toHaveLength(2);
  });

  it('is empty before the first export', () => {
    expect(readPeople(root).size).toBe(0);
  });

  it('follows no link, reading or writing', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'rollcall-elsewhere-'));
    try {
      await writeFile(join(elsewhere, '1042.yaml'), ADA_TEXT);
      await mkdir(join(root, 'state/people'), { recursive: true });
      await symlink(elsewhere, join(root, 'state/people/42'));
      expect((await problemsOf(() => readPeople(root)))[0]?.message).toContain('symbolic link');
      expect(() => writePeople(root, [personOf('1042')])).toThrow(Failure);
      expect(await readFile(join(elsewhere, '1042.yaml'), 'utf8')).toBe(ADA_TEXT);
      // A link in place of the file itself is replaced, never written through.
      await rm(join(root, 'state/people/42'));
      await mkdir(join(root, 'state/people/42'));
      await symlink(join(elsewhere, '1042.yaml'), join(root, 'state/people/42/1042.yaml'));
      writePeople(root, [personOf('1042')]);
      expect(await readFile(join(elsewhere, '1042.yaml'), 'utf8')).toBe(ADA_TEXT);
      expect((await lstat(join(root, 'state/people/42/1042.yaml'))).isFile()).toBe(true);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  it('refuses to write outside the root', () => {
    const writer = createFileWriter(root, false);
    for (const path of ['../x', 'state/../../x', '/etc/x', 'state//x', 'state/./x', 'a\\b', 'a\0b', ''])
      expect(() => writer.write(path, 'x')).toThrow(RangeError);
    expect(() => writePeople(root, [personOf('../../x')])).toThrow(RangeError);
  });

  it('leaves the old file when the new one cannot be finished, and nothing half', async () => {
    writePeople(root, [ADA]);
    await mkdir(join(root, 'state/people/07/7.yaml'), { recursive: true });
    expect(() => writePeople(root, [personOf('7')])).toThrow();
    expect(Object.keys(await treeOf())).toEqual(['state/people/42/1042.yaml']);
    await put('state/people/42/.1042.yaml.1-1.tmp', 'left by a run that was killed');
    expect(readPeople(root).size).toBe(1);
  });
});

describe('the record', () => {
  const planOf = (person: string): Plan =>
    sealPlan({
      asOf: '2026-11-23',
      lane: 'review',
      base: '0'.repeat(64),
      actions: [
        actionOf({
          kind: 'suspend',
          person,
          account: 'a1',
          target: null,
          before: { state: 'ACTIVATED' },
          after: { state: 'SUSPENDED' },
          because: 'left',
          cause: 'hr',
          risk: 'high',
        }),
      ],
      findings: [],
      held: [],
      counts: { suspend: 1 },
    });
  const receiptOf = (plan: Plan, by = 'ann') =>
    sealReceipt({
      previous: null,
      plan: plan.digest,
      startedAt: '2026-11-23T12:00:00Z',
      finishedAt: '2026-11-23T12:00:01Z',
      outcome: 'complete',
      results: [],
      approvedBy: [by],
    });

  it('keeps plans and receipts of one name, and reads them together', async () => {
    const workspace = openWorkspace(root);
    expect(await workspace.readRecord()).toEqual([]);
    const [first, second] = [planOf('1'), planOf('2')];
    expect(await workspace.writePlan(first)).toBe(`state/plans/${planName(first)}`);
    expect(await workspace.writePlan(first)).toBe(`state/plans/${planName(first)}`);
    await workspace.writePlan(second);
    expect(await workspace.writeReceipt(planName(first), receiptOf(first))).toBe(
      `state/receipts/${planName(first)}`,
    );
    const recorded = await workspace.readRecord();
    expect(new Map(recorded.map(({ plan, receipt }) => [plan.digest, receipt]))).toEqual(
      new Map([
        [first.digest, receiptOf(first)],
        [second.digest, undefined],
      ]),
    );
  });

  it('never changes a receipt', async () => {
    const workspace = openWorkspace(root);
    const plan = planOf('1');
    await workspace.writePlan(plan);
    await workspace.writeReceipt(planName(plan), receiptOf(plan));
    await workspace.writeReceipt(planName(plan), receiptOf(plan));
    const before = await treeOf();
    await expect(workspace.writeReceipt(planName(plan), receiptOf(plan, 'eve'))).rejects.toThrow(
      'is there already',
    );
    await expect(workspace.writeReceipt('../../x.json', receiptOf(plan))).rejects.toThrow(RangeError);
    expect(await treeOf()).toEqual(before);
  });

  it('refuses every file that was tampered with, before anything is done', async () => {
    const workspace = openWorkspace(root);
    const [plan, other, third] = [planOf('1'), planOf('2'), planOf('3')];
    for (const each of [plan, other]) await workspace.writePlan(each);
    await workspace.writeReceipt(planName(plan), receiptOf(plan));
    const text = await readFile(join(root, 'state/plans', planName(plan)), 'utf8');
    await put(`state/plans/${planName(plan)}`, text.replace('"high"', '"low"'));
    await put(
      `state/plans/${planName(other)}`,
      `${await readFile(join(root, 'state/plans', planName(other)), 'utf8')} `,
    );
    await put(`state/receipts/${planName(plan)}`, '{"version": 1');
    await put(`state/receipts/${planName(third)}`, '{}');
    const problems = await problemsOf(() => workspace.readRecord());
    expect(problems.map(({ file }) => file).sort()).toEqual(
      [
        `state/plans/${planName(plan)}`,
        `state/plans/${planName(other)}`,
        `state/receipts/${planName(plan)}`,
        `state/receipts/${planName(third)}`,
      ].sort(),
    );
    for (const { remedy } of problems) expect(remedy).toContain('git checkout');
    await put('state/plans/notes.json', '{}');
    expect((await problemsOf(() => workspace.readRecord()))[0]?.file).toBe('state/plans/notes.json');
  });

  it('refuses the receipt of another plan under this name', async () => {
    const workspace = openWorkspace(root);
    const [plan, other] = [planOf('1'), planOf('2')];
    await workspace.writePlan(plan);
    await workspace.writeReceipt(planName(plan), receiptOf(other));
    expect((await problemsOf(() => workspace.readRecord()))[0]?.message).toBe(
      'it is the receipt of another plan',
    );
  });
});

describe('pins, holds and the manifest', () => {
  it('are absent at first, and read back as they were written', async () => {
    const workspace = openWorkspace(root);
    expect([await workspace.readPins(), await workspace.readHolds(), await workspace.readManifest()]).toEqual(
      [{}, {}, undefined],
    );
    const pins = { Zulu: '5f0c1e2d', 'All Staff': '5e1', true: 'x1' };
    const holds = {
      '1042': {
        by: 'ann',
        at: '2026-11-23T12:00:00Z',
        reason: 'legal: "hold"',
        pullRequest: 12,
        until: '2026-12-01',
      },
    };
    const manifest: Manifest = {
      version: 1,
      startedAt: '2026-11-23T12:00:00Z',
      finishedAt: '2026-11-23T12:00:00Z',
      asOf: '2026-11-23',
      complete: true,
      total: 0,
      files: {},
    };
    await workspace.writePins(pins);
    await workspace.writeHolds(holds);
    await workspace.writeManifest(manifest);
    expect(await workspace.readPins()).toEqual(pins);
    expect(await workspace.readHolds()).toEqual(holds);
    expect(await workspace.readManifest()).toEqual(manifest);
    const text = await readFile(join(root, 'state/groups.yaml'), 'utf8');
    expect(text).toBe(
      '# yaml-language-server: $schema=../schemas/pinned-groups.schema.json\ngroups:\n  All Staff: "5e1"\n  Zulu: "5f0c1e2d"\n  "true": x1\n',
    );
    const { mtimeMs } = await lstat(join(root, 'state/groups.yaml'));
    await workspace.writePins(Object.fromEntries(Object.entries(pins).reverse()));
    expect((await lstat(join(root, 'state/groups.yaml'))).mtimeMs).toBe(mtimeMs);
  });

  it.each([
    ['state/groups.yaml', 'groups:\n  A: 12\n', '2:6'],
    ['state/holds.yaml', 'holds:\n  "1":\n    by: ann\n', '2:3'],
    ['state/export.json', '{"version": 1,\n "complete": "yes"}', '2:14'],
    ['state/export.json', '{"version": 1', '1:14'],
  ])('%s that is broken is bad input with its place', async (path, text, place) => {
    await put(path, text);
    const workspace = openWorkspace(root);
    const read = path.includes('groups')
      ? workspace.readPins
      : path.includes('holds')
        ? workspace.readHolds
        : workspace.readManifest;
    const problems = await problemsOf(() => read());
    expect(problems.map(({ file, line, column }) => [file, `${line}:${column}`])).toContainEqual([
      path,
      place,
    ]);
  });
});

describe('a file that may not be read', () => {
  it('is no reason to plan without it', async () => {
    if (process.getuid?.() === 0) return; // root may read everything
    writePeople(root, [ADA]);
    await chmod(join(root, 'state/people/42/1042.yaml'), 0);
    expect(() => readPeople(root)).toThrow('EACCES');
  });
});

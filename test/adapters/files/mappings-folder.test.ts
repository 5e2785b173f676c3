import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mappingSourcesOf, readMappings } from '../../../scripts/adapters/files/mappings-folder.ts';
import { readFolder } from '../../../scripts/adapters/files/read-folder.ts';
import { readRevision } from '../../../scripts/adapters/files/revision.ts';
import { openWorkspace } from '../../../scripts/adapters/files/workspace.ts';
import { compilePolicy } from '../../../scripts/core/mappings/policy.ts';
import { Failure, type Problem } from '../../../scripts/core/values/failure.ts';

const SHIPPED = new URL('../../../mappings', import.meta.url).pathname;
const run = promisify(execFile);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollcall-mappings-'));
  await cp(SHIPPED, join(root, 'mappings'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

function problemsOf(): Problem[] {
  try {
    readMappings(root);
    return [];
  } catch (error) {
    if (error instanceof Failure && error.exit === 2) return error.problems;
    throw error;
  }
}

const mapping = (name: string): string => join(root, 'mappings', name);

describe('the shipped mappings', () => {
  it('compile, begin with their schema, and say what the design decided', async () => {
    const policy = await openWorkspace(root).readPolicy();
    expect(policy.scope.text).toBe('true');
    expect(policy.lifecycle.employmentStatuses).toEqual({
      'Full-Time': 'working',
      'Part-Time': 'working',
      Intern: 'working',
      Contractor: 'working',
      Furloughed: 'leave',
      Terminated: 'terminated',
    });
    expect(policy.groups.length).toBeGreaterThan(10);
    for (const group of policy.groups)
      expect([group.name, group.create, group.members]).toEqual([group.name, false, 'given']);
    for (const { path, text } of readFolder(root, 'mappings').files) {
      if (!path.endsWith('.yaml')) continue;
      const schema = path.startsWith('mappings/groups/')
        ? '../../schemas/groups'
        : `../schemas/${path.slice(9, -5)}`;
      expect(text.split('\n')[0]).toBe(`# yaml-language-server: $schema=${schema}.schema.json`);
    }
  });

  it('write out the defaults that they show', async () => {
    const shown = await openWorkspace(root).readPolicy();
    await writeFile(mapping('guardrails.yaml'), '{}\n');
    await rm(mapping('naming.yaml'));
    const { lifecycle, guardrails } = mappingSourcesOf(
      readFolder(SHIPPED.replace(/\/mappings$/, ''), 'mappings').files,
    );
    expect(lifecycle.value).toMatchObject({ prehire: { days: 7 }, lastDay: { armDays: 0 } });
    expect(guardrails.value).toHaveProperty('auto');
    const bare = await openWorkspace(root).readPolicy();
    const { percent: shownPercent, ...shownBudgets } = shown.guardrails.budgets;
    const { percent: _, ...bareBudgets } = bare.guardrails.budgets;
    expect({ ...shown.guardrails, budgets: shownBudgets }).toEqual({
      ...bare.guardrails,
      budgets: bareBudgets,
    });
    expect(new Set(Object.values(shownPercent))).toEqual(new Set([10]));
    expect(shown.naming.username.map(({ text }) => text)).toEqual(
      bare.naming.username.map(({ text }) => text),
    );
    expect(shown.naming.maxLength).toBe(bare.naming.maxLength);
  });
});

describe('the folder', () => {
  it.each(['attributes.yaml', 'lifecycle.yaml', 'guardrails.yaml', 'groups'])('needs %s', async (name) => {
    await rm(mapping(name), { recursive: true });
    const [problem] = problemsOf();
    expect(problem?.file).toContain(`mappings/${name}`);
  });

  it('does without all others', async () => {
    for (const name of ['naming', 'devices', 'lookups', 'exceptions', 'notifications', 'examples'])
      await rm(mapping(`${name}.yaml`));
    expect(compilePolicy(readMappings(root))).toHaveProperty('ok', true);
  });

  it('has no file that nobody reads', async () => {
    await rename(mapping('naming.yaml'), mapping('nameing.yaml'));
    await writeFile(mapping('lookups.yml'), '{}');
    await mkdir(mapping('groups/team'));
    await writeFile(mapping('groups/team/x.yaml'), 'groups: []');
    await writeFile(mapping('groups/list.txt'), 'x');
    await writeFile(mapping('README.md'), 'x');
    await writeFile(mapping('.gitkeep'), '');
    expect(problemsOf().map(({ file, remedy }) => [file, remedy])).toEqual([
      ['mappings/groups/list.txt', 'put *.yaml files directly into mappings/groups/'],
      ['mappings/groups/team/x.yaml', 'put *.yaml files directly into mappings/groups/'],
      ['mappings/lookups.yml', 'rename it to mappings/lookups.yaml'],
      ['mappings/nameing.yaml', 'did you mean mappings/naming.yaml?'],
    ]);
  });

  it('names the faults of all files at once, each with its place and line', async () => {
    await writeFile(mapping('lifecycle.yaml'), 'timeZone: America/Denver\ntimeZone: Europe/Zurich\n');
    await writeFile(mapping('lookups.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]));
    await writeFile(
      mapping('groups/everyone.yaml'),
      'groups:\n  - group: A\n    when: "department == \\"x"\n   bad: 1\n',
    );
    const problems = problemsOf();
    expect(problems.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'mappings/lookups.yaml:1',
      'mappings/groups/everyone.yaml:4',
      'mappings/lifecycle.yaml:2',
    ]);
    expect(problems[2]?.excerpt).toContain('timeZone: Europe/Zurich\n^');
  });

  it('points into an expression, whatever quotes it stands in', async () => {
    await writeFile(
      mapping('groups/everyone.yaml'),
      "groups:\n  - group: A\n    when: 'department == ''x'' && departmnt == ''y'''\n  - group: B\n    when: >\n      location == 'x' &&\n      nowhere == 'y'\n",
    );
    const compiled = compilePolicy(readMappings(root));
    expect(
      compiled.ok
        ? []
        : compiled.problems.map(({ line, column, message, remedy }) => [line, column, message, remedy]),
    ).toEqual([
      [3, 35, 'unknown field "departmnt"', 'did you mean "department"?'],
      [7, 7, 'unknown field "nowhere"', expect.stringContaining('fields are')],
    ]);
  });
});

describe('a commit', () => {
  it('shows the files as they stood in it', async () => {
    const git = (...args: string[]) =>
      run('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args]);
    await git('init', '-q', '-b', 'main');
    await git('add', 'mappings');
    await git('commit', '-q', '-m', 'one');
    await writeFile(mapping('lifecycle.yaml'), 'broken: [');
    await writeFile(mapping('groups/Über uns.yaml'), 'groups: []\n');
    await git('add', 'mappings');
    await git('commit', '-q', '-m', 'two');
    const before = await readRevision(root, 'HEAD~1', 'mappings');
    expect(before).toEqual(readFolder(SHIPPED.replace(/\/mappings$/, ''), 'mappings').files);
    expect(compilePolicy(mappingSourcesOf(before))).toHaveProperty('ok', true);
    const after = await readRevision(root, 'main', 'mappings');
    expect(after.find(({ path }) => path.endsWith('Über uns.yaml'))?.text).toBe('groups: []\n');
    expect(await readRevision(root, 'HEAD', 'state')).toEqual([]);
    for (const revision of ['nowhere', '--output=x', 'HEAD~9', ''])
      await expect(readRevision(root, revision, 'mappings')).rejects.toThrow(Failure);
  });
});

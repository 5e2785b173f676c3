/** What jobs hand to each other: nothing passes but what the giver may write, unchanged, on the same commit. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handoverText, type PartName } from '../../scripts/core/record/handover.ts';
import { sha256 } from '../../scripts/core/values/canonical-json.ts';
import { giveHandover, readWanted, takeHandovers } from '../../scripts/handover.ts';
import { writeJobOutputs } from '../../scripts/shell/job-outputs.ts';

const run = promisify(execFile);
let scratch: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'rollcall-handover-'));
});
afterEach(async () => rm(scratch, { recursive: true, force: true }));

async function write(root: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

/** Two clones of one commit, as two jobs have them. */
async function clones(): Promise<[giver: string, taker: string]> {
  const origin = join(scratch, 'origin');
  const git = async (root: string, ...args: string[]): Promise<unknown> =>
    run('git', ['-C', root, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args]);
  await mkdir(origin);
  await git(origin, 'init', '--quiet');
  await write(origin, {
    '.gitignore': 'state/export.json\n',
    'state/people/01/1001.yaml': 'old\n',
    'state/people/02/1002.yaml': 'same\n',
    'scripts/plan.ts': 'main\n',
  });
  await git(origin, 'add', '.');
  await git(origin, 'commit', '--quiet', '-m', 'first');
  const [giver, taker] = [join(scratch, 'giver'), join(scratch, 'taker')];
  for (const root of [giver, taker]) await run('git', ['clone', '--quiet', origin, root]);
  return [giver, taker];
}

function digestsOf(...parts: [PartName, string][]): { part: PartName; sha256: string }[] {
  return parts.map(([part, digest]) => ({ part, sha256: digest }));
}

describe('a handover', () => {
  it('carries what changed, also what git is told not to see, and nothing else', async () => {
    const [giver, taker] = await clones();
    await write(giver, {
      'state/people/01/1001.yaml': 'new\n',
      'state/people/03/1003.yaml': 'Ünï\n',
      'state/export.json': '{}\n',
      'state/plans/p.json': '{}\n',
      'scripts/plan.ts': 'evil\n',
    });

    const given = await giveHandover(giver, 'exported', join(scratch, 'exported.json'));
    const taken = await takeHandovers(taker, scratch, digestsOf(['exported', given.sha256]));

    expect([given.files, taken]).toEqual([3, 3]);
    expect(await readFile(join(taker, 'state/people/03/1003.yaml'), 'utf8')).toBe('Ünï\n');
    expect(await readFile(join(taker, 'state/export.json'), 'utf8')).toBe('{}\n');
    expect(await readFile(join(taker, 'scripts/plan.ts'), 'utf8')).toBe('main\n');
    await expect(readFile(join(taker, 'state/plans/p.json'))).rejects.toThrow('ENOENT');
  });

  it('leaves links behind: what they point at is not handed on', async () => {
    const [giver] = await clones();
    await write(giver, { 'state/receipts/r.json': '{}\n' });
    await symlink('/etc/hostname', join(giver, 'state/receipts/s.json'));
    expect((await giveHandover(giver, 'applied', join(scratch, 'applied.json'))).files).toBe(1);
  });

  it.each([
    ['a script', 'scripts/plan.ts'],
    ['a module', 'node_modules/zod/index.js'],
    ['a path out of the checkout', '../x.yaml'],
    ['an absolute path', '/tmp/x.yaml'],
    ['another part', 'state/plans/p.json'],
    ['a hidden file', 'state/people/01/.x.yaml'],
    ['a deeper path', 'state/people/01/../../../scripts/x.yaml'],
  ])('that holds %s is refused as a whole', async (_, path) => {
    const [, taker] = await clones();
    const { stdout } = await run('git', ['-C', taker, 'rev-parse', 'HEAD']);
    const files = { 'state/people/04/1004.yaml': 'x\n', [path]: 'evil\n' };
    const text = handoverText({ version: 1, part: 'exported', commit: stdout.trim(), files });
    await writeFile(join(scratch, 'exported.json'), text);

    const taking = takeHandovers(taker, scratch, digestsOf(['exported', sha256(text)]));

    await expect(taking).rejects.toMatchObject({ exit: 2, code: 'bad-handover' });
    await expect(readFile(join(taker, 'state/people/04/1004.yaml'))).rejects.toThrow('ENOENT');
  });

  it('that was changed on the way, is of another commit or another part, or is not there, is refused', async () => {
    const [giver, taker] = await clones();
    await write(giver, { 'state/people/01/1001.yaml': 'new\n' });
    const { sha256: digest } = await giveHandover(giver, 'exported', join(scratch, 'exported.json'));
    const take = async (part: PartName, sum: string): Promise<string> =>
      takeHandovers(taker, scratch, digestsOf([part, sum])).then(
        () => 'taken',
        (error: unknown) => (error as Error).message,
      );

    expect(await take('planned', digest)).toContain('it is not there');
    await writeFile(join(scratch, 'planned.json'), await readFile(join(scratch, 'exported.json')));
    expect(await take('planned', digest)).toContain('it is exported, not planned');
    expect(await take('exported', '0'.repeat(64))).toContain('its sha256 differs');
    await run('git', [
      '-C',
      taker,
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@x',
      'commit',
      '-qm',
      'y',
      '--allow-empty',
    ]);
    expect(await take('exported', digest)).toContain('it was made on commit');
  });

  it('is asked for by lines; only "part?" may lack its sha256', () => {
    const digest = 'a'.repeat(64);
    expect(readWanted(`exported ${digest}\n  applied? \n\nplanned? ${digest}\n`)).toEqual([
      { part: 'exported', sha256: digest },
      { part: 'planned', sha256: digest },
    ]);
    expect(() => readWanted('exported ')).toThrow('nobody has said the sha256');
    expect(() => readWanted(`secrets ${digest}`)).toThrow('not a part');
    expect(() => readWanted('exported $(id)')).toThrow('not a part');
  });
});

describe('outputs of a job', () => {
  it('are one line each, and never a word that could begin another', async () => {
    const file = join(scratch, 'outputs');
    await writeJobOutputs(file, { auto: true, pending: 3, sha256: 'ab' });
    expect(await readFile(file, 'utf8')).toBe('auto=true\npending=3\nsha256=ab\n');
    await expect(writeJobOutputs(file, { auto: 'true\nadmin=true' })).rejects.toThrow('not fit');
    await expect(writeJobOutputs(file, { 'A B': 1 })).rejects.toThrow('not fit');
  });
});

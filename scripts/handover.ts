/** handover: what a job changed, as one file for the next job; and back. Jobs of one run share nothing else. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readChangedFiles } from './adapters/files/changed-files.ts';
import { readCheckedOut } from './adapters/files/checked-out.ts';
import { createFileWriter } from './adapters/files/write-file.ts';
import { belongsTo, handoverText, PartName, readHandover, rootsOf } from './core/record/handover.ts';
import { sha256 } from './core/values/canonical-json.ts';
import { badUsage } from './core/values/failure.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

export interface HandedOn {
  files: number;
  sha256: string;
}

/** Writes the files of `part` that differ from the checked-out commit to `file`. @throws Failure 2 outside a checkout. */
export async function giveHandover(root: string, part: PartName, file: string): Promise<HandedOn> {
  const commit = await demandCommit(root);
  const changed = await readChangedFiles(root, rootsOf(part));
  const files = Object.fromEntries([...changed].filter(([path]) => belongsTo(part, path)));
  const text = handoverText({ version: 1, part, commit, files });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return { files: Object.keys(files).length, sha256: sha256(text) };
}

/** Puts them into another checkout of the same commit. @throws Failure 2, and nothing was written. */
export async function takeHandover(
  root: string,
  part: PartName,
  file: string,
  digest: string,
): Promise<HandedOn> {
  const commit = await demandCommit(root);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined)
    throw badUsage('no-handover', 'the handover cannot be read', 'look at the job that should have left it');
  const read = readHandover(text, { part, sha256: digest, commit });
  if (!read.ok)
    throw badUsage(
      'bad-handover',
      `the handover "${part}" is refused: ${read.message}`,
      'run the whole workflow again; if it comes back, look at the packages of the job that gave it',
    );
  const writer = createFileWriter(root, false);
  for (const [path, content] of Object.entries(read.handover.files)) writer.write(path, content);
  return { files: Object.keys(read.handover.files).length, sha256: digest };
}

async function demandCommit(root: string): Promise<string> {
  const commit = await readCheckedOut(root);
  if (commit !== undefined) return commit;
  throw badUsage('no-checkout', '--root is not the top of a git checkout', 'check out the repository first');
}

const OPTIONS = {
  file: { type: 'string', value: 'FILE', description: 'the one file that travels' },
  sha256: { type: 'string', value: 'HEX', description: 'take: what the job before said of it' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'handover',
  summary: 'Hands what one job changed to the next job, as one file with a sha256.',
  details: `give writes the changed files of a part to --file and says its sha256; take checks that and puts them into another checkout of the same commit. Only files that the part may hold pass. Parts: ${PartName.options.join(', ')}.`,
  options: OPTIONS,
  positionals: { usage: 'give|take PART', description: 'which way, and which part', min: 2, max: 2 },
  variables: ['GITHUB_OUTPUT'],
  exits: { 2: 'the handover is not what it should be; nothing was written' },
  examples: [
    ['npm run handover -- give exported --file exported.json', 'after export'],
    ['npm run handover -- take exported --file exported.json --sha256 …', 'before plan'],
  ],
  async run({ root, options, positionals }) {
    const [way, name] = positionals;
    const part = PartName.safeParse(name);
    if (!part.success)
      throw badUsage('bad-part', 'there is no such part', `name one of ${PartName.options.join(', ')}`);
    if (options.file === undefined)
      throw badUsage('no-file', '--file is missing', 'name the file that travels');
    const file = resolve(root, options.file);
    if (way === 'give') {
      const given = await giveHandover(root, part.data, file);
      const text = `${given.files} files of ${part.data}, sha256 ${given.sha256}`;
      return { json: given, text, outputs: { sha256: given.sha256 } };
    }
    if (way !== 'take')
      throw badUsage('bad-way', 'the first argument is neither give nor take', 'see --help');
    const taken = await takeHandover(root, part.data, file, options.sha256 ?? '');
    return { json: taken, text: `took ${taken.files} files of ${part.data}` };
  },
};

if (isMain(import.meta)) await runDoor(door);

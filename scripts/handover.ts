/** handover: what a job changed, as one file for the next job; and back. Jobs of one run share nothing else. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readChangedFiles } from './adapters/files/changed-files.ts';
import { readCheckedOut } from './adapters/files/checked-out.ts';
import { createFileWriter } from './adapters/files/write-file.ts';
import {
  belongsTo,
  type Handover,
  handoverText,
  PartName,
  readHandover,
  rootsOf,
} from './core/record/handover.ts';
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

/** One part as a workflow asks for it. */
export interface Wanted {
  part: PartName;
  sha256: string;
}

/**
 * A line each: the part and its sha256. `part?` may come without one: its job had nothing to hand on, or did not run.
 * @throws Failure 2
 */
export function readWanted(text: string): Wanted[] {
  return text.split('\n').flatMap((line): Wanted[] => {
    const [name = '', digest = '', ...rest] = line.trim().split(/\s+/);
    if (name === '') return [];
    const part = PartName.safeParse(name.replace(/\?$/, ''));
    if (!part.success || rest.length > 0 || (digest !== '' && !/^[0-9a-f]{64}$/.test(digest)))
      throw badUsage('bad-parts', 'a line is not a part and its sha256', 'see --help');
    if (digest !== '') return [{ part: part.data, sha256: digest }];
    if (name.endsWith('?')) return [];
    throw badUsage(
      'no-digest',
      `nobody has said the sha256 of "${part.data}"`,
      'look whether the job that hands it on has the output, and whether this job needs it',
    );
  });
}

/** Puts parts that lie in `folder` as `<part>.json` into a checkout of the same commit. @throws Failure 2, and nothing was written. */
export async function takeHandovers(root: string, folder: string, wanted: Wanted[]): Promise<number> {
  const commit = await demandCommit(root);
  const handovers: Handover[] = [];
  for (const { part, sha256: digest } of wanted) {
    const text = await readFile(join(folder, `${part}.json`), 'utf8').catch(() => undefined);
    const read =
      text === undefined
        ? { ok: false as const, message: 'it is not there' }
        : readHandover(text, { part, sha256: digest, commit });
    if (!read.ok)
      throw badUsage(
        'bad-handover',
        `the handover "${part}" is refused: ${read.message}`,
        'run the whole workflow again; if it comes back, look at the packages of the job that gave it',
      );
    handovers.push(read.handover);
  }
  const writer = createFileWriter(root, false);
  const files = handovers.flatMap((handover) => Object.entries(handover.files));
  for (const [path, content] of files) writer.write(path, content);
  return files.length;
}

async function demandCommit(root: string): Promise<string> {
  const commit = await readCheckedOut(root);
  if (commit !== undefined) return commit;
  throw badUsage('no-checkout', '--root is not the top of a git checkout', 'check out the repository first');
}

const OPTIONS = {
  file: { type: 'string', value: 'FILE', description: 'give: where to write the one file that travels' },
  from: { type: 'string', value: 'DIR', description: 'take: where the files are that were handed on' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'handover',
  summary: 'Hands what one job changed to the next job, as one file with a sha256.',
  details: `give writes the changed files of a part to --file and says its sha256; take checks that and puts them into another checkout of the same commit. Only files that the part may hold pass. take wants a line each, the part and its sha256; "part?" may lack it. Parts: ${PartName.options.join(', ')}.`,
  options: OPTIONS,
  positionals: { usage: 'give|take PARTS', description: 'which way, and what', min: 2, max: 2 },
  variables: ['GITHUB_OUTPUT'],
  exits: { 2: 'a handover is not what it should be; nothing was written' },
  examples: [
    ['npm run handover -- give exported --file exported.json', 'after export'],
    ['npm run handover -- take "exported 3f9c…" --from taken', 'before plan'],
  ],
  async run({ root, options, positionals }) {
    const [way, parts = ''] = positionals;
    if (way === 'give') {
      const part = PartName.safeParse(parts);
      if (!part.success || options.file === undefined)
        throw badUsage(
          'bad-give',
          'give wants one part, and --file',
          `parts: ${PartName.options.join(', ')}`,
        );
      const given = await giveHandover(root, part.data, resolve(root, options.file));
      const text = `${given.files} files of ${part.data}, sha256 ${given.sha256}`;
      return { json: given, text, outputs: { sha256: given.sha256 } };
    }
    if (way !== 'take' || options.from === undefined)
      throw badUsage('bad-way', 'say give, or take with --from', 'see --help');
    const wanted = readWanted(parts);
    const files = await takeHandovers(root, resolve(root, options.from), wanted);
    const names = wanted.map(({ part }) => part);
    return { json: { parts: names, files }, text: `took ${files} files of ${names.join(', ') || 'nothing'}` };
  },
};

if (isMain(import.meta)) await runDoor(door);

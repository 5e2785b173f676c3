/**
 * What is news in this checkout: what its working tree has and the checked-out commit has not. That is exactly what the
 * run added, since every job of a run works on one commit, and it is empty when the whole run is run again, because by
 * then the commit has it. Without git nothing is known and everything is news.
 */
import { PersonFile } from '../../core/people/person-file.ts';
import { readChangedFiles } from './changed-files.ts';
import { readCheckedOut } from './checked-out.ts';
import { readGit } from './git-process.ts';
import { type TextFile, readFolder } from './read-folder.ts';
import { readRevision } from './revision.ts';
import { readYaml } from './yaml-source.ts';

export interface News {
  /** Names of receipts and of plans; undefined: all are news. */
  receipts: ReadonlySet<string> | undefined;
  plans: ReadonlySet<string> | undefined;
  people: PersonFile[];
  /** HR ids of everybody whose file this run has written or changed; undefined: everybody's. */
  changed: ReadonlySet<string> | undefined;
  /** The same people as the checked-out commit has them, where anybody is on hold. */
  before: PersonFile[];
}

const FOLDERS = ['state/plans', 'state/receipts', 'state/people'];

export async function readNews(root: string): Promise<News> {
  if ((await readCheckedOut(root)) === undefined) {
    const people = readFolder(root, 'state/people').files.flatMap(personIn);
    return { receipts: undefined, plans: undefined, people, changed: undefined, before: [] };
  }
  const changed = await readChangedFiles(root, FOLDERS);
  const names = (folder: string): Set<string> =>
    new Set(
      [...changed.keys()].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length)),
    );
  const people = [...changed]
    .filter(([path]) => path.startsWith('state/people/'))
    .flatMap(([path, text]) => personIn({ path, text }));
  const isHeld = people.some(({ stage }) => stage === 'hold');
  const before = isHeld
    ? (await readRevision(root, 'HEAD', 'state/people'))
        .filter(({ path }) => changed.has(path))
        .flatMap(personIn)
    : [];
  const ids = [...names('state/people/')].map((name) => name.replace(/^.*\//, '').replace(/\.yaml$/, ''));
  return {
    receipts: names('state/receipts/'),
    plans: names('state/plans/'),
    people,
    changed: new Set(ids),
    before,
  };
}

/** A file that does not read is somebody else's problem: check names it, with its place. */
function personIn({ path, text }: TextFile): PersonFile[] {
  // Most people are not on hold, and reading 50,000 files of YAML to find that out takes half a minute.
  if (!/^stage: ["']?hold/m.test(text)) return [];
  const read = readYaml(path, text, { excerpts: false });
  const file = read.ok ? PersonFile.safeParse(read.source.value) : undefined;
  return file?.success === true ? [file.data] : [];
}

/** When a run last committed something (its commits carry a trailer `Run`), ISO; undefined when git knows of none. */
export async function readLastRun(root: string): Promise<string | undefined> {
  if ((await readCheckedOut(root)) === undefined) return undefined;
  const time = await readGit(root, ['log', '-1', '--grep=^Run: ', '--format=%cI', 'HEAD']);
  return time === undefined || time.trim() === '' ? undefined : new Date(time.trim()).toISOString();
}

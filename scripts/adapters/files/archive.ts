/**
 * The repository as an auditor opens it: history, record and person files as committed, and what any commit of the past
 * held. Nothing here looks at the working tree but `workingBlobs`.
 */
import type { Entry } from '../../core/audit/aged-entries.ts';
import type { History } from '../../core/audit/history.ts';
import { compilePolicy, type Policy } from '../../core/mappings/policy.ts';
import { PersonFile } from '../../core/people/person-file.ts';
import type { Hold } from '../../core/record/holds-file.ts';
import { Failure } from '../../core/values/failure.ts';
import { mappingSourcesOf } from './mappings-folder.ts';
import { type ObjectReader, openObjects } from './git-objects.ts';
import { readHistory } from './git-history.ts';
import { readEntries } from './entry-versions.ts';
import { readHoldsText } from './holds-of-text.ts';
import { readPersonText } from './person-yaml.ts';
import { readPinsText } from './pins-text.ts';
import { readWorkingBlobs } from './working-blobs.ts';
import { readYaml } from './yaml-source.ts';

/** So many objects are asked for at once: answers that wait take memory. */
const AT_ONCE = 200;

/** What `openArchive` gives; the flows name the same shape. */
export interface FilesArchive {
  history: History;
  head: string;
  state: ReadonlyMap<string, string>;
  texts(folder: string): Promise<Map<string, string>>;
  person(blob: string): Promise<PersonFile | undefined>;
  pins(blob: string): Promise<Readonly<Record<string, string>>>;
  holds(blob: string): Promise<Readonly<Record<string, Hold>>>;
  entries(path: string, blob: string | null): Promise<Entry[] | undefined>;
  filesAt(commit: string, folder: string): Promise<Map<string, string>>;
  policyAt(commit: string): Promise<Policy | undefined>;
  workingBlobs(): ReadonlyMap<string, string>;
  close(): void;
}

/** Throws exit 2 where there is no complete history. `check` holds signatures against keys. */
export async function openArchive(
  root: string,
  options: { checkSignatures: boolean },
): Promise<FilesArchive> {
  const objects = openObjects(root);
  try {
    const history = await readHistory(root, objects, options.checkSignatures);
    const head = history.mainline.at(-1)?.id ?? '';
    const state = withPrefix('state/', await objects.readTree(`${head}:state`));
    return archiveOf(root, objects, history, head, state);
  } catch (error) {
    objects.close();
    throw error;
  }
}

function archiveOf(
  root: string,
  objects: ObjectReader,
  history: History,
  head: string,
  state: ReadonlyMap<string, string>,
): FilesArchive {
  const policies = new Map<string, Promise<Policy | undefined>>();
  const trees = new Map<string, Promise<string | undefined>>();
  const parsedPins = new Map<string, Promise<Readonly<Record<string, string>>>>();
  const treeOf = (commit: string): Promise<string | undefined> =>
    remember(trees, commit, async () => (await objects.read(`${commit}:mappings`))?.id);
  const read = async <T>(blob: string, parse: (text: string) => T): Promise<T> =>
    parse((await objects.readText(blob)) ?? '');
  return {
    history,
    head,
    state,
    async texts(folder) {
      const wanted = [...state].filter(([path]) => path.startsWith(`${folder}/`));
      const texts = new Map<string, string>();
      for (let start = 0; start < wanted.length; start += AT_ONCE)
        await Promise.all(
          wanted.slice(start, start + AT_ONCE).map(async ([path, blob]) => {
            texts.set(path.slice(folder.length + 1), (await objects.readText(blob)) ?? '');
          }),
        );
      return texts;
    },
    async person(blob) {
      const text = await objects.readText(blob);
      return text === undefined ? undefined : readPersonFile(text);
    },
    pins: (blob) => remember(parsedPins, blob, () => read(blob, readPinsText)),
    holds: (blob) => read(blob, readHoldsText),
    entries: async (path, blob) => (blob === null ? [] : read(blob, (text) => readEntries(path, text))),
    async filesAt(commit, folder) {
      return withPrefix(`${folder}/`, await objects.readTree(`${commit}:${folder}`));
    },
    async policyAt(commit) {
      const tree = await treeOf(commit);
      return tree === undefined ? undefined : remember(policies, tree, () => compileTree(objects, tree));
    },
    workingBlobs: () => readWorkingBlobs(root, head.length),
    close: () => objects.close(),
  };
}

async function compileTree(objects: ObjectReader, tree: string): Promise<Policy | undefined> {
  const files = await Promise.all(
    [...(await objects.readTree(tree))].map(async ([path, blob]) => ({
      path: `mappings/${path}`,
      text: (await objects.readText(blob)) ?? '',
    })),
  );
  try {
    const compiled = compilePolicy(mappingSourcesOf(files.sort((a, b) => (a.path < b.path ? -1 : 1))));
    return compiled.ok ? compiled.policy : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** A person file's text as a value; undefined when it is none. */
export function readPersonFile(text: string): PersonFile | undefined {
  const fast = readPersonText(text);
  const value = fast ?? sourceValue(text);
  const parsed = PersonFile.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function sourceValue(text: string): unknown {
  const read = readYaml('person', text, { excerpts: false });
  return read.ok ? read.source.value : undefined;
}

function withPrefix(prefix: string, files: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...files].map(([path, blob]) => [`${prefix}${path}`, blob]));
}

function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const present = known.get(key);
  if (present !== undefined) return present;
  const made = make();
  known.set(key, made);
  return made;
}

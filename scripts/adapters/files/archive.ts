/**
 * The repository as an auditor opens it: history, record and person files as committed, and what any commit of the past
 * held. Nothing here looks at the working tree but `readWorkingState`.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { History } from '../../core/audit/history.ts';
import { compilePolicy, type Policy } from '../../core/mappings/policy.ts';
import { PersonFile } from '../../core/people/person-file.ts';
import { Failure } from '../../core/values/failure.ts';
import { mappingSourcesOf } from './mappings-folder.ts';
import { type ObjectReader, openObjects } from './git-objects.ts';
import { readHistory } from './git-history.ts';
import { readPersonText } from './person-yaml.ts';
import { readYaml } from './yaml-source.ts';

/** So many objects are asked for at once: answers that wait take memory. */
const AT_ONCE = 200;

export interface Archive {
  root: string;
  history: History;
  head: string;
  /** Path below state/ -> blob, at head. */
  state: ReadonlyMap<string, string>;
  /** Text of a blob. */
  text(blob: string): Promise<string | undefined>;
  /** Texts of all files of head below `folder` (`state/plans`), by name. */
  texts(folder: string): Promise<Map<string, string>>;
  /** A person file by blob: undefined when it does not read. */
  person(blob: string): Promise<PersonFile | undefined>;
  /** Files below a folder in a commit: path from the root -> blob. */
  filesAt(commit: string, folder: string): Promise<Map<string, string>>;
  /** The mappings of a commit, compiled once for each state they were in; undefined when they do not compile. */
  policyAt(commit: string): Promise<Policy | undefined>;
  /** Id of the state that mappings/ had in a commit; equal ids are equal mappings. */
  mappingsAt(commit: string): Promise<string | undefined>;
  close(): void;
}

/** Throws exit 2 where there is no complete history. `check` holds signatures against keys. */
export async function openArchive(root: string, options: { checkSignatures: boolean }): Promise<Archive> {
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
): Archive {
  const policies = new Map<string, Promise<Policy | undefined>>();
  const trees = new Map<string, Promise<string | undefined>>();
  const mappingsAt = (commit: string): Promise<string | undefined> =>
    remember(trees, commit, async () => (await objects.read(`${commit}:mappings`))?.id);
  return {
    root,
    history,
    head,
    state,
    text: (blob) => objects.readText(blob),
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
    async filesAt(commit, folder) {
      return withPrefix(`${folder}/`, await objects.readTree(`${commit}:${folder}`));
    },
    mappingsAt,
    async policyAt(commit) {
      const tree = await mappingsAt(commit);
      return tree === undefined ? undefined : remember(policies, tree, () => compileTree(objects, tree));
    },
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

/** Path -> bytes of every file of the working tree below state/, the export manifest and hidden files left out; links as empty. */
export function readWorkingState(root: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const walk = (folder: string): void => {
    let entries;
    try {
      entries = readdirSync(join(root, folder), { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries) {
      const path = `${folder}/${entry.name}`;
      if (entry.name.startsWith('.') || path === 'state/export.json') continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) files.set(path, readFileSync(join(root, path)));
      else files.set(path, Buffer.alloc(0));
    }
  };
  if (lstatSync(join(root, 'state'), { throwIfNoEntry: false })?.isDirectory() === true) walk('state');
  return files;
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

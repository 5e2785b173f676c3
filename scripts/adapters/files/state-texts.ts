/** The files of state/ as texts, for the verbs that carry them to the forge: nothing is parsed, so nothing is changed. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { badInput, type Problem } from '../../core/values/failure.ts';
import { readFile, readFolder } from './read-folder.ts';

export interface StateText {
  /** File name without its folder. */
  name: string;
  text: string;
  /** When it was last written, milliseconds since the epoch. */
  writtenAt: number;
}

/**
 * state/people/**, state/groups.yaml and state/holds.yaml: path from the root -> text. Throws exit 2 for links and
 * for what is no text: neither must become content of the repository.
 */
export function readPeopleTexts(root: string): Map<string, string> {
  const { files, problems } = readFolder(root, 'state/people');
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  for (const path of ['state/groups.yaml', 'state/holds.yaml']) {
    const file = readFile(root, path);
    if (file === undefined) continue;
    if ('text' in file) texts.set(path, file.text);
    else problems.push(file);
  }
  refuse(problems);
  return texts;
}

/** The JSON files of state/plans or state/receipts; none when the folder is not there. Throws exit 2 for links. */
export function readJsonTexts(root: string, folder: 'plans' | 'receipts'): StateText[] {
  const { files, problems } = readFolder(root, `state/${folder}`, 1);
  refuse(problems);
  return files
    .filter(({ path }) => path.endsWith('.json'))
    .map(({ path, text }) => ({
      name: path.slice(`state/${folder}/`.length),
      text,
      writtenAt: statSync(join(root, path)).mtimeMs,
    }));
}

function refuse(problems: Problem[]): void {
  if (problems.length > 0) throw badInput(problems);
}

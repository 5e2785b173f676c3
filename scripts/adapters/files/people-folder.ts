/** state/people: one file a person, read fast, written only where something changed. */
import { PersonFile } from '../../core/people/person-file.ts';
import { sha256 } from '../../core/values/canonical-json.ts';
import { badInput, type Problem } from '../../core/values/failure.ts';
import { compareHrIds, personFileOf } from '../../core/values/hr-id.ts';
import { checkSource, type Source } from '../../core/values/source.ts';
import { personText, readPersonText } from './person-yaml.ts';
import { fileProblem, readFolder, type TextFile } from './read-folder.ts';
import { createFileWriter } from './write-file.ts';
import { readYaml } from './yaml-source.ts';

export interface PersonEntry {
  /** `state/people/42/1042.yaml` */
  file: string;
  text: string;
  person: PersonFile;
}

const FOLDER = 'state/people';

/**
 * Everybody, by HR id in their order. Throws exit 2 with every problem.
 *
 * @param written sha256 by path, as export left the files: one that differs was edited since
 */
export function readPeople(
  root: string,
  written: Readonly<Record<string, string>> = {},
): Map<string, PersonEntry> {
  const { files, problems } = readFolder(root, FOLDER);
  return peopleOf(files, written, problems);
}

/** The same from texts that came from elsewhere, another commit for instance. */
export function peopleOf(
  files: TextFile[],
  written: Readonly<Record<string, string>> = {},
  found: Problem[] = [],
): Map<string, PersonEntry> {
  const problems = [...found];
  const entries: PersonEntry[] = [];
  const seen = new Set<string>();
  for (const { path, text } of files) {
    seen.add(path);
    if (!path.endsWith('.yaml')) {
      problems.push(
        fileProblem(path, 'this is not a person file', 'remove it: state/ is written by export only'),
      );
      continue;
    }
    const digest = written[path];
    if (digest !== undefined && digest !== sha256(text))
      problems.push(
        fileProblem(
          path,
          'this file was changed after export wrote it',
          'take the edit back (git checkout -- FILE) or run export again: state/ is not edited by hand; exceptions go into mappings/exceptions.yaml',
        ),
      );
    const read = readPerson(path, text);
    if (read.ok) entries.push({ file: path, text, person: read.person });
    else problems.push(...read.problems);
  }
  for (const path of Object.keys(written))
    if (!seen.has(path))
      problems.push(fileProblem(path, 'this file was removed after export wrote it', 'run export again'));
  if (problems.length > 0) throw badInput(problems);
  return new Map(
    entries
      .map((entry): [string, PersonEntry] => [entry.person.employee.id, entry])
      .sort((a, b) => compareHrIds(a[0], b[0])),
  );
}

/** What is wrong with a person file, each with its place; nothing where it reads. */
export function problemsOfPerson(path: string, text: string): Problem[] {
  const read = readPerson(path, text);
  return read.ok ? [] : read.problems;
}

/** Writes who changed. Nobody is ever removed: absence from HR is not evidence of anything. */
export function writePeople(
  root: string,
  people: PersonFile[],
): { written: string[]; unchanged: number; digests: Record<string, string> } {
  const known = new Map(readFolder(root, FOLDER).files.map(({ path, text }) => [path, text]));
  const writer = createFileWriter(root, false);
  const written: string[] = [];
  const digests: Record<string, string> = {};
  for (const person of [...people].sort((a, b) => compareHrIds(a.employee.id, b.employee.id))) {
    const path = personFileOf(person.employee.id);
    const text = personText(person);
    digests[path] = sha256(text);
    if (known.get(path) === text) continue;
    writer.write(path, text);
    written.push(path);
  }
  return { written, unchanged: people.length - written.length, digests };
}

function readPerson(
  path: string,
  text: string,
): { ok: true; person: PersonFile } | { ok: false; problems: Problem[] } {
  const value = readPersonText(text);
  const fast = value === undefined ? undefined : PersonFile.safeParse(value);
  const person = fast?.success === true ? fast.data : undefined;
  if (person !== undefined && personFileOf(person.employee.id) === path) return { ok: true, person };
  // Only now are places needed. Lines are not shown: they are people's data.
  const read = readYaml(path, text, { excerpts: false });
  if (!read.ok) return read;
  const checked = checkSource(read.source, PersonFile);
  if (!checked.ok) return checked;
  const expected = personFileOf(checked.value.employee.id);
  if (expected === path) return { ok: true, person: checked.value };
  return { ok: false, problems: [misplaced(read.source, expected)] };
}

function misplaced(source: Source, expected: string): Problem {
  return {
    file: source.file,
    ...source.locate(['employee', 'id']),
    message: `the file of this id is ${expected}`,
    remedy: 'run export again: state/ is not edited by hand',
  };
}

/**
 * Which files of a pull request's mappings/ may be looked at. They come from whoever opened it, and are read beside
 * main's code, so they are data: plain files of a bearable size below mappings/, nothing that points elsewhere.
 *
 * | found                              | because                                                     |
 * |------------------------------------|-------------------------------------------------------------|
 * | plain file, mode 100644            | taken                                                       |
 * | link, submodule, executable        | refused: a link would be followed out of the folder         |
 * | a name with .., \ or a control     | refused: it would be written elsewhere                      |
 * | over 1 MiB, over 8 MiB in all      | refused: rules are written by people                        |
 */
import type { Problem } from '../values/failure.ts';

/** A file as a git tree shows it; `path` from the root of the repository. */
export interface TreeEntry {
  path: string;
  mode: string;
  /** Bytes; undefined where the forge does not say. */
  size: number | undefined;
  blob: string;
}

const MEBIBYTE = 1_048_576;
const LARGEST_FILE = MEBIBYTE;
const LARGEST_FOLDER = 8 * MEBIBYTE;
const MOST_FILES = 500;
const PART = /^[A-Za-z0-9_][A-Za-z0-9 ._-]{0,100}$/;

export function judgeEditedMappings(entries: TreeEntry[]): Problem[] {
  const problems = entries.flatMap((entry): Problem[] => {
    const message = whyNot(entry);
    return message === undefined ? [] : [{ file: entry.path, line: 1, column: 1, message }];
  });
  const total = entries.reduce((sum, { size }) => sum + (size ?? 0), 0);
  if (entries.length > MOST_FILES || total > LARGEST_FOLDER)
    problems.push({
      file: 'mappings',
      line: 1,
      column: 1,
      message: `${entries.length} files of ${total} bytes are more than can be previewed (${MOST_FILES} files, ${LARGEST_FOLDER} bytes)`,
    });
  return problems;
}

function whyNot({ path, mode, size }: TreeEntry): string | undefined {
  if (!path.startsWith('mappings/') || !path.split('/').every((part) => PART.test(part)))
    return 'this is no name for a mapping file: letters, digits, blanks, dots, dashes and underscores';
  if (mode !== '100644') return 'this is not a plain file (a link, a submodule or an executable)';
  if (size === undefined || size > LARGEST_FILE) return `this file is larger than ${LARGEST_FILE} bytes`;
  return undefined;
}

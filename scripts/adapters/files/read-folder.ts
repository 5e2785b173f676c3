/** Files of a checkout as text. Nothing below `state/` or `mappings/` is followed through a symbolic link. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../core/values/failure.ts';
import { compareText } from '../../core/values/finding.ts';

/** A file and what is in it; `path` is below the root, with slashes. */
export interface TextFile {
  path: string;
  text: string;
}

export interface Folder {
  files: TextFile[];
  problems: Problem[];
}

/** Left behind by a run that was killed while it wrote; see write-file.ts. */
export const UNFINISHED = /^\..*\.tmp$/;

/**
 * Every file below `folder`, sorted by path. Hidden files are left out; what cannot be read is a problem. Reading
 * synchronously takes 0.3 s for 50,000 files, and asynchronously several times that.
 */
export function readFolder(root: string, folder: string, depth = 3): Folder {
  const files: TextFile[] = [];
  const problems: Problem[] = [];
  walk(root, folder, depth, files, problems);
  files.sort((a, b) => compareText(a.path, b.path));
  return { files, problems };
}

function walk(root: string, folder: string, depth: number, files: TextFile[], problems: Problem[]): void {
  if (isLink(join(root, folder))) {
    problems.push(linkProblem(folder));
    return;
  }
  for (const entry of entriesOf(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isSymbolicLink()) problems.push(linkProblem(path));
    else if (entry.isDirectory()) {
      if (depth > 1) walk(root, path, depth - 1, files, problems);
      else
        problems.push(fileProblem(path, 'a folder is not expected here', 'move its files up or remove it'));
    } else if (entry.isFile()) {
      const text = readText(join(root, path));
      if (text === undefined)
        problems.push(
          fileProblem(path, 'this is not UTF-8 text', 'save it again as UTF-8 (editors call it "encoding")'),
        );
      else files.push({ path, text });
    }
  }
}

/** One file, or undefined when there is none. @throws the problem as a value of `problems` through the caller. */
export function readFile(root: string, path: string): TextFile | Problem | undefined {
  const full = join(root, path);
  const stat = lstatSync(full, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (stat.isSymbolicLink()) return linkProblem(path);
  if (!stat.isFile()) return fileProblem(path, 'this is not a file', 'remove it');
  const text = readText(full);
  return text === undefined
    ? fileProblem(path, 'this is not UTF-8 text', 'save it again as UTF-8')
    : { path, text };
}

export function fileProblem(file: string, message: string, remedy: string): Problem {
  return { file, line: 1, column: 1, message, remedy };
}

function linkProblem(path: string): Problem {
  return fileProblem(
    path,
    'this is a symbolic link',
    'put the file or folder itself here: links are not followed',
  );
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function readText(path: string): string | undefined {
  try {
    return utf8.decode(readFileSync(path));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function entriesOf(path: string): import('node:fs').Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

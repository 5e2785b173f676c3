/**
 * Writing below `state/`: a file is there whole or not at all, whatever happens in between, and never outside the
 * checkout. The new text goes to a hidden file in the same folder, which then takes the name; a run that is killed leaves
 * at most that hidden file behind.
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../core/values/failure.ts';

export interface FileWriter {
  /** Puts `text` at `path` (below the root, with slashes), whatever was there. */
  write(path: string, text: string): void;
  /** The same for a file that must not be there yet; false when it is. */
  create(path: string, text: string): boolean;
}

/**
 * @param durable waits until the disk has it. The record must survive a power cut; person files, of which 50,000 may
 * be written at once, can be exported again.
 */
export function createFileWriter(root: string, durable: boolean): FileWriter {
  const checked = new Set<string>();
  let count = 0;

  function prepare(path: string): { full: string; temporary: string; folder: string } {
    const parts = path.split('/');
    if (parts.some((part) => part === '' || part === '.' || part === '..' || /[\\\0]/.test(part)))
      throw new RangeError(`not a path below the root: ${JSON.stringify(path)}`);
    const name = parts.pop() ?? '';
    const folder = parts.join('/');
    if (!checked.has(folder)) {
      makeFolders(root, parts);
      checked.add(folder);
    }
    count += 1;
    return {
      full: join(root, path),
      temporary: join(root, folder, `.${name}.${process.pid}-${count}.tmp`),
      folder: join(root, folder),
    };
  }

  function put(path: string, text: string, place: (temporary: string, full: string) => void): void {
    const { full, temporary, folder } = prepare(path);
    const file = openSync(temporary, 'wx', 0o644);
    try {
      try {
        writeFileSync(file, text, 'utf8');
        if (durable) fsyncSync(file);
      } finally {
        closeSync(file);
      }
      place(temporary, full);
    } catch (error) {
      removeTemporary(temporary);
      throw error;
    }
    if (durable) syncFolder(folder);
  }

  return {
    write: (path, text) => put(path, text, renameSync),
    create(path, text) {
      try {
        // A link fails when the name is taken, where a rename would take its place.
        put(path, text, (temporary, full) => {
          linkSync(temporary, full);
          removeTemporary(temporary);
        });
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      }
    },
  };
}

/** A link in place of a folder would let a pull request write elsewhere. */
function makeFolders(root: string, parts: string[]): void {
  let folder = root;
  for (const part of parts) {
    folder = join(folder, part);
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) mkdirSync(folder);
    else if (!stat.isDirectory())
      throw new Failure(
        2,
        'not-a-folder',
        `${parts.join('/')}: ${part} is not a folder, or is a symbolic link`,
        'remove it; state/ holds plain files and folders only',
      );
  }
}

function removeTemporary(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Readers do not look at it.
  }
}

function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Some file systems cannot; the file itself is safe.
  }
}

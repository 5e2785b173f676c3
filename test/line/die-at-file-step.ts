/**
 * Loaded into a door's process before the door itself: it dies at the n-th step of writing files (DIE_AT_FILE_STEP),
 * before that step is done. A write is two steps: the first leaves half of the text.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const deadline = Number(process.env['DIE_AT_FILE_STEP']);
/** Of the checkout, and of nobody else in this process. */
const isOurs = (path: fs.PathLike): boolean => String(path).includes('/state/');
/** Handles of files that are being written. */
const written = new Set<number>();
let steps = 0;

function isDue(): boolean {
  steps += 1;
  return steps === deadline;
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable');
}

const { openSync, writeFileSync, fsyncSync, linkSync, renameSync, unlinkSync } = fs;

fs.openSync = (path, flags, mode) => {
  const isNew = flags === 'wx' && isOurs(path);
  if (isNew && isDue()) die();
  const handle = openSync(path, flags, mode);
  if (isNew) written.add(handle);
  return handle;
};
fs.writeFileSync = (file, data, options) => {
  if (typeof file === 'number' && written.has(file)) {
    if (isDue()) die();
    if (isDue()) {
      const text = String(data);
      writeFileSync(file, text.slice(0, text.length / 2), options);
      die();
    }
  }
  writeFileSync(file, data, options);
};
fs.fsyncSync = (handle) => {
  if (written.delete(handle) && isDue()) die();
  fsyncSync(handle);
};
fs.linkSync = (from, to) => {
  if (isOurs(to) && isDue()) die();
  linkSync(from, to);
};
fs.renameSync = (from, to) => {
  if (isOurs(to) && isDue()) die();
  renameSync(from, to);
};
fs.unlinkSync = (path) => {
  if (isOurs(path) && isDue()) die();
  unlinkSync(path);
};
syncBuiltinESMExports();

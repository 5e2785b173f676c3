/** The files that notify reads by itself, so that a mistake in any other mapping does not silence it, and the one it writes. */
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { checkTemplates } from '../../core/mappings/notification-templates.ts';
import { NotificationsFile } from '../../core/mappings/notifications-file.ts';
import { emptySent, parseSent, type SentFile, sentText } from '../../core/notify/sent-file.ts';
import { badInput, badUsage } from '../../core/values/failure.ts';
import { checkSource } from '../../core/values/source.ts';
import { readFile } from './read-folder.ts';
import { createFileWriter } from './write-file.ts';
import { emptySource, readYaml } from './yaml-source.ts';

const PATH = 'mappings/notifications.yaml';

/** Throws exit 2 with every problem of the file; defaults when there is none. */
export function readNotifications(root: string): NotificationsFile {
  const file = readFile(root, PATH);
  if (file !== undefined && !('text' in file)) throw badInput([file]);
  const read =
    file === undefined ? { ok: true as const, source: emptySource(PATH) } : readYaml(PATH, file.text);
  if (!read.ok) throw badInput(read.problems);
  const checked = checkSource(read.source, NotificationsFile);
  if (!checked.ok) throw badInput(checked.problems);
  const problems = checkTemplates(read.source, checked.value);
  if (problems.length > 0) throw badInput(problems);
  return checked.value;
}

/** `path`: absolute. Empty before the first message. Throws exit 2 when it is something else. */
export function readSent(path: string): SentFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptySent();
    throw error;
  }
  const parsed = parseSent(text);
  if (parsed.ok) return parsed.file;
  throw badUsage(
    'bad-ledger',
    'the file of --ledger is not what notify wrote: nothing was sent, or everything would be told again',
    'bring back the file, or remove it when telling the events of this checkout again does no harm',
  );
}

export function writeSent(path: string, file: SentFile): void {
  mkdirSync(dirname(path), { recursive: true });
  createFileWriter(dirname(path), true).write(basename(path), sentText(file));
}

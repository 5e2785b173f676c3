/** The event that started a run, as GitHub wrote it to GITHUB_EVENT_PATH. */
import { readFile } from 'node:fs/promises';
import { badUsage } from '../core/values/failure.ts';

/** @throws Failure 2 when it cannot be read; nothing of it is shown, it holds what strangers wrote. */
export async function readEvent(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch {
    throw badUsage(
      'bad-event',
      'GITHUB_EVENT_PATH names no JSON that can be read',
      'run this verb in a workflow',
    );
  }
}

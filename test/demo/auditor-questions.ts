/** The questions that the README answers with plain git: each command as it stands there, by its question. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const README = join(resolve(import.meta.dirname, '../..'), 'README.md');

/** Question -> commands below it. */
export function readQuestions(): Map<string, string[]> {
  const text = readFileSync(README, 'utf8');
  const chapter = text.slice(
    text.indexOf("## An auditor's questions"),
    text.indexOf('## What it will never do'),
  );
  const questions = new Map<string, string[]>();
  let question = '';
  for (const line of chapter.split('\n')) {
    question = /^\*\*(.*\?)\*\*/.exec(line)?.[1] ?? question;
    const command = /^ {4}(\S.*)$/.exec(line)?.[1];
    if (command !== undefined) questions.set(question, [...(questions.get(question) ?? []), command]);
  }
  return questions;
}

/** What a shell prints in `folder`, as lines. Throws when the command does not end with 0. */
export function ask(folder: string, command: string): string[] {
  const text = execFileSync('bash', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TZ: 'UTC', GIT_CONFIG_NOSYSTEM: '1' },
  });
  return text === '' ? [] : text.trimEnd().split('\n');
}

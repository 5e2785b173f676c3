/** The audit door run in this process, on a repository of its own. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { door } from '../../scripts/audit.ts';
import type { Finding } from '../../scripts/core/values/finding.ts';
import { openDoor } from '../../scripts/shell/door.ts';
import { createOutside } from '../shell/outside.ts';

const folders: string[] = [];

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-audit-'));
  folders.push(folder);
  return folder;
}

/** The same repository once more, to be changed. */
export function copyOf(folder: string): string {
  const copy = join(newFolder(), 'copy');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export interface Ran {
  exit: number;
  out: string;
  err: string;
}

export async function runAudit(root: string, ...args: string[]): Promise<Ran> {
  const outside = createOutside([...args, '--root', root]);
  const exit = await openDoor(door, outside);
  return { exit, out: outside.out(), err: outside.err() };
}

export interface VerifiedRun {
  exit: number;
  findings: Finding[];
  /** Codes of what does not hold, sorted, each once. */
  broken: string[];
  text: string;
}

export async function verify(root: string, ...args: string[]): Promise<VerifiedRun> {
  const { exit, out, err } = await runAudit(root, 'verify', '--json', ...args);
  if (!out.startsWith('{')) throw new Error(err);
  const { findings } = JSON.parse(out) as { findings: Finding[] };
  const broken = findings.filter(({ severity }) => severity === 'critical');
  return {
    exit,
    findings,
    broken: [...new Set(broken.map(({ code }) => code))].sort(),
    text: broken
      .map(({ code, subject, person, message }) => `${code} ${subject ?? ''} ${person ?? ''} ${message}`)
      .join('\n'),
  };
}

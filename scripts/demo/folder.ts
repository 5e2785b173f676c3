/**
 * The folder that the demo leaves behind. It is ours when it holds our mark; then it is made anew, with everything in
 * it. Any other folder that is not empty is left as it is.
 */
import { cp, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseDocument } from 'yaml';
import { badUsage } from '../core/values/failure.ts';
import type { Company } from './company.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** Beside the repository and ignored by it: the mark, and what the emulators start from. */
export const OURS = '.rollcall-demo';
const MARK = 'Made by `npm run demo`, which makes the whole folder anew each time it runs.\n';
/** GitHub logins of the two who review, and who they are in BambooHR. */
export const REVIEWERS = { ann: '1006', ben: '1007' };

/** @throws Failure 2 when there is something else at `folder` */
export async function claimFolder(folder: string): Promise<void> {
  const entry = await lstat(folder).catch(() => undefined);
  if (entry !== undefined) {
    const isEmpty = entry.isDirectory() && (await readdir(folder)).length === 0;
    const mark = await readFile(join(folder, OURS, 'README.txt'), 'utf8').catch(() => '');
    if (!entry.isDirectory() || (!isEmpty && mark !== MARK))
      throw badUsage(
        'not-the-demo',
        `${folder} is there already and was not made by the demo`,
        'name another folder with --out DIR, or move this one away',
      );
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
  }
  await mkdir(join(folder, OURS), { recursive: true });
  await writeFile(join(folder, OURS, 'README.txt'), MARK);
}

/** Names of the groups in the shipped mappings. */
export async function readShippedGroups(): Promise<string[]> {
  const folder = join(PROJECT, 'mappings', 'groups');
  const texts = await Promise.all(
    (await readdir(folder)).sort().map((name) => readFile(join(folder, name), 'utf8')),
  );
  return texts.flatMap((text) =>
    (parse(text) as { groups: { group: string }[] }).groups.map(({ group }) => group),
  );
}

/**
 * What the company begins with: the shipped mappings, with who reviews and what is protected written in.
 * @returns the folder of main's first commit
 */
export async function writeTemplate(folder: string, company: Company): Promise<string> {
  const template = join(folder, OURS, 'first-commit');
  await mkdir(join(template, 'state'), { recursive: true });
  for (const name of ['mappings', 'schemas'])
    await cp(join(PROJECT, name), join(template, name), { recursive: true });
  await writeFile(join(template, '.gitignore'), 'state/export.json\n');
  await writeFile(join(template, 'state', '.gitkeep'), '');
  await writeFile(join(template, 'README.md'), README);
  const path = join(template, 'mappings', 'guardrails.yaml');
  const guardrails = parseDocument(await readFile(path, 'utf8'));
  const approvers = Object.entries(REVIEWERS).map(([login, employee]) => ({ login, employee }));
  guardrails.setIn(['approvals', 'approvers'], guardrails.createNode(approvers));
  guardrails.setIn(['protected', 'accounts'], guardrails.createNode(company.protectedAccounts));
  await writeFile(path, guardrails.toString());
  return template;
}

/** A file below the folder, its own folder made when it is missing. */
export async function writeBelow(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const README = `# Who works here, and what they may use

Kept by Rollcall: \`state/\` by machines, \`mappings/\` by people, through pull requests.

    git log --first-parent --stat      every change, newest first
    git log -p -- 'state/people/**'    what became of whom
    git log --format='%h %s%n%(trailers)' -- state/receipts
`;

/** approvals: who approved each pending plan, read from the forge into a file that apply can read without a token. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAddingCommit } from './adapters/files/checked-out.ts';
import { readJsonTexts } from './adapters/files/state-texts.ts';
import { parsePlan } from './core/plan/plan-file.ts';
import { type ApprovalsFile, approvalsText } from './core/record/approvals-file.ts';
import { badInput, badUsage, type Problem, serviceFailure } from './core/values/failure.ts';
import type { HistoryReading } from './flow/find-merged-pull-request.ts';
import { type PendingPlan, readApprovals } from './flow/read-approvals.ts';
import type { Forge } from './ports.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { openForge } from './shell/forge.ts';

export interface ApprovalsInput extends Pick<HistoryReading, 'sleep' | 'now'> {
  root: string;
  forge: Forge;
}

/** Every plan of `root` without a receipt. A plan file that does not hold what its name says refuses the run (exit 2). */
export async function approvals({ root, forge, sleep: wait, now }: ApprovalsInput): Promise<ApprovalsFile> {
  const pending = readPending(root);
  if (pending.length === 0) return { version: 1, plans: {} };
  const main = await forge.readDefaultBranch();
  const head = await forge.readHead(main);
  if (head === null)
    throw serviceFailure('no-branch', `${main} does not exist on the forge`, 'push its first commit');
  const addedBy = (path: string) => readAddingCommit(root, path);
  return readApprovals({ forge, main, head, addedBy, sleep: wait, now }, pending);
}

function readPending(root: string): PendingPlan[] {
  const plans = readJsonTexts(root, 'plans');
  const receipts = readJsonTexts(root, 'receipts');
  const finished = new Set(receipts.map(({ name }) => name));
  const problems: Problem[] = [];
  const pending: PendingPlan[] = [];
  for (const { name, text } of plans) {
    if (finished.has(name)) continue;
    const path = `state/plans/${name}`;
    const parsed = parsePlan(name, text);
    if (parsed.ok) pending.push({ path, text, plan: parsed.plan });
    else
      problems.push({
        file: path,
        line: 1,
        column: 1,
        message: parsed.message,
        remedy: 'plans are written by Rollcall only: restore the file from the history of main',
      });
  }
  if (problems.length > 0) throw badInput(problems);
  return pending;
}

const OPTIONS = {
  out: { type: 'string', value: 'FILE', description: 'where to write them, for apply --approvals FILE' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'approvals',
  summary: 'Reads who approved each pending plan, for apply.',
  details:
    'Looks up the commit that added each plan without a receipt, its merged pull request and the reviews that stood at the merge for these very bytes. Needs to read contents and pull requests, nothing else.',
  options: OPTIONS,
  variables: ['GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL'],
  examples: [
    ['npm run approvals -- --out approvals.json', 'then: npm run apply -- --approvals approvals.json'],
  ],
  async run({ root, options, environment, progress, now, json }) {
    if (options.out === undefined && !json)
      throw badUsage('missing-out', '--out is missing', 'name the file to write, or use --json');
    const { forge } = openForge(environment, { progress });
    const file = await approvals({ root, forge, sleep, now });
    if (options.out !== undefined) await writeFile(resolve(options.out), approvalsText(file));
    const lines = Object.entries(file.plans).map(([digest, { pullRequest, approvals: given, note }]) =>
      [
        `plan ${digest.slice(0, 7)}: ${pullRequest === null ? 'no pull request' : `pull request ${pullRequest}`}`,
        given.length === 0 ? 'no approval' : `approved by ${given.map(({ login }) => login).join(', ')}`,
        ...(note === undefined ? [] : [note]),
      ].join('; '),
    );
    return {
      json: file,
      text: lines.length === 0 ? 'nothing is pending' : lines.join('\n'),
      outputs: { pending: lines.length > 0 },
    };
  },
};

if (isMain(import.meta)) await runDoor(door);

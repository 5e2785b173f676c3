/** record: receipts that apply left in state/ become commits on main, and a comment on the merged pull request. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readAddingCommit, readCheckedOut } from './adapters/files/checked-out.ts';
import { problemsOfPerson } from './adapters/files/people-folder.ts';
import { namesOf } from './adapters/files/people-names.ts';
import { readJsonTexts, readPeopleTexts } from './adapters/files/state-texts.ts';
import { peopleShown } from './core/forge/people-shown.ts';
import { Failure, type Problem } from './core/values/failure.ts';
import { type Recorded, recordReceipts } from './flow/record-receipts.ts';
import type { Forge } from './ports.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { openForge } from './shell/forge.ts';
import { serverUrlOf } from './shell/variables.ts';

export interface RecordInput {
  root: string;
  forge: Forge;
  serverUrl: string;
  sleep: (milliseconds: number) => Promise<unknown>;
  now: () => string;
}

/** `unreadable`: what is wrong with person files that an urgent receipt would have taken along. */
export type RecordResult = Recorded & { unreadable: Problem[] };

/**
 * Commits receipts, and nothing else of the working tree but the plan of a receipt that main lacks, and the facts on
 * which the urgent lane acted. Receipts that do not read are named in `broken`, facts in `unreadable`: on main they would
 * stop every verb. They keep no other from being recorded.
 */
export async function record({
  root,
  forge,
  serverUrl,
  sleep: wait,
  now,
}: RecordInput): Promise<RecordResult> {
  const receipts = readJsonTexts(root, 'receipts');
  if (receipts.length === 0)
    return { pullRequest: undefined, commit: undefined, changed: false, broken: [], unreadable: [] };
  const plans = readJsonTexts(root, 'plans');
  const files = readPeopleTexts(root);
  const [checkedOut, main] = await Promise.all([readCheckedOut(root), forge.readDefaultBranch()]);
  const unreadable = new Map<string, Problem[]>();
  const recorded = await recordReceipts({
    forge,
    main,
    receipts: new Map(receipts.map(({ name, text }) => [name, text])),
    personText(path) {
      const text = files.get(path);
      const problems = text === undefined ? [] : problemsOfPerson(path, text);
      if (problems.length > 0) unreadable.set(path, problems);
      return problems.length > 0 ? undefined : text;
    },
    plans: new Map(plans.map(({ name, text }) => [name, text])),
    checkedOut,
    addedBy: (path) => readAddingCommit(root, path),
    sleep: wait,
    now,
    namesFor: (plan) => namesOf(files, peopleShown(plan)),
    serverUrl,
  });
  return { ...recorded, unreadable: [...unreadable.values()].flat() };
}

export const door: Door = {
  name: 'record',
  summary: 'Commits the receipts that apply left in state/receipts to main and tells the pull request.',
  details:
    'Moves main only fast-forward and builds its commits again when somebody was faster. Commits nothing outside state/ and nothing at all when there is no new receipt. Safe to run again after it was killed.',
  variables: ['GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL', 'GITHUB_SERVER_URL'],
  examples: [['npm run record -- --json', 'after apply, in the same folder, also when apply failed']],
  async run({ root, environment, progress, now }) {
    const { forge } = openForge(environment, { progress });
    const { pullRequest, commit, changed, broken, unreadable } = await record({
      root,
      forge,
      serverUrl: serverUrlOf(environment),
      sleep,
      now,
    });
    const json = {
      ...(pullRequest === undefined ? {} : { pullRequest }),
      ...(commit === undefined ? {} : { commit }),
      changed,
    };
    if (broken.length > 0)
      throw new Failure(
        1,
        'receipt-not-recorded',
        `${broken.length} of the receipts ${broken.length === 1 ? 'was' : 'were'} not recorded; the others were`,
        'keep the file, find out what changed it, and record it by hand',
        broken.map(({ name, message }) => ({
          file: `state/receipts/${name}`,
          line: 1,
          column: 1,
          message,
        })),
      );
    if (unreadable.length > 0)
      throw new Failure(
        1,
        'facts-not-recorded',
        'the receipts were recorded; person files that do not read were left out',
        'start a sync: export writes them anew',
        unreadable,
      );
    const text = commit === undefined ? 'no new receipt' : `recorded on main as ${commit.slice(0, 12)}`;
    return { json, text };
  },
};

if (isMain(import.meta)) await runDoor(door);

/** propose: what plan wrote becomes a commit on main and a pull request. */
import { readCheckedOut } from './adapters/files/checked-out.ts';
import { readGuardrails } from './adapters/files/guardrails.ts';
import { readPeople } from './adapters/files/people-folder.ts';
import { namesOf } from './adapters/files/people-names.ts';
import { readHolds, readManifest, readPins } from './adapters/files/state-files.ts';
import { readJsonTexts, readPeopleTexts, type StateText } from './adapters/files/state-texts.ts';
import { peopleShown } from './core/forge/people-shown.ts';
import { parsePlan } from './core/plan/plan-file.ts';
import { parseReceipt } from './core/record/receipt.ts';
import { proposeReview } from './flow/propose-review.ts';
import { proposeToMain } from './flow/propose-to-main.ts';
import type { Forge } from './ports.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import { openForge } from './shell/forge.ts';
import { runUrlOf, serverUrlOf } from './shell/variables.ts';

export interface ProposeInput {
  /** Absolute folder with state/ and mappings/. */
  root: string;
  forge: Forge;
  /** The day it is, for commits that carry no plan. */
  asOf: string;
  /** Address of this run. */
  run: string | undefined;
  serverUrl: string;
}

/** The document of `--json`: the pull request, the commit on main, and whether anything on the forge changed. */
export interface ProposeResult {
  pullRequest?: number;
  commit?: string;
  /** The commit holds a plan of lane auto. */
  auto: boolean;
  changed: boolean;
  /** Digest of the plan of lane review that the pull request got in this run; absent when reviewers have it already. */
  proposed?: string;
  notes: string[];
}

export async function propose({ root, forge, asOf, run, serverUrl }: ProposeInput): Promise<ProposeResult> {
  demandReadable(root);
  const files = readPeopleTexts(root);
  const plans = readJsonTexts(root, 'plans');
  const { approvals } = readGuardrails(root);
  const [checkedOut, main] = await Promise.all([readCheckedOut(root), forge.readDefaultBranch()]);
  const context = {
    forge,
    main,
    tree: { files, plans, exported: readExported(root) },
    checkedOut,
    asOf,
    run,
    approvals,
    namesFor: (plan: Parameters<typeof peopleShown>[0]) => namesOf(files, peopleShown(plan)),
    serverUrl,
    lastReviewed: () => lastReviewedOf(plans, readJsonTexts(root, 'receipts')),
  };
  const direct = await proposeToMain(context);
  const reviewed = await proposeReview(context, direct);
  return {
    ...(reviewed.pullRequest === undefined ? {} : { pullRequest: reviewed.pullRequest }),
    ...(direct.commit === undefined ? {} : { commit: direct.commit }),
    auto: direct.auto,
    changed: direct.commit !== undefined || reviewed.changed,
    ...(reviewed.fresh === undefined ? {} : { proposed: reviewed.fresh }),
    notes: [...direct.notes, ...reviewed.notes],
  };
}

/** On main a file that does not read would stop every verb; here it stops this run. Throws exit 2 with every place. */
function demandReadable(root: string): void {
  readPeople(root);
  readPins(root);
  readHolds(root);
}

/** Person files of the last export, when it was a complete one of everybody. */
function readExported(root: string): Set<string> | undefined {
  const manifest = readManifest(root);
  return manifest?.complete === true && manifest.only === undefined
    ? new Set(Object.keys(manifest.files))
    : undefined;
}

function lastReviewedOf(plans: StateText[], receipts: StateText[]): string | undefined {
  const texts = new Map(plans.map(({ name, text }) => [name, text]));
  const finished = receipts.flatMap(({ name, text }) => {
    const receipt = parseReceipt(text);
    const plan = parsePlan(name, texts.get(name) ?? '');
    return receipt.ok && plan.ok && plan.plan.lane === 'review' ? [receipt.receipt.finishedAt] : [];
  });
  return finished.sort().at(-1);
}

export const door: Door = {
  name: 'propose',
  summary: 'Puts what plan wrote on the forge: unreviewed changes on main, the rest in one pull request.',
  details:
    'Compares state/ with the head of the default branch. Facts without consequences and the plan of lane auto are committed by the app; the plan of lane review becomes, or refreshes, the one pull request. Nothing is touched when nothing has changed.',
  shared: ['as-of'],
  variables: ['GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL', 'GITHUB_SERVER_URL', 'GITHUB_RUN_ID'],
  examples: [['npm run propose -- --json', 'after export and plan, in the same folder']],
  async run({ root, environment, progress, log, asOf, now }) {
    const { forge, traffic } = openForge(environment, { progress });
    const result = await propose({
      root,
      forge,
      asOf: asOf ?? now().slice(0, 10),
      run: runUrlOf(environment),
      serverUrl: serverUrlOf(environment),
    });
    for (const note of result.notes) log(note);
    log(`${traffic.requests} requests`);
    const lines = [
      result.commit === undefined
        ? 'nothing to commit to main'
        : `committed ${result.commit.slice(0, 12)} to main`,
      result.pullRequest === undefined ? 'no pull request' : `pull request ${result.pullRequest}`,
    ];
    const text = `${result.changed ? '' : 'nothing changed; '}${lines.join('; ')}`;
    // A reviewed plan lies in the working tree every hour; only here is it known whether anybody is told of it anew.
    const outputs = { auto: result.auto, changed: result.changed, proposed: result.proposed ?? 'none' };
    return { json: result, text, summary: `### Proposed\n\n${text}\n`, outputs };
  },
};

if (isMain(import.meta)) await runDoor(door);

/** The half of propose that needs no review: facts without consequences, pinned groups, and the plan of lane auto. */
import {
  type Blobs,
  chooseNewPlans,
  deriveDifference,
  planChange,
  type WorkingTree,
} from '../core/forge/what-goes-where.ts';
import { peopleOf, type Plan } from '../core/plan/plan-file.ts';
import { commitMessage } from '../core/render/commit-message.ts';
import { countPeople } from '../core/render/count-people.ts';
import type { Forge } from '../ports.ts';

export interface ProposalContext {
  forge: Forge;
  /** The default branch. */
  main: string;
  tree: WorkingTree;
  /** Commit that the working tree was checked out from; undefined when nobody knows. */
  checkedOut: string | undefined;
  /** The day it is. */
  asOf: string;
  /** Address of this run. */
  run: string | undefined;
}

export interface ToMain {
  /** Head of main when this was done. */
  head: string;
  commit: string | undefined;
  /** The commit holds a plan of lane auto: it is applied in this run. */
  auto: boolean;
  /** The plan that waits for review, if there is one that main does not have. */
  review: Plan | undefined;
  notes: string[];
}

/** One commit on main, or none; built anew whenever main moves. */
export async function proposeToMain(context: ProposalContext): Promise<ToMain> {
  const { forge, main, tree, asOf, run } = context;
  let result: ToMain = { head: '', commit: undefined, auto: false, review: undefined, notes: [] };
  const [made] = await forge.commitOnto(main, async (head) => {
    const state = await forge.readFolder(head, 'state');
    const base = await readBase(context, head, state);
    const { auto, review, left, broken } = chooseNewPlans(tree.plans, state);
    const waiting = new Set(review === undefined ? [] : peopleOf(review));
    const { changes, people, overtaken } = deriveDifference(
      tree,
      state,
      base,
      (_, person) => person === undefined || !waiting.has(person),
    );
    result = {
      head,
      commit: undefined,
      auto: auto !== undefined,
      review,
      notes: notesOf(left, broken, overtaken),
    };
    if (auto !== undefined) changes.push(planChange(auto));
    if (changes.length === 0) return [];
    const message = commitMessage({
      kind: 'sync',
      counts: countPeople(auto?.actions ?? []),
      facts: people.length,
      plans: auto === undefined ? [] : [auto.digest],
      asOf: auto?.asOf ?? asOf,
      ...(run === undefined ? {} : { run }),
    });
    return [{ message, changes }];
  });
  return made === undefined ? { ...result, auto: false } : { ...result, head: made.sha, commit: made.sha };
}

/** state/ as it was checked out; undefined when the forge does not know that commit. */
export async function readBase(
  { forge, checkedOut }: Pick<ProposalContext, 'forge' | 'checkedOut'>,
  head: string,
  state: Blobs,
): Promise<Blobs | undefined> {
  if (checkedOut === undefined) return undefined;
  if (checkedOut === head) return state;
  return (await forge.readCommit(checkedOut)) === null ? undefined : forge.readFolder(checkedOut, 'state');
}

function notesOf(left: string[], broken: { name: string; message: string }[], overtaken: string[]): string[] {
  return [
    ...broken.map(({ name, message }) => `state/plans/${name} is not proposed: ${message}`),
    ...left.map((name) => `state/plans/${name} is older than the plan of its lane and is not proposed`),
    ...(overtaken.length === 0
      ? []
      : [
          `main has changed ${overtaken.length} of the files meanwhile; what it has stays, and the next sync looks again`,
        ]),
  ];
}

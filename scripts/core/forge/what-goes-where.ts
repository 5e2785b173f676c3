/**
 * Which files of the working tree's state/ go to main at once, and which wait on the branch of the pull request.
 *
 * | file                                                  | goes                                                   |
 * |-------------------------------------------------------|--------------------------------------------------------|
 * | plan of lane auto that main lacks                     | to main: the write-ahead record, applied in this run   |
 * | plan of lane review that main lacks                   | to the branch                                          |
 * | person with an action in the review plan              | to the branch, beside the plan: one diff shows both    |
 * | any other person, groups.yaml, holds.yaml             | to main                                                |
 * | the same file when this run did not change it         | nowhere: what main has is newer                        |
 * | … when main changed it since the working tree's commit | nowhere: main wins, the next sync derives it again     |
 * | a person that export no longer writes                 | deleted, when a complete export says so                |
 * | receipts, plans of other lanes, anything else         | nowhere: record writes those                           |
 */
import { parsePlan, type Plan, planText } from '../plan/plan-file.ts';
import { compareText } from '../values/finding.ts';
import { compareHrIds, HrId, personFileOf } from '../values/hr-id.ts';
import { blobIdOf } from './blob-id.ts';
import type { FileChange } from './shapes.ts';

/** Path from the root -> blob id. */
export type Blobs = ReadonlyMap<string, string>;

export interface WorkingTree {
  /** state/people/**, state/groups.yaml, state/holds.yaml: path -> text. */
  files: ReadonlyMap<string, string>;
  /** state/plans/*: name -> text, and when the file was last written (milliseconds). */
  plans: { name: string; text: string; writtenAt: number }[];
  /** Person files that the last export wrote, when it was complete; undefined otherwise. */
  exported: ReadonlySet<string> | undefined;
}

const PLANS = 'state/plans/';
const SHARED = ['state/groups.yaml', 'state/holds.yaml'];

export interface NewPlans {
  auto: Plan | undefined;
  review: Plan | undefined;
  /** Names of plans that are older than the chosen one of their lane. */
  left: string[];
  /** Files that are no plans. */
  broken: { name: string; message: string }[];
}

/** The newest plan of each lane that main does not have; those before it were never proposed and are out of date. */
export function chooseNewPlans(plans: WorkingTree['plans'], main: Blobs): NewPlans {
  const chosen: NewPlans = { auto: undefined, review: undefined, left: [], broken: [] };
  const newest = [...plans]
    .filter(({ name }) => !main.has(PLANS + name))
    .sort((a, b) => b.writtenAt - a.writtenAt || compareText(b.name, a.name));
  for (const { name, text } of newest) {
    const parsed = parsePlan(name, text);
    if (!parsed.ok) chosen.broken.push({ name, message: parsed.message });
    else if (parsed.plan.lane === 'urgent') continue;
    else if (chosen[parsed.plan.lane] === undefined) chosen[parsed.plan.lane] = parsed.plan;
    else chosen.left.push(name);
  }
  return chosen;
}

export interface Difference {
  changes: FileChange[];
  /** HR ids whose file is among the changes. */
  people: string[];
  /** Paths that main changed meanwhile. */
  overtaken: string[];
}

/**
 * What this run changed, for the files that `wanted` lets through. `base`: the commit the working tree was checked
 * out from; without it every difference to main counts as ours and nothing is deleted.
 */
export function deriveDifference(
  tree: WorkingTree,
  main: Blobs,
  base: Blobs | undefined,
  wanted: (path: string, person: string | undefined) => boolean,
): Difference {
  const difference: Difference = { changes: [], people: [], overtaken: [] };
  const take = (path: string, text: string | null): void => {
    const ours = text === null ? undefined : blobIdOf(text);
    const theirs = main.get(path);
    if (ours === theirs || (base !== undefined && ours === base.get(path))) return;
    if (base !== undefined && theirs !== base.get(path)) {
      difference.overtaken.push(path);
      return;
    }
    difference.changes.push({ path, text });
    const person = personOf(path);
    if (person !== undefined) difference.people.push(person);
  };
  for (const [path, text] of tree.files) {
    const person = personOf(path);
    if ((person !== undefined || SHARED.includes(path)) && wanted(path, person)) take(path, text);
  }
  if (base !== undefined && tree.exported !== undefined)
    for (const path of base.keys()) {
      const person = personOf(path);
      const gone = person !== undefined && !tree.files.has(path) && !tree.exported.has(path);
      if (gone && wanted(path, person)) take(path, null);
    }
  difference.changes.sort((a, b) => compareText(a.path, b.path));
  difference.people.sort(compareHrIds);
  return difference;
}

/** The plan as a file of the repository. */
export function planChange(plan: Plan): FileChange {
  return { path: pathOfPlan(plan), text: planText(plan) };
}

export function pathOfPlan(plan: Pick<Plan, 'asOf' | 'digest'>): string {
  return `${PLANS}${plan.asOf}-${plan.digest}.json`;
}

/** Names of plan files among blobs. */
export function planNamesIn(blobs: Blobs): string[] {
  return [...blobs.keys()]
    .filter((path) => path.startsWith(PLANS) && path.endsWith('.json'))
    .map((path) => path.slice(PLANS.length))
    .sort(compareText);
}

/** The HR id whose file a path is; undefined for every other path, also for one in a wrong shard. */
export function personOf(path: string): string | undefined {
  const id = /^state\/people\/[^/]+\/([^/]+)\.yaml$/.exec(path)?.[1];
  return id !== undefined && HrId.safeParse(id).success && personFileOf(id) === path ? id : undefined;
}

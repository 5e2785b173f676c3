/** Facts, mappings and pins as commits had them, and where to look a little further when a plan was not made from these. */
import type { AnsweredChange } from '../core/audit/history.ts';
import type { Policy } from '../core/mappings/policy.ts';
import type { PersonFile } from '../core/people/person-file.ts';
import { personFileOf } from '../core/values/hr-id.ts';
import type { Archive } from './archive.ts';

export interface CommittedInputs {
  /** Person file -> its changes on main, oldest first. */
  people: ReadonlyMap<string, AnsweredChange[]>;
  /** The mappings of the commit that brought a change; after them those that a merge within two days before replaced. */
  policiesFor(arrival: AnsweredChange): Promise<Policy[]>;
  /** A person's file as the commit that brought a plan had it; after it the next two versions. */
  personVersions(person: string, arrival: AnsweredChange): Promise<PersonVersions>;
  /** Group name -> id as pinned then. */
  pinsFor(arrival: AnsweredChange): Promise<Readonly<Record<string, string>>>;
}

export interface PersonVersions {
  files: PersonFile[];
  /** The file was changed after the plan came. */
  isLater: boolean;
  cameWithPlan: boolean;
}

const PINS = 'state/groups.yaml';
const LATER_VERSIONS = 2;
const RECENT_MAPPINGS_MS = 2 * 86_400_000;

export function openInputs(archive: Archive, changes: AnsweredChange[]): CommittedInputs {
  const versions = versionsOf(changes);
  const mappingChanges = changes.filter(({ change }) => change.path.startsWith('mappings/'));
  const people = new Map([...versions].filter(([path]) => path !== PINS));
  return {
    people,
    policiesFor: (arrival) => policiesFor(arrival, archive, mappingChanges),
    personVersions: (person, arrival) => personVersions(person, arrival, archive, versions),
    async pinsFor(arrival) {
      const blob = blobAt(PINS, arrival, versions);
      return blob === undefined || blob === null ? {} : archive.pins(blob);
    },
  };
}

function versionsOf(changes: AnsweredChange[]): Map<string, AnsweredChange[]> {
  const versions = new Map<string, AnsweredChange[]>();
  for (const answered of changes) {
    const { path } = answered.change;
    if (!path.startsWith('state/people/') && path !== PINS) continue;
    const list = versions.get(path);
    if (list === undefined) versions.set(path, [answered]);
    else list.push(answered);
  }
  return versions;
}

async function policiesFor(
  arrival: AnsweredChange,
  archive: Archive,
  mappingChanges: AnsweredChange[],
): Promise<Policy[]> {
  const commit = arrival.origin ?? arrival.main;
  const commits = new Set([commit.id]);
  const last = mappingChanges.findLastIndex(({ index }) => index <= arrival.index);
  for (let at = last; at >= 0; at -= 1) {
    const { main } = mappingChanges[at]!;
    if (Date.parse(commit.at) - Date.parse(main.at) >= RECENT_MAPPINGS_MS) break;
    if (main.parents[0] !== undefined) commits.add(main.parents[0]);
  }
  const policies: Policy[] = [];
  for (const id of commits) {
    const policy = await archive.policyAt(id);
    if (policy !== undefined && !policies.includes(policy)) policies.push(policy);
  }
  return policies;
}

async function personVersions(
  person: string,
  arrival: AnsweredChange,
  archive: Archive,
  versions: ReadonlyMap<string, AnsweredChange[]>,
): Promise<PersonVersions> {
  const path = personFileOf(person);
  const changes = versions.get(path) ?? [];
  const later = changes.filter(({ index }) => index > arrival.index).slice(0, LATER_VERSIONS);
  const blobs = [blobAt(path, arrival, versions), ...later.map(({ change }) => change.after)];
  const files = await Promise.all(
    [...new Set(blobs)].flatMap((blob) =>
      blob === undefined || blob === null ? [] : [archive.person(blob)],
    ),
  );
  return {
    files: files.filter((file) => file !== undefined),
    isLater: later.length > 0,
    cameWithPlan: changes.some(({ index }) => index === arrival.index),
  };
}

/** What a path held in the commit that brought a plan: what this wrote itself, else what main had by then. */
function blobAt(
  path: string,
  { origin, index }: AnsweredChange,
  versions: ReadonlyMap<string, AnsweredChange[]>,
): string | null | undefined {
  const own = origin?.changes.find((change) => change.path === path);
  if (own !== undefined) return own.after;
  return versions.get(path)?.findLast((version) => version.index <= index)?.change.after;
}

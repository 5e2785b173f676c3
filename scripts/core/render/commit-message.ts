/**
 * Every commit message that Rollcall writes, built from ids, counts and codes only. A job title that says
 * `[skip ci]` in a message keeps apply from running; `fixes #12` closes an issue; a line break forges an
 * `Approved-by`; a line of `---` hides the trailers from `git interpret-trailers`; an underscore in a key makes
 * prose of the whole block. So each part has a pattern, and what does not match is refused, not cleaned.
 *
 * | kind    | subject                                      | trailers                                        |
 * |---------|----------------------------------------------|-------------------------------------------------|
 * | sync    | sync: 3 joiners, 2 movers, 1 leaver          | Plan-Digest Source As-Of Mapping-Pull-Request Run |
 * | receipt | receipt(3f9c1a2): 8 done, 0 failed, 1 skipped | Plan-Digest Outcome Approved-by Merged-by Run  |
 * | urgent  | offboard(1042): suspended ahead of review    | Plan-Digest Outcome Trigger Person Run          |
 * | hold    | hold(1042): by ann until 2026-12-01          | Person Requested-by Until Pull-Request Run      |
 * | release | release(1042): by ann                        | Person Requested-by Pull-Request Run            |
 */
import { type ActionOutcome, ReceiptOutcome } from '../record/receipt.ts';
import { isDay } from '../values/calendar.ts';
import { HrId } from '../values/hr-id.ts';
import { countsText, type PeopleCounts } from './count-people.ts';

export interface SyncCommit {
  kind: 'sync';
  counts: PeopleCounts;
  /** Person files that changed; said when no action follows from them. */
  facts: number;
  /** Digests of the plans that it adds; none when HR's changes cause no action. */
  plans: string[];
  asOf: string;
  mappingPullRequest?: number;
  run?: string;
}

export interface ReceiptCommit {
  kind: 'receipt';
  plan: string;
  counts: Record<ActionOutcome, number>;
  outcome: ReceiptOutcome;
  approvedBy: string[];
  mergedBy?: string;
  run?: string;
}

export interface UrgentCommit {
  kind: 'urgent';
  plan: string;
  people: string[];
  /** False when no suspension was done: the subject must not claim one. */
  suspended: boolean;
  outcome: ReceiptOutcome;
  trigger: (typeof TRIGGERS)[number];
  run?: string;
}

export interface HoldCommit {
  kind: 'hold';
  person: string;
  by: string;
  until: string;
  pullRequest?: number;
  run?: string;
}

export interface ReleaseCommit {
  kind: 'release';
  person: string;
  by: string;
  pullRequest?: number;
  run?: string;
}

export type Commit = SyncCommit | ReceiptCommit | UrgentCommit | HoldCommit | ReleaseCommit;

const SUBJECT_LIMIT = 75;
const SUBJECT = /^[a-z]+(?:\([A-Za-z0-9 _-]+\))?: [A-Za-z0-9 ,_-]+$/;
const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9_])?(?:\[bot\])?$/;
const TRIGGERS = ['bamboohr-webhook', 'schedule', 'manual'] as const;

/** What each trailer may hold. A key that is not here cannot be written. */
const TRAILERS = {
  'Plan-Digest': isDigest,
  Source: isSource,
  'As-Of': isDay,
  Outcome: isOutcome,
  'Approved-by': isLogin,
  'Merged-by': isLogin,
  Trigger: isTrigger,
  Person: isHrId,
  'Requested-by': isLogin,
  Until: isDay,
  'Mapping-Pull-Request': isNumber,
  'Pull-Request': isNumber,
  Run: isRunUrl,
} as const;

type TrailerKey = keyof typeof TRAILERS;
type Trailer = [TrailerKey, string | number | undefined];

/**
 * The whole message, with a final line break.
 * @throws RangeError that names the part, never its content, when a part holds anything but an id, a count or a code.
 */
export function commitMessage(commit: Commit): string {
  if (!countsOf(commit).every((count) => Number.isSafeInteger(count) && count >= 0))
    throw new RangeError(`the counts of a ${commit.kind} commit must be whole numbers from 0`);
  const subject = subjectOf(commit);
  if (!SUBJECT.test(subject) || subject.length > SUBJECT_LIMIT)
    throw new RangeError(
      `the subject of a ${commit.kind} commit may hold ids, counts and codes in at most ${SUBJECT_LIMIT} characters`,
    );
  const lines = trailersOf(commit).flatMap(([key, value]) =>
    value === undefined ? [] : [trailerLine(key, String(value))],
  );
  return `${subject}\n\n${lines.join('\n')}\n`;
}

function countsOf(commit: Commit): number[] {
  if (commit.kind === 'sync') return [commit.facts, ...Object.values(commit.counts)];
  return commit.kind === 'receipt' ? Object.values(commit.counts) : [];
}

function trailerLine(key: TrailerKey, value: string): string {
  if (!TRAILERS[key](value))
    throw new RangeError(`the trailer ${key} of a commit message cannot hold this value`);
  return `${key}: ${value}`;
}

function subjectOf(commit: Commit): string {
  switch (commit.kind) {
    case 'sync':
      return `sync: ${syncText(commit)}`;
    case 'receipt':
      return `receipt(${short(commit.plan)}): ${outcomeText(commit.counts)}`;
    case 'urgent': {
      const said = commit.suspended ? 'suspended ahead of review' : 'not suspended, see the receipt';
      return `offboard(${whom(commit.people, said.length + 12)}): ${said}`;
    }
    case 'hold': {
      const said = `by ${login(commit.by)} until ${commit.until}`;
      return `hold(${whom([commit.person], said.length + 8)}): ${said}`;
    }
    case 'release': {
      const said = `by ${login(commit.by)}`;
      return `release(${whom([commit.person], said.length + 11)}): ${said}`;
    }
  }
}

function trailersOf(commit: Commit): Trailer[] {
  const run: Trailer = ['Run', commit.run];
  switch (commit.kind) {
    case 'sync':
      return [
        ...commit.plans.map((plan): Trailer => ['Plan-Digest', plan]),
        ['Source', 'bamboohr'],
        ['As-Of', commit.asOf],
        ['Mapping-Pull-Request', commit.mappingPullRequest],
        run,
      ];
    case 'receipt':
      return [
        ['Plan-Digest', commit.plan],
        ['Outcome', commit.outcome],
        ...commit.approvedBy.map((by): Trailer => ['Approved-by', by]),
        ['Merged-by', commit.mergedBy],
        run,
      ];
    case 'urgent':
      return [
        ['Plan-Digest', commit.plan],
        ['Outcome', commit.outcome],
        ['Trigger', commit.trigger],
        ...commit.people.map((person): Trailer => ['Person', person]),
        run,
      ];
    case 'hold':
      return [
        ['Person', commit.person],
        ['Requested-by', commit.by],
        ['Until', commit.until],
        ['Pull-Request', commit.pullRequest],
        run,
      ];
    case 'release':
      return [
        ['Person', commit.person],
        ['Requested-by', commit.by],
        ['Pull-Request', commit.pullRequest],
        run,
      ];
  }
}

/** Falls back to fewer words when all the classes of people together are too long for a subject. */
function syncText({ counts, facts, plans }: SyncCommit): string {
  if (plans.length === 0) return `facts of ${facts} ${facts === 1 ? 'person' : 'people'}, no action`;
  const text = countsText(counts);
  if (text.length <= SUBJECT_LIMIT - 'sync: '.length) return text;
  const { joiner, mover, leaver, groups, ...others } = counts;
  const more = Object.values(others).reduce((sum, count) => sum + count, groups);
  return `${joiner} joiners, ${mover} movers, ${leaver} leavers, ${more} others`;
}

function outcomeText(counts: Record<ActionOutcome, number>): string {
  const always = `${counts.done} done, ${counts.failed} failed, ${counts.skipped} skipped`;
  const already = counts.already === 0 ? '' : `, ${counts.already} already`;
  const missed = counts['not-attempted'] === 0 ? '' : `, ${counts['not-attempted']} not tried`;
  return `${always}${already}${missed}`;
}

/** The id where it fits; the ids are in the trailers anyway. */
function whom(people: string[], taken: number): string {
  const only = people.length === 1 ? people[0] : undefined;
  return only !== undefined && only.length + taken <= SUBJECT_LIMIT
    ? only
    : `${people.length} ${people.length === 1 ? 'person' : 'people'}`;
}

/** A login in a subject: without the brackets of a bot's, and one that is too long stands in its trailer only. */
function login(text: string): string {
  if (!isLogin(text)) throw new RangeError('a login in a commit message must be a GitHub login');
  const plain = text.replace(/\[bot\]$/, '');
  return plain.length <= 39 ? plain : 'a reviewer';
}

function short(digest: string): string {
  return isDigest(digest) ? digest.slice(0, 7) : '';
}

function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function isSource(text: string): boolean {
  return text === 'bamboohr';
}

function isOutcome(text: string): boolean {
  return ReceiptOutcome.safeParse(text).success;
}

function isTrigger(text: string): boolean {
  return (TRIGGERS as readonly string[]).includes(text);
}

function isLogin(text: string): boolean {
  return LOGIN.test(text);
}

function isHrId(text: string): boolean {
  return HrId.safeParse(text).success;
}

function isNumber(text: string): boolean {
  return /^[1-9]\d{0,9}$/.test(text);
}

function isRunUrl(text: string): boolean {
  return (
    text.length <= 500 &&
    /^https?:\/\/[A-Za-z0-9.:-]+(?:\/[A-Za-z0-9._~-]+)*\/?$/.test(text) &&
    !text.includes('---')
  );
}

/**
 * What git's own history says of the record.
 *
 * | rule                                                        | when it does not hold                     |
 * |-------------------------------------------------------------|-------------------------------------------|
 * | plans and receipts are added once, never modified or deleted | record-modified, record-deleted, record-again |
 * | nothing but records of their names lies in those folders     | stray-file                                |
 * | what a merge brings was written by a commit of its branch    | merge-changes-state                       |
 * | a commit's trailers say what the commit does                 | trailers-disagree                         |
 * | state/ is written by commits with trailers …                 | not-attested                              |
 * | … that are signed                                            | not-signed, signature-bad, signature-doubtful |
 * | files that were committed lie in the working tree unchanged  | working-tree                              |
 */
import type { Plan } from '../plan/plan-file.ts';
import type { Receipt } from '../record/receipt.ts';
import { compareText, type Finding } from '../values/finding.ts';
import { personFileOf } from '../values/hr-id.ts';
import { type AnsweredChange, type HistoryCommit, shortId, trailersOf } from './history.ts';
import { broken, note, unattested } from './verdict.ts';

const RECORD = /^state\/(plans|receipts)\/(\d{4}-\d\d-\d\d-[0-9a-f]{64}\.json)$/;
const PERSON = /^state\/people\/[^/]+\/([^/]+)\.yaml$/;
const KINDS = /^(sync|receipt|offboard|hold|release)(?:\([^)]*\))?: /;

/** `[plans|receipts, name]` of a path of the record. */
export function recordOf(path: string): ['plans' | 'receipts', string] | undefined {
  const match = RECORD.exec(path);
  return match === null ? undefined : [match[1] as 'plans' | 'receipts', match[2] ?? ''];
}

export function checkRecordHistory(changes: AnsweredChange[]): Finding[] {
  const findings: Finding[] = [];
  const present = new Set<string>();
  const removed = new Set<string>();
  for (const { change, main } of changes) {
    const { path, kind, mode } = change;
    if (!path.startsWith('state/plans/') && !path.startsWith('state/receipts/')) continue;
    const when = `in ${shortId(main.id)} of ${main.at.slice(0, 10)}`;
    if (kind === 'added') {
      if (recordOf(path) === undefined && !/\/\.[^/]+$/.test(path))
        findings.push(
          broken('stray-file', `was added ${when}: only <date>-<digest>.json belongs here`, {
            subject: path,
          }),
        );
      else if (mode !== '100644' && kind === 'added')
        findings.push(
          broken('stray-file', `was added ${when} with the mode ${mode}: a record is a plain file`, {
            subject: path,
          }),
        );
      if (removed.has(path))
        findings.push(
          broken('record-again', `was added a second time ${when}: a record is added once`, {
            subject: path,
          }),
        );
      present.add(path);
    } else if (kind === 'deleted') {
      findings.push(
        broken('record-deleted', `was deleted ${when}: a record is never removed`, { subject: path }),
      );
      present.delete(path);
      removed.add(path);
    } else
      findings.push(
        broken('record-modified', `was modified ${when}: a record is never changed`, { subject: path }),
      );
  }
  return findings;
}

export interface Known {
  plans: ReadonlyMap<string, Plan>;
  receipts: ReadonlyMap<string, Receipt>;
}

/** Every commit that touched state/, once: its message, its signature, and whether it answers for what it brought. */
export function checkCommits(changes: AnsweredChange[], known: Known): Finding[] {
  const byCommit = new Map<HistoryCommit, AnsweredChange[]>();
  const findings: Finding[] = [];
  for (const answered of changes) {
    if (!answered.change.path.startsWith('state/')) continue;
    const { origin, main, change } = answered;
    if (origin === undefined)
      findings.push(
        broken(
          'merge-changes-state',
          `was changed by the merge ${shortId(main.id)} itself: no commit of the merged branch did that`,
          {
            subject: change.path,
          },
        ),
      );
    const commit = origin ?? main;
    const list = byCommit.get(commit);
    if (list === undefined) byCommit.set(commit, [answered]);
    else list.push(answered);
  }
  let unchecked = 0;
  for (const [commit, list] of byCommit) {
    findings.push(...checkMessage(commit, list, known));
    const signature = checkSignature(commit);
    if (signature !== undefined) findings.push(signature);
    if (commit.signature === 'unchecked') unchecked += 1;
  }
  if (unchecked > 0)
    findings.push(
      note(
        'signature-unchecked',
        `${unchecked} commits are signed with keys that are not here: import them (for GitHub: https://github.com/web-flow.gpg) to have the signatures checked`,
      ),
    );
  return findings;
}

function checkSignature(commit: HistoryCommit): Finding | undefined {
  const subject = shortId(commit.id);
  switch (commit.signature) {
    case 'good':
    case 'unchecked':
      return undefined;
    case 'none':
      return unattested('not-signed', `${describe(commit)} is not signed`, { subject });
    case 'doubtful':
      return broken('signature-doubtful', `${describe(commit)} is signed with a key that was revoked`, {
        subject,
      });
    case 'bad':
      return broken('signature-bad', `${describe(commit)} has a signature that does not fit it`, { subject });
  }
}

function describe(commit: HistoryCommit): string {
  return `the commit of ${commit.at.slice(0, 10)}`;
}

function checkMessage(commit: HistoryCommit, list: AnsweredChange[], known: Known): Finding[] {
  const subject = shortId(commit.id);
  const isOurs = KINDS.test(commit.subject) && commit.trailers.length > 0;
  if (!isOurs) {
    const paths = list.map(({ change }) => change.path).sort(compareText);
    const named = `${paths[0] ?? ''}${paths.length > 1 ? ` and ${paths.length - 1} more` : ''}`;
    const isSetUp = list.every(({ change }) =>
      /(?:^|\/)(?:\.gitkeep|\.gitignore|README\.md)$/.test(change.path),
    );
    return isSetUp
      ? []
      : [
          unattested('not-attested', `${describe(commit)} changes ${named} without the trailers of a run`, {
            subject,
          }),
        ];
  }
  const findings: Finding[] = [];
  const disagree = (message: string): void => {
    findings.push(broken('trailers-disagree', `${describe(commit)}: ${message}`, { subject }));
  };
  const digests = trailersOf(commit, 'Plan-Digest').sort();
  const added = { plans: new Set<string>(), receipts: new Set<string>() };
  for (const { change } of list) {
    const record = change.kind === 'added' ? recordOf(change.path) : undefined;
    if (record !== undefined) added[record[0]].add(record[1].slice(11, 75));
  }
  const brought = [...new Set([...added.plans, ...added.receipts])].sort();
  for (const digest of brought)
    if (!digests.includes(digest))
      disagree(`it brings ${digest.slice(0, 12)} and its Plan-Digest does not say so`);
  for (const digest of digests)
    if (!brought.includes(digest))
      disagree(`its Plan-Digest ${digest.slice(0, 12)} is of a plan that it does not bring`);
  const receipts = [...added.receipts].flatMap((digest) =>
    [...known.receipts.values()].filter(({ plan }) => plan === digest),
  );
  if (receipts.length === 1) findings.push(...checkReceiptMessage(commit, receipts[0]!, disagree));
  return findings;
}

/** GitHub logins as commit messages may hold them; others stand on the receipt only. */
const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9_])?(?:\[bot\])?$/;

function checkReceiptMessage(
  commit: HistoryCommit,
  receipt: Receipt,
  disagree: (message: string) => void,
): Finding[] {
  const outcome = trailersOf(commit, 'Outcome');
  if (outcome.length > 0 && outcome[0] !== receipt.outcome)
    disagree(`its Outcome is ${outcome[0] ?? ''}, the receipt says ${receipt.outcome}`);
  if (!commit.subject.startsWith('receipt(')) return [];
  const said = trailersOf(commit, 'Approved-by');
  const isWritable =
    receipt.approvedBy.every((login) => LOGIN.test(login)) && LOGIN.test(receipt.mergedBy ?? 'nobody');
  const same =
    said.length === receipt.approvedBy.length && said.every((login) => receipt.approvedBy.includes(login));
  if (!same && (isWritable || said.length > 0))
    disagree(
      `its Approved-by names ${said.length} people, the receipt ${receipt.approvedBy.length}, and they are not the same`,
    );
  const merged = trailersOf(commit, 'Merged-by')[0];
  if (merged !== undefined && merged !== receipt.mergedBy)
    disagree('its Merged-by is not the one of the receipt');
  return [];
}

export interface WorkingState {
  /** Path -> what git would call the file's blob. */
  blobs: ReadonlyMap<string, string>;
}

/** The working tree against the commit it came from: what lies there and was never committed proves nothing. */
export function checkWorkingTree(
  committed: ReadonlyMap<string, string>,
  working: ReadonlyMap<string, string>,
): Finding[] {
  const findings: Finding[] = [];
  let facts = 0;
  for (const path of [...new Set([...committed.keys(), ...working.keys()])].sort(compareText)) {
    const [before, after] = [committed.get(path), working.get(path)];
    if (before === after || /\/\.[^/]+$/.test(path)) continue;
    const isRecord = path.startsWith('state/plans/') || path.startsWith('state/receipts/');
    if (!isRecord) facts += 1;
    else if (before === undefined)
      findings.push(
        unattested('not-committed', 'lies in the working tree and is not committed', { subject: path }),
      );
    else if (after === undefined)
      findings.push(broken('working-tree', 'was removed from the working tree', { subject: path }));
    else
      findings.push(
        broken('working-tree', 'in the working tree is not what was committed', { subject: path }),
      );
  }
  if (facts > 0)
    findings.push(
      note(
        'working-tree-facts',
        `${facts} other files below state/ differ from what was committed: an export not yet proposed looks like this`,
      ),
    );
  return findings;
}

/** Person files whose place is not theirs, and other files that nothing writes. */
export function checkStateFiles(state: ReadonlyMap<string, string>): Finding[] {
  return [...state.keys()].flatMap((path): Finding[] => {
    if (
      recordOf(path) !== undefined ||
      path === 'state/groups.yaml' ||
      path === 'state/holds.yaml' ||
      /\/(?:\.[^/]+|README\.md)$/.test(path)
    )
      return [];
    const id = PERSON.exec(path)?.[1];
    if (id !== undefined && personFileOf(id) === path) return [];
    if (path.startsWith('state/plans/') || path.startsWith('state/receipts/')) return [];
    return [unattested('stray-file', 'is no file that Rollcall writes', { subject: path })];
  });
}

/**
 * What git's own history says of the record.
 *
 * | rule                                                        | when it does not hold                     |
 * |-------------------------------------------------------------|-------------------------------------------|
 * | plans and receipts are added once, never modified or deleted | record-modified, record-deleted, record-again |
 * | nothing but records of their names lies in those folders     | stray-file                                |
 * | what a merge brings was written by a commit of its branch    | merge-changes-state                       |
 * | no commit of main that writes state/ is older than the one before it | date-backwards                     |
 * | a commit's trailers say what the commit does                 | trailers-disagree                         |
 * | state/ is written by commits with trailers …                 | not-attested                              |
 * | … that are signed                                            | not-signed, signature-bad, signature-doubtful |
 * | an app whose other commits are signed signs all of them      | signature-missing                         |
 * | a receipt that names its run came by the commit of a run     | not-recorded                              |
 */
import type { Plan } from '../plan/plan-file.ts';
import type { Receipt } from '../record/receipt.ts';
import { compareText, type Finding } from '../values/finding.ts';
import { type AnsweredChange, type HistoryCommit, shortId, trailersOf } from './history.ts';
import { broken, note, unattested } from './verdict.ts';

const RECORD = /^state\/(plans|receipts)\/(\d{4}-\d\d-\d\d-[0-9a-f]{64}\.json)$/;
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

/** Clocks of GitHub's machines differ by less. */
const CLOCKS_MS = 10 * 60_000;

/** Times of commits are what approval before execution is shown by: main only moves on, and so do they. */
export function checkDates(changes: AnsweredChange[]): Finding[] {
  const findings: Finding[] = [];
  let newest: HistoryCommit | undefined;
  for (const { change, main } of changes) {
    if (main === newest || !change.path.startsWith('state/')) continue;
    if (newest !== undefined && Date.parse(newest.at) - Date.parse(main.at) > CLOCKS_MS) {
      const subject = shortId(main.id);
      if (findings.at(-1)?.subject !== subject)
        findings.push(
          broken(
            'date-backwards',
            `says ${main.at} and comes after ${shortId(newest.id)} of ${newest.at}: its date is not when it was made`,
            { subject },
          ),
        );
    } else newest = main;
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
  const signers = new Set(
    [...byCommit.keys()].flatMap(({ author, signature }) =>
      author.endsWith('[bot]') && signature !== 'none' ? [author] : [],
    ),
  );
  for (const [commit, list] of byCommit) {
    findings.push(...checkMessage(commit, list, known));
    const signature = checkSignature(commit, signers);
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

/** @param signers apps: GitHub signs what they commit, so that one without a signature was made by somebody else */
function checkSignature(commit: HistoryCommit, signers: ReadonlySet<string>): Finding | undefined {
  const subject = shortId(commit.id);
  switch (commit.signature) {
    case 'good':
    case 'unchecked':
      return undefined;
    case 'none':
      if (signers.has(commit.author))
        return broken(
          'signature-missing',
          `${describe(commit)} is in the name of ${commit.author} and not signed, as others of it are`,
          { subject },
        );
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
    const byRun = list.filter(
      ({ change }) =>
        change.kind === 'added' &&
        change.path.startsWith('state/receipts/') &&
        known.receipts.get(change.path.slice('state/receipts/'.length))?.run !== undefined,
    );
    if (byRun.length > 0)
      return byRun.map(({ change }) =>
        broken('not-recorded', `names a run, and came by ${subject}, which is the commit of no run`, {
          subject: change.path,
        }),
      );
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

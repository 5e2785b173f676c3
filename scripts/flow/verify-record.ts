/** The whole record verified: history, bytes, chain, duties, and every plan derived again from what was committed. */
import { checkCommits, checkDates, checkRecordHistory } from '../core/audit/check-history.ts';
import { checkPins, type PinVersion } from '../core/audit/check-pins.ts';
import {
  checkChain,
  checkPending,
  checkPlanForm,
  checkReceiptForm,
  readRecordFiles,
} from '../core/audit/check-record.ts';
import { checkStateFiles, checkWorkingTree } from '../core/audit/check-tree.ts';
import { checkDuties } from '../core/audit/duties.ts';
import { type AnsweredChange, answeredChanges } from '../core/audit/history.ts';
import type { Plan } from '../core/plan/plan-file.ts';
import type { Receipt } from '../core/record/receipt.ts';
import { type Finding, orderFindings } from '../core/values/finding.ts';
import type { Archive } from './archive.ts';
import { derivePlansAgain } from './derive-again.ts';

const PINS = 'state/groups.yaml';
/** How long a plan may wait when guardrails.yaml cannot be read, in hours. */
const EXPIRE_HOURS = 72;
/** A plan may also wait for the next run of apply. */
const NEXT_RUN_HOURS = 24;

/** The record as an audit reads it; everything else is derived from this. */
export interface RecordOfMain {
  plans: ReadonlyMap<string, Plan>;
  receipts: ReadonlyMap<string, Receipt>;
  changes: AnsweredChange[];
  /** Path -> the change that first brought it to main. */
  arrivals: ReadonlyMap<string, AnsweredChange>;
  /** What does not hold of the files themselves. */
  findings: Finding[];
}

export async function readRecordOfMain(archive: Archive): Promise<RecordOfMain> {
  const [plans, receipts] = await Promise.all([
    archive.texts('state/plans'),
    archive.texts('state/receipts'),
  ]);
  const json = (texts: Map<string, string>): Map<string, string> =>
    new Map([...texts].filter(([name]) => name.endsWith('.json')));
  const record = readRecordFiles(json(plans), json(receipts));
  const changes = answeredChanges(archive.history);
  const arrivals = new Map<string, AnsweredChange>();
  for (const answered of changes)
    if (answered.change.kind === 'added' && !arrivals.has(answered.change.path))
      arrivals.set(answered.change.path, answered);
  return { ...record, changes, arrivals };
}

export interface Verified {
  findings: Finding[];
  counts: {
    commits: number;
    plans: number;
    receipts: number;
    actions: number;
    derived: number;
    personFiles: number;
  };
}

export interface VerifyOptions {
  /** ISO instant: what is pending longer than it may be. */
  now: string;
  /** Without it only what stands in files and history is checked: seconds instead of a minute on a large record. */
  derive: boolean;
  progress: (text: string, done?: number, total?: number) => void;
}

export async function verifyRecord(
  archive: Archive,
  record: RecordOfMain,
  options: VerifyOptions,
): Promise<Verified> {
  const { plans, receipts, changes, arrivals } = record;
  const { progress } = options;
  progress('checking history and digests');
  const arrivedAt = (folder: string) => (name: string) => arrivals.get(`state/${folder}/${name}`)?.main.at;
  const policy = await archive.policyAt(archive.head);
  const expireHours = (policy?.guardrails.approvals.expireHours ?? EXPIRE_HOURS) + NEXT_RUN_HOURS;
  const findings: Finding[] = [
    ...record.findings,
    ...checkRecordHistory(changes),
    ...checkDates(changes),
    ...checkCommits(changes, record),
    ...checkPins(await readPinVersions(archive, changes)),
    ...checkStateFiles(archive.state),
    ...checkWorkingTree(archive.state, archive.workingBlobs()),
    ...[...plans].flatMap(([name, plan]) => checkPlanForm(name, plan)),
    ...[...receipts].flatMap(([name, receipt]) => checkReceiptForm(name, receipt, plans.get(name))),
    ...checkChain(receipts, arrivedAt('receipts')),
    ...checkPending(plans, receipts, arrivedAt('plans'), options.now, expireHours),
    ...(await checkAllDuties(archive, record)),
  ];
  const again = options.derive
    ? await derivePlansAgain(archive, record, options)
    : { findings: [], derived: 0, personFiles: 0 };
  findings.push(...again.findings);
  return {
    findings: orderFindings(findings),
    counts: {
      commits: archive.history.mainline.length,
      plans: plans.size,
      receipts: receipts.size,
      actions: [...plans.values()].reduce((sum, plan) => sum + plan.actions.length, 0),
      derived: again.derived,
      personFiles: again.personFiles,
    },
  };
}

function readPinVersions(archive: Archive, changes: AnsweredChange[]): Promise<PinVersion[]> {
  return Promise.all(
    changes.flatMap((answered) => {
      const { path, after } = answered.change;
      return path === PINS && after !== null
        ? [archive.pins(after).then((pins): PinVersion => ({ answered, pins }))]
        : [];
    }),
  );
}

export async function checkAllDuties(
  archive: Archive,
  { plans, receipts, arrivals }: RecordOfMain,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, receipt] of receipts) {
    const plan = plans.get(name);
    if (plan === undefined || plan.lane !== 'review') continue;
    const arrival = arrivals.get(`state/plans/${name}`);
    const policy = arrival === undefined ? undefined : await archive.policyAt(arrival.main.id);
    findings.push(
      ...checkDuties({
        plan,
        receipt,
        planOnMain: arrival?.main.at,
        sameCommit:
          arrival !== undefined && arrivals.get(`state/receipts/${name}`)?.main.id === arrival.main.id,
        guardrails: policy?.guardrails,
      }),
    );
  }
  return findings;
}

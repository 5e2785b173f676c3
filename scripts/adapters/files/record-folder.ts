/** state/plans and state/receipts: what was proposed and what happened to it. Added once, never changed, never removed. */
import { parsePlan, type Plan, planName, planText } from '../../core/plan/plan-file.ts';
import type { RecordedPlan } from '../../core/record/ledger.ts';
import { parseReceipt, type Receipt, receiptText } from '../../core/record/receipt.ts';
import { badInput, Failure, type Problem } from '../../core/values/failure.ts';
import { fileProblem, readFolder, type TextFile } from './read-folder.ts';
import { createFileWriter } from './write-file.ts';

/** The name that plan and receipt share. */
export const RECORD_NAME = /^\d{4}-\d\d-\d\d-[0-9a-f]{64}\.json$/;

export interface RecordTexts {
  /** By name, in their order. */
  plans: Map<string, string>;
  receipts: Map<string, string>;
}

/** The bytes as they lie there. Throws exit 2 for names that are not theirs. */
export function readRecordTexts(root: string): RecordTexts {
  const plans = readFolder(root, 'state/plans', 1);
  const receipts = readFolder(root, 'state/receipts', 1);
  return recordTextsOf([...plans.files, ...receipts.files], [...plans.problems, ...receipts.problems]);
}

export function recordTextsOf(files: TextFile[], found: Problem[] = []): RecordTexts {
  const problems = [...found];
  const texts: RecordTexts = { plans: new Map(), receipts: new Map() };
  for (const { path, text } of files) {
    const [, kind, name] = /^state\/(plans|receipts)\/(.+)$/.exec(path) ?? [];
    if (kind === undefined || name === undefined) continue;
    if (!RECORD_NAME.test(name))
      problems.push(
        fileProblem(
          path,
          'the name is not <date>-<digest>.json',
          'remove it: state/ is written by Rollcall only',
        ),
      );
    else texts[kind as keyof RecordTexts].set(name, text);
  }
  if (problems.length > 0) throw badInput(problems);
  return texts;
}

/** Every plan with its receipt. Throws exit 2 with every file that fails its schema, digest, bytes or name. */
export function readRecord(root: string): RecordedPlan[] {
  return parseRecord(readRecordTexts(root));
}

export function parseRecord({ plans, receipts }: RecordTexts): RecordedPlan[] {
  const problems: Problem[] = [];
  const recorded: RecordedPlan[] = [];
  for (const [name, text] of plans) {
    const plan = parsePlan(name, text);
    if (!plan.ok) problems.push(broken(`state/plans/${name}`, plan.message));
    const receipt = readReceipt(name, receipts.get(name), problems);
    if (plan.ok) recorded.push({ plan: plan.plan, receipt });
  }
  for (const name of receipts.keys())
    if (!plans.has(name))
      problems.push(broken(`state/receipts/${name}`, 'there is no plan of this name: the record is torn'));
  if (problems.length > 0) throw badInput(problems);
  return recorded;
}

function readReceipt(name: string, text: string | undefined, problems: Problem[]): Receipt | undefined {
  if (text === undefined) return undefined;
  const receipt = parseReceipt(text);
  if (!receipt.ok) problems.push(broken(`state/receipts/${name}`, receipt.message));
  else if (!name.endsWith(`-${receipt.receipt.plan}.json`))
    problems.push(broken(`state/receipts/${name}`, 'it is the receipt of another plan'));
  else return receipt.receipt;
  return undefined;
}

function broken(file: string, message: string): Problem {
  return fileProblem(file, message, `bring back what was committed: git checkout HEAD -- ${file}`);
}

/** Adds the plan; the same bytes may be there already. Returns its path. */
export function writePlan(root: string, plan: Plan): string {
  return add(root, `state/plans/${planName(plan)}`, planText(plan));
}

/** Adds the receipt of the plan `name`. Throws when there is one with other bytes: a receipt is never changed. */
export function writeReceipt(root: string, name: string, receipt: Receipt): string {
  if (!RECORD_NAME.test(name)) throw new RangeError(`not the name of a plan: ${JSON.stringify(name)}`);
  return add(root, `state/receipts/${name}`, receiptText(receipt));
}

function add(root: string, path: string, text: string): string {
  if (createFileWriter(root, true).create(path, text)) return path;
  const folder = readFolder(root, path.slice(0, path.lastIndexOf('/')), 1);
  if (folder.files.some((file) => file.path === path && file.text === text)) return path;
  throw new Failure(
    1,
    'record-exists',
    `${path} is there already with other content; it was left as it is`,
    'compare both: somebody else may have applied this plan',
  );
}

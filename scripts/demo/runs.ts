/** The two workflows of a company, step by step as they run on GitHub: the sync on a schedule, and what follows a merge. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openWorkspace } from '../adapters/files/workspace.ts';
import { type Held, parsePlan, type Plan } from '../core/plan/plan-file.ts';
import type { ActionOutcome, ReceiptOutcome } from '../core/record/receipt.ts';
import { type PeopleNames, personNameOf } from '../core/render/plan-view.ts';
import type { Finding } from '../core/values/finding.ts';
import type { Checkout } from './checkout.ts';
import type { RunVerb } from './verbs.ts';

/** What became of one plan. */
export interface Applied {
  file: string;
  outcome: ReceiptOutcome;
  counts: Record<ActionOutcome, number>;
}

export interface SyncRun {
  employees: number;
  /** Person files that HR's facts changed. */
  changedFiles: number;
  auto: Plan | undefined;
  review: Plan | undefined;
  findings: Finding[];
  held: Held[];
  names: PeopleNames;
  pullRequest: number | undefined;
  /** Of lane auto, in the same run. */
  applied: Applied[];
}

export interface Workflows {
  /** export, plan, propose, apply what needs no review, record. */
  sync(): Promise<SyncRun>;
  /** export again, approvals, apply what was merged, record. */
  afterMerge(): Promise<Applied[]>;
}

interface PlanDocument {
  plans: { file: string }[];
  findings: Finding[];
  held: Held[];
}

/** @param approvalsFile a path that git does not look at */
export function createWorkflows(
  root: string,
  checkout: Checkout,
  run: RunVerb,
  approvalsFile: string,
): Workflows {
  const workspace = openWorkspace(root);
  return {
    async sync() {
      await checkout.refresh();
      const exported = await run<{ employees: number; written: number }>('export');
      const planned = await run<PlanDocument>('plan');
      const plans = await Promise.all(planned.plans.map(({ file }) => readPlan(root, file)));
      const people = await workspace.readPeople(undefined);
      const proposed = await run<{ pullRequest?: number }>('propose');
      const auto = plans.find(({ lane }) => lane === 'auto');
      const applied = auto === undefined ? [] : await applyAndRecord(run, '--lane', 'auto');
      return {
        employees: exported.employees,
        changedFiles: exported.written,
        auto,
        review: plans.find(({ lane }) => lane === 'review'),
        findings: planned.findings,
        held: planned.held,
        names: new Map(people.map((person) => [person.employee.id, personNameOf(person)])),
        pullRequest: proposed.pullRequest,
        applied,
      };
    },
    async afterMerge() {
      await checkout.refresh();
      await run('export');
      await run('approvals', '--out', approvalsFile);
      return applyAndRecord(run, '--approvals', approvalsFile);
    },
  };
}

async function applyAndRecord(run: RunVerb, ...args: string[]): Promise<Applied[]> {
  const { receipts } = await run<{ receipts: Applied[] }>('apply', ...args);
  await run('record');
  return receipts;
}

async function readPlan(root: string, file: string): Promise<Plan> {
  const parsed = parsePlan(basename(file), await readFile(join(root, file), 'utf8'));
  if (!parsed.ok) throw new Error(`${file}: ${parsed.message}`);
  return parsed.plan;
}

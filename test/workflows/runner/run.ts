/** One run of one workflow: its jobs in the order of their needs, each as soon as it may. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluate, isTruthy, resolve, type Status, type Value } from './expressions.ts';
import { type Conclusion, githubContext, type JobInput, type JobReport, runJob } from './job.ts';
import { takeMachine } from './machines.ts';
import type { JobFile, WorkflowFile } from './workflow-file.ts';

export type RunInput = Omit<JobInput, 'job' | 'matrix' | 'needs' | 'folder' | 'artifacts' | 'store'> & {
  folder: string;
};

export interface RunReport {
  id: string;
  workflow: WorkflowFile;
  event: RunInput['event'];
  conclusion: Conclusion;
  jobs: Record<string, JobReport>;
}

export async function runWorkflow(input: RunInput): Promise<RunReport> {
  const { workflow, event, runId, folder } = input;
  const store = join(folder, 'artifacts');
  await mkdir(store, { recursive: true });
  const artifacts = new Map<string, string>();
  const pending = new Map<string, Promise<JobReport>>();
  const reports: Record<string, JobReport> = {};
  const start = (job: JobFile): Promise<JobReport> => {
    const known = pending.get(job.id);
    if (known !== undefined) return known;
    const started = (async () => {
      for (const id of job.needs) await start(jobOf(workflow, id));
      const report = await judgeAndRun(job, input, reports, { artifacts, store });
      reports[job.id] = report;
      return report;
    })();
    pending.set(job.id, started);
    return started;
  };
  await Promise.all(workflow.jobs.map(start));
  const conclusions = Object.values(reports).map(({ conclusion }) => conclusion);
  const conclusion: Conclusion = conclusions.includes('failure')
    ? 'failure'
    : conclusions.includes('cancelled')
      ? 'cancelled'
      : conclusions.every((each) => each === 'skipped')
        ? 'skipped'
        : 'success';
  return { id: runId, workflow, event, conclusion, jobs: reports };
}

function jobOf(workflow: WorkflowFile, id: string): JobFile {
  const found = workflow.jobs.find((job) => job.id === id);
  if (found === undefined) throw new Error(`${workflow.path}: there is no job ${id}`);
  return found;
}

async function judgeAndRun(
  job: JobFile,
  input: RunInput,
  reports: Record<string, JobReport>,
  shared: Pick<JobInput, 'artifacts' | 'store'>,
): Promise<JobReport> {
  const skipped: JobReport = {
    id: job.id,
    conclusion: 'skipped',
    outputs: {},
    steps: [],
    summary: '',
    annotations: [],
  };
  const needs = Object.fromEntries(
    job.needs.map((id) => {
      const { conclusion = 'skipped', outputs = {} } = reports[id] ?? {};
      return [id, { result: conclusion, outputs }] as const;
    }),
  );
  const status = statusOf(ancestorsOf(job, input.workflow), reports, input.signal.aborted);
  // Secrets, env and the machine are not known before there is a job.
  const contexts = {
    github: githubContext(input),
    needs: needs as unknown as Value,
    vars: input.actions.variables,
    inputs: input.event.inputs,
  };
  if (!isTruthy(evaluate(job.condition, { contexts, status }))) return skipped;
  const combinations = combine(job, { contexts, status });
  const done = await Promise.all(
    combinations.map(async (matrix) => {
      const machine = await takeMachine();
      try {
        return await runJob({ ...input, ...shared, job, matrix, needs, folder: machine.folder });
      } finally {
        await machine.free();
      }
    }),
  );
  const [first] = done;
  if (first === undefined) return skipped;
  if (done.length === 1) return first;
  return {
    ...first,
    conclusion: done.some(({ conclusion }) => conclusion === 'failure') ? 'failure' : first.conclusion,
    steps: done.flatMap(({ steps }) => steps),
  };
}

function ancestorsOf(job: JobFile, workflow: WorkflowFile): string[] {
  const found = new Set<string>();
  const walk = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    jobOf(workflow, id).needs.forEach(walk);
  };
  job.needs.forEach(walk);
  return [...found];
}

function statusOf(ancestors: string[], reports: Record<string, JobReport>, cancelled: boolean): Status {
  const results = ancestors.map((id) => reports[id]?.conclusion ?? 'skipped');
  return {
    ok: results.every((result) => result === 'success'),
    failed: results.includes('failure'),
    cancelled: cancelled || results.includes('cancelled'),
  };
}

function combine(job: JobFile, scope: Parameters<typeof resolve>[1]): Record<string, Value>[] {
  let combinations: Record<string, Value>[] = [{}];
  for (const [name, values] of Object.entries(job.matrix ?? {}))
    combinations = combinations.flatMap((known) =>
      values.map((value) => ({ ...known, [name]: resolve(value, scope) })),
    );
  return combinations;
}

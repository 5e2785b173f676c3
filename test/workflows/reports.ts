/** What tests ask of finished runs. */
import type { RunReport } from './runner/run.ts';

/** job -> conclusion, for each run of a workflow, in the order in which they ended. */
export function conclusionsOf(runs: RunReport[], workflow: string): Record<string, string>[] {
  return runs
    .filter((run) => run.workflow.name === workflow)
    .map(({ jobs }) => Object.fromEntries(Object.values(jobs).map(({ id, conclusion }) => [id, conclusion])));
}

/** Logs of every step that failed, with where it was; empty when none did. */
export function failuresOf(runs: RunReport[]): string {
  return runs
    .flatMap((run) =>
      Object.values(run.jobs).flatMap((job) =>
        job.steps
          .filter(({ conclusion }) => conclusion === 'failure')
          .map(({ name, log }) => `${run.workflow.name}/${job.id}/${name}:\n${log}`),
      ),
    )
    .join('\n');
}

export function logOf(run: RunReport): string {
  return Object.values(run.jobs)
    .flatMap(({ steps, summary }) => [...steps.map(({ log }) => log), summary])
    .join('\n');
}

/** One job of the newest run of a workflow. */
export function jobOf(
  runs: RunReport[],
  workflow: string,
  job: string,
): RunReport['jobs'][string] | undefined {
  return runs.findLast((run) => run.workflow.name === workflow)?.jobs[job];
}

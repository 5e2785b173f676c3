/** Check runs with annotations on the lines they are about (GitHub REST, "Check runs"). */
import type { Annotation, Conclusion } from '../../core/forge/shapes.ts';
import type { GithubClient } from './client.ts';

/** GitHub takes so many annotations a call; more are added by updating the run. */
const BATCH = 50;
const LONGEST_SUMMARY = 60_000;

export async function createCheck(
  { octokit, here }: GithubClient,
  check: {
    name: string;
    head: string;
    conclusion: Conclusion;
    title: string;
    summary: string;
    annotations: Annotation[];
  },
): Promise<void> {
  const { name, head, conclusion, title, annotations } = check;
  const summary = check.summary.slice(0, LONGEST_SUMMARY);
  const batches = cutInto(annotations.map(annotationOf));
  const { data } = await octokit.rest.checks.create({
    ...here,
    name,
    head_sha: head,
    status: 'completed',
    conclusion,
    output: { title, summary, annotations: batches[0] ?? [] },
  });
  for (const more of batches.slice(1))
    await octokit.rest.checks.update({
      ...here,
      check_run_id: data.id,
      output: { title, summary, annotations: more },
    });
}

function annotationOf({ path, line, column, level, message, title }: Annotation) {
  return {
    path,
    start_line: line,
    end_line: line,
    // Columns only within one line, or GitHub refuses the whole call.
    ...(column === undefined ? {} : { start_column: column, end_column: column }),
    annotation_level: level,
    message: message.slice(0, 60_000),
    ...(title === undefined ? {} : { title: title.slice(0, 255) }),
  };
}

function cutInto<T>(items: T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
}

/** When a workflow last succeeded, as GitHub remembers it: on quiet days a run succeeds and leaves no commit. */
import { createGithubClient, type GithubConnection, type GithubSurroundings } from './client.ts';

/**
 * @param file name of the workflow file, sync.yml
 * @returns when its newest successful run on main ended, ISO; undefined when there is none. A run whose jobs were all
 * skipped is none.
 */
export async function readLastSuccess(
  connection: GithubConnection,
  file: string,
  parts: Partial<GithubSurroundings> = {},
): Promise<string | undefined> {
  const { octokit, here } = createGithubClient(connection, parts);
  const { data } = await octokit.rest.actions.listWorkflowRuns({
    ...here,
    workflow_id: file,
    branch: 'main',
    status: 'success',
    per_page: 1,
  });
  const at = data.workflow_runs[0]?.updated_at;
  return at === undefined ? undefined : new Date(at).toISOString();
}

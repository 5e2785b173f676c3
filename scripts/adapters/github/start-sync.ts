/** Asks GitHub for a sync now, by the event that the relay's heartbeat sends as well. */
import { heartbeatDispatch } from '../../core/relay/dispatch.ts';
import { createGithubClient, type GithubConnection, type GithubSurroundings } from './client.ts';

/** The token must be one whose events start workflows: an App's, or GITHUB_TOKEN, which may do so for dispatches alone. */
export async function startSync(
  connection: GithubConnection,
  now: string,
  parts: Partial<GithubSurroundings> = {},
): Promise<void> {
  const { octokit, here } = createGithubClient(connection, parts);
  await octokit.rest.repos.createDispatchEvent({ ...here, ...heartbeatDispatch(Date.parse(now)) });
}

/** Comments that are made once: each carries a marker that nobody sees, by which it is found again. */
import { AnswerLost } from '../../ports.ts';
import type { ForgeComment } from '../../core/forge/shapes.ts';
import { serviceFailure } from '../../core/values/failure.ts';
import type { GithubClient } from './client.ts';
import { accountOf } from './pull-requests.ts';

/** GitHub takes 65,536 characters; above 30,000 there are reports of 502s. */
const LONGEST = 60_000;

export async function listComments({ octokit, here }: GithubClient, number: number): Promise<ForgeComment[]> {
  const rows = await octokit.paginate(octokit.rest.issues.listComments, {
    ...here,
    issue_number: number,
    per_page: 100,
  });
  return rows.map(({ id, user, body }) => ({ id, author: accountOf(user), body: body ?? '' }));
}

/**
 * Puts the one comment of `marker`. Only a bot's comment counts as ours: a person who quotes one copies its marker.
 * @returns true when something was written.
 */
export async function putComment(
  client: GithubClient,
  number: number,
  marker: string,
  body: string,
  replace: boolean,
): Promise<boolean> {
  const { octokit, here } = client;
  const hidden = `<!-- rollcall:${marker.replaceAll('--', '')} -->`;
  const text = `${hidden}\n${body.length > LONGEST ? cut(body) : body}`;
  for (let attempt = 1; ; attempt += 1) {
    const comments = await listComments(client, number);
    const ours = comments.find(
      ({ body: present, author }) => present.startsWith(hidden) && author?.bot !== false,
    );
    if (ours !== undefined && (!replace || ours.body === text)) return attempt > 1;
    try {
      if (ours === undefined)
        await octokit.rest.issues.createComment({ ...here, issue_number: number, body: text });
      else await octokit.rest.issues.updateComment({ ...here, comment_id: ours.id, body: text });
      return true;
    } catch (error) {
      if (!(error instanceof AnswerLost)) throw error;
      if (attempt >= 4)
        throw serviceFailure(
          'forge-down',
          'GitHub did not take a comment, however often it was sent',
          'look at githubstatus.com and run again: what is on main already is found and not done twice',
        );
      await client.sleep(1_000 * attempt);
    }
  }
}

/** Renderers keep within the limit themselves; this only keeps a comment from being refused as a whole. */
function cut(body: string): string {
  return `${body.slice(0, LONGEST - 100)}\n\n(cut here: too long for a comment)`;
}

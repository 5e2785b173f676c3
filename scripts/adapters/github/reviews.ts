/** What people said about a pull request, and what they may do here (GitHub REST, "Reviews", "Collaborators"). */
import type { ForgeReview, Permission, ReviewState } from '../../core/forge/shapes.ts';
import { orAbsent, type GithubClient } from './client.ts';
import { accountOf } from './pull-requests.ts';

const STATES: ReviewState[] = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING'];

/** All pages, oldest first; and GitHub's own clock, so that ages do not depend on the clock of this machine. */
export async function listReviews(
  client: GithubClient,
  number: number,
): Promise<{ reviews: ForgeReview[]; readAt: string }> {
  const { octokit, here } = client;
  const rows = await octokit.paginate(octokit.rest.pulls.listReviews, {
    ...here,
    pull_number: number,
    per_page: 100,
  });
  const reviews = rows.map((row) => ({
    author: accountOf(row.user),
    // A state that GitHub may add one day is no approval.
    state: STATES.find((state) => state === row.state) ?? 'COMMENTED',
    commit: row.commit_id,
    submittedAt: row.submitted_at ?? null,
    association: row.author_association,
  }));
  return { reviews, readAt: client.forgeTime() ?? new Date(client.now()).toISOString() };
}

/** `maintain` reads as write and `triage` as read, as GitHub's legacy field has it; strangers are `none`. null: no such user. */
export async function readPermission(
  { octokit, here }: GithubClient,
  login: string,
): Promise<Permission | null> {
  const answer = await orAbsent(
    octokit.rest.repos.getCollaboratorPermissionLevel({ ...here, username: login }),
  );
  if (answer === undefined) return null;
  const { permission } = answer.data;
  return permission === 'admin' || permission === 'write' || permission === 'read' ? permission : 'none';
}

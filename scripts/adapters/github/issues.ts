/** One issue kept up to date: found by a marker that nobody sees, among those that a bot made. */
import type { IssueTracker } from '../../ports.ts';
import { AnswerLost } from '../../ports.ts';
import { serviceFailure } from '../../core/values/failure.ts';
import {
  createGithubClient,
  type GithubClient,
  type GithubConnection,
  type GithubSurroundings,
} from './client.ts';
import { accountOf } from './pull-requests.ts';

/** GitHub takes 65,536 characters; renderers keep within it. */
const LONGEST = 65_000;

export function connectIssues(
  connection: GithubConnection,
  parts: Partial<GithubSurroundings> = {},
): IssueTracker {
  const client = createGithubClient(connection, parts);
  return { putIssue: (marker, issue) => putIssue(client, marker, issue) };
}

type Wanted = Parameters<IssueTracker['putIssue']>[1];
interface Found {
  number: number;
  title: string;
  body: string;
  state: string;
  url: string;
}

/** A lost answer is looked up before anything is sent again. */
async function putIssue(
  client: GithubClient,
  marker: string,
  wanted: Wanted,
): ReturnType<IssueTracker['putIssue']> {
  const { octokit, here } = client;
  const hidden = `<!-- rollcall:${marker.replaceAll('--', '')} -->`;
  if (wanted.body.length > LONGEST) throw new RangeError('the body of an issue is longer than GitHub takes');
  const body = `${hidden}\n${wanted.body}`;
  const state = wanted.open ? 'open' : 'closed';
  for (let attempt = 1; ; attempt += 1) {
    const found = await findIssue(client, hidden, wanted.labels);
    try {
      if (found === undefined) {
        if (!wanted.open) return null;
        const { title, labels } = wanted;
        const { data } = await octokit.rest.issues.create({ ...here, title, body, labels });
        return { number: data.number, url: data.html_url, changed: true };
      }
      const { number, url } = found;
      if (found.title === wanted.title && found.body === body && found.state === state)
        return { number, url, changed: attempt > 1 };
      await octokit.rest.issues.update({ ...here, issue_number: number, title: wanted.title, body, state });
      return { number, url, changed: true };
    } catch (error) {
      if (!(error instanceof AnswerLost)) throw error;
      if (attempt >= 4)
        throw serviceFailure(
          'forge-down',
          'GitHub did not take the issue, however often it was sent',
          'look at githubstatus.com and run again: the issue is found and not made twice',
        );
      await client.sleep(1_000 * attempt);
    }
  }
}

/** Only a bot's issue is ours: a person who quotes one copies its marker. The oldest, should there be two. */
async function findIssue(
  { octokit, here }: GithubClient,
  hidden: string,
  labels: string[],
): Promise<Found | undefined> {
  const rows = await octokit.paginate(octokit.rest.issues.listForRepo, {
    ...here,
    state: 'all',
    per_page: 100,
    ...(labels.length === 0 ? {} : { labels: labels.join(',') }),
  });
  const ours = rows
    .filter((row) => row.pull_request === undefined && accountOf(row.user)?.bot !== false)
    .filter(({ body }) => (body ?? '').startsWith(hidden))
    .sort((a, b) => a.number - b.number);
  const first = ours[0];
  return first === undefined
    ? undefined
    : {
        number: first.number,
        title: first.title,
        body: first.body ?? '',
        state: first.state,
        url: first.html_url,
      };
}

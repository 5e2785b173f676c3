/** When a run was asked for, by GitHub's clock. Without client.ts, which costs apply a tenth of a second before anything is done. */
import { checkAddress, type Environment, optionalVariable } from '../http/environment.ts';
import { proxiedFetch } from '../http/proxy.ts';

/** Worth a moment and no second try: the receipt that it goes on has something more important to tell. */
const PATIENCE_MS = 3_000;

/** @returns the instant at which GitHub accepted the event of this run; undefined outside Actions and when it does not say. */
export async function readRunBegun(
  environment: Environment,
  fetchIt: typeof fetch = proxiedFetch(environment) ?? fetch,
): Promise<string | undefined> {
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = environment;
  if (environment['GITHUB_ACTIONS'] !== 'true' || token === undefined) return undefined;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository ?? '') || !/^\d+$/.test(run ?? '')) return undefined;
  try {
    const address = optionalVariable(environment, 'GITHUB_API_URL') ?? 'https://api.github.com';
    const api = checkAddress('GITHUB_API_URL', address).href.replace(/\/+$/, '');
    const response = await fetchIt(`${api}/repos/${repository}/actions/runs/${run}`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'user-agent': 'rollcall',
        'x-github-api-version': '2022-11-28',
      },
    });
    if (!response.ok) return undefined;
    const { created_at: at } = (await response.json()) as { created_at?: unknown };
    const ms = typeof at === 'string' ? Date.parse(at) : Number.NaN;
    return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
  } catch {
    return undefined;
  }
}

/**
 * GitHub's refusals in our words: what was tried, which permission or rule was missing, on which token, and what to do.
 * 422 is a lost race, a rule and a typing mistake alike, so it is told apart by its message (reference: GitHub REST,
 * "Git references"; rulesets answer "Repository rule violations found").
 */
import { badUsage, type Failure, serviceFailure } from '../../core/values/failure.ts';
import { describeBreak, type Outcome } from '../http/exchange.ts';
import { knownPhrases } from '../http/known-phrases.ts';

export interface RefusedRequest {
  method: string;
  /** The template, `/repos/{owner}/{repo}/git/trees`: no name or id of a person comes into a message. */
  route: string;
  repository: string;
  status: number;
  headers: Record<string, string | number | undefined>;
  message: string;
  broken?: Outcome;
}

/** Which permission of the App or token a route needs, where GitHub's header does not say. First match wins. */
const PERMISSIONS: [RegExp, string][] = [
  [/\/git\/|\/contents|\/compare|\/commits\/?$|\/commits\/\{ref\}/, 'contents'],
  [/\/pulls|\/requested_reviewers|\/reviews/, 'pull_requests'],
  [/\/issues/, 'pull_requests'],
  [/\/check-runs/, 'checks'],
  [/\/dispatches/, 'contents'],
  [/\/collaborators/, 'metadata'],
];

export function failureOf(refused: RefusedRequest): Failure {
  const { method, route, status, repository } = refused;
  const words = knownPhrases(refused.message);
  const [said, beside] = words === '' ? ['', ''] : [`: ${words}`, ` (${words})`];
  const request = `GitHub, ${method} ${route} of ${repository}`;
  const what = `${request}: answered ${status}`;
  if (refused.broken !== undefined && refused.broken.kind !== 'answer')
    return serviceFailure(
      'unreachable',
      `${request}: ${describeBreak(refused.broken)}`,
      'check the network, DNS, the proxy and GITHUB_API_URL, and githubstatus.com; what was already done is found and not done twice',
    );
  if (status === 401)
    return badUsage('bad-token', `${what}: the token is unknown, wrong or has ended`, 'renew GITHUB_TOKEN');
  if (isRuleViolation(refused))
    return badUsage(
      'rules-forbid',
      `${what}: the rules of this branch do not let this token move it${beside}`,
      'put the GitHub App on the bypass list, mode "always", of every ruleset and protection of the default branch',
    );
  if (/not permitted to create or approve pull requests/i.test(refused.message))
    return badUsage(
      'actions-may-not-propose',
      `${what}: GITHUB_TOKEN may not open pull requests here`,
      'use the token of a GitHub App, or allow "GitHub Actions to create and approve pull requests" in the organisation and the repository',
    );
  if (status === 403 && !/rate limit|abuse/i.test(refused.message)) {
    const permission = permissionOf(refused);
    return badUsage(
      'missing-permission',
      `${what}: the token in GITHUB_TOKEN lacks the permission ${permission}${beside}`,
      `grant "${permission}" to the GitHub App and accept it on its installation, and ask for it where the token is made`,
    );
  }
  if (status === 403 || status === 429)
    return serviceFailure(
      'throttled',
      `${what}: the limit of requests is used up${resetText(refused)}`,
      'nothing is lost; run again later. Another program on the same App or token uses the same limit',
    );
  if (status === 404)
    return badUsage(
      'not-found',
      `${what}: it is not there, or the token may not see it`,
      'check GITHUB_REPOSITORY and GITHUB_API_URL, and that the App is installed on this repository with the permissions it needs',
    );
  if (status === 409 && /empty/i.test(refused.message))
    return badUsage(
      'empty-repository',
      `${what}: the repository has no commit yet`,
      'push the first commit to it',
    );
  if (status >= 500 || status === 408 || status === 0)
    return serviceFailure(
      'forge-down',
      `${status === 0 ? `${request}: no usable answer came` : what} after several attempts`,
      'look at githubstatus.com and run again; what was already done is found and not done twice',
    );
  return serviceFailure(
    'forge-refused',
    `${what}${said}`,
    'read the message; if it is no setting, report it',
  );
}

export function isRuleViolation({ status, message }: Pick<RefusedRequest, 'status' | 'message'>): boolean {
  return (
    (status === 422 || status === 409 || status === 403 || status === 405) &&
    /rule violations?|protected branch|protected ref|changes must be made through a pull request|GH006|GH013/i.test(
      message,
    )
  );
}

export function isLostRace(message: string): boolean {
  return /not a fast[ -]forward|reference update failed|is at [0-9a-f]{40} but expected|cannot lock ref/i.test(
    message,
  );
}

export function isMissingRef(message: string): boolean {
  return /reference does not exist/i.test(message);
}

export function isExistingRef(message: string): boolean {
  return /reference already exists/i.test(message);
}

/** `pull_requests: write`: GitHub's header lists what it would take; without it, what we know of the route. */
function permissionOf({ headers, route, method }: RefusedRequest): string {
  const accepted = headers['x-accepted-github-permissions'];
  if (typeof accepted === 'string' && /^[a-z_=;, ]{1,200}$/.test(accepted))
    return accepted
      .replaceAll('=', ': ')
      .replaceAll(';', ' and')
      .replaceAll(',', ' or')
      .replaceAll(/\s+/g, ' ');
  const name = PERMISSIONS.find(([pattern]) => pattern.test(route))?.[1] ?? 'for this route';
  return `${name}: ${method === 'GET' ? 'read' : 'write'}`;
}

function resetText({ headers }: RefusedRequest): string {
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  return Number.isFinite(reset) ? ` until ${new Date(reset * 1000).toISOString()}` : '';
}

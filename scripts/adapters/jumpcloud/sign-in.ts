/** Who we are to JumpCloud: an administrator's key, or a service account's token that is renewed before it ends. */
import { z } from 'zod';
import { badUsage, serviceFailure } from '../../core/values/failure.ts';
import { checkAddress, type Environment, optionalVariable } from '../http/environment.ts';
import { describeBreak, exchange } from '../http/exchange.ts';
import { parseJson } from '../http/read-json.ts';
import { judge, LIMITS, type Limits, pauseBefore } from '../http/retry-policy.ts';
import { countAttempt } from '../http/traffic.ts';
import type { Wire } from '../http/wire.ts';

export interface SignIn {
  /** True when a 401 may only mean that the token has aged. */
  renews: boolean;
  headers(renew: boolean): Promise<Record<string, string>>;
}

const TOKEN_ROUTE = 'POST /oauth2/token';
/** Renewed this long before the end, as JumpCloud's own jc-cli does. */
const EARLY_MS = 30_000;
/** What jc-cli takes when the answer does not say. */
const DEFAULT_SECONDS = 3_600;

const Token = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional(),
});

/**
 * An API key wins over a service account, because it is the simpler of two that are set. Throws exit 2 naming what is
 * missing.
 */
export function createSignIn(
  environment: Environment,
  tokenUrl: string,
  wire: Wire,
  limits: Partial<Limits> = {},
): SignIn {
  const organisation = optionalVariable(environment, 'JUMPCLOUD_ORG_ID');
  const always: Record<string, string> = organisation === undefined ? {} : { 'x-org-id': organisation };
  const key = optionalVariable(environment, 'JUMPCLOUD_API_KEY');
  if (key !== undefined)
    return { renews: false, headers: () => Promise.resolve({ ...always, 'x-api-key': key }) };
  const id = optionalVariable(environment, 'JUMPCLOUD_CLIENT_ID');
  const secret = optionalVariable(environment, 'JUMPCLOUD_CLIENT_SECRET');
  if (id === undefined || secret === undefined) {
    const missing =
      id === undefined && secret === undefined
        ? 'JUMPCLOUD_API_KEY is not set, nor are JUMPCLOUD_CLIENT_ID and JUMPCLOUD_CLIENT_SECRET'
        : `${id === undefined ? 'JUMPCLOUD_CLIENT_ID' : 'JUMPCLOUD_CLIENT_SECRET'} is not set`;
    throw badUsage('missing-variable', missing, 'set an API key, or both id and secret of a service account');
  }
  checkAddress('JUMPCLOUD_OAUTH_URL', tokenUrl);

  const whole: Limits = { ...LIMITS, ...limits };
  let token: { text: string; endsAt: number } | undefined;
  let underway: Promise<string> | undefined;

  async function fetchToken(): Promise<string> {
    const answer = await requestToken(wire, whole, tokenUrl, id ?? '', secret ?? '');
    token = {
      text: answer.access_token,
      endsAt: wire.now() + (answer.expires_in ?? DEFAULT_SECONDS) * 1000 - EARLY_MS,
    };
    return token.text;
  }

  /** Many requests may find the token aged at once; one fetches, the others wait for it. */
  async function current(renew: boolean): Promise<string> {
    if (token !== undefined && !renew && wire.now() < token.endsAt) return token.text;
    underway ??= fetchToken().finally(() => (underway = undefined));
    return underway;
  }

  return {
    renews: true,
    headers: async (renew) => ({ ...always, authorization: `Bearer ${await current(renew)}` }),
  };
}

async function requestToken(
  wire: Wire,
  limits: Limits,
  url: string,
  id: string,
  secret: string,
): Promise<z.infer<typeof Token>> {
  for (let attempt = 1; ; attempt += 1) {
    countAttempt(wire.traffic, TOKEN_ROUTE, attempt);
    const outcome = await exchange({
      dispatcher: wire.dispatcher,
      url,
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${id}:${secret}`, 'utf8').toString('base64')}`,
      },
      body: 'grant_type=client_credentials&scope=api',
      timeoutMs: limits.timeoutMs,
      maxBytes: 1_048_576,
    });
    if (outcome.kind === 'answer') {
      const { answer } = outcome;
      if (answer.status >= 200 && answer.status < 300) {
        const parsed = parseJson(answer, Token);
        if (parsed.ok) return parsed.value;
        throw serviceFailure(
          'unreadable-answer',
          `JumpCloud, ${TOKEN_ROUTE}: answered ${answer.status} with ${parsed.problem}`,
          'check JUMPCLOUD_OAUTH_URL',
        );
      }
      if ([400, 401, 403].includes(answer.status))
        throw badUsage(
          'jumpcloud-key',
          `JumpCloud, ${TOKEN_ROUTE}: answered ${answer.status}; it does not accept the service account`,
          'check JUMPCLOUD_CLIENT_ID and JUMPCLOUD_CLIENT_SECRET, and that they belong to the region of JUMPCLOUD_BASE_URL',
        );
      if (answer.status < 500 && answer.status !== 429)
        throw badUsage(
          'jumpcloud-address',
          `JumpCloud, ${TOKEN_ROUTE}: answered ${answer.status}`,
          'check JUMPCLOUD_OAUTH_URL, or leave it out to follow JUMPCLOUD_BASE_URL',
        );
    }
    const { milliseconds } = pauseBefore(attempt + 1, outcome, wire.random(), wire.now());
    if (
      judge('read', outcome).verdict !== 'again' ||
      attempt >= limits.attempts ||
      milliseconds > limits.budgetMs
    )
      throw serviceFailure(
        'unreachable',
        `JumpCloud, ${TOKEN_ROUTE}: ${outcome.kind === 'answer' ? `answered ${outcome.answer.status}` : describeBreak(outcome)} after ${attempt} attempts`,
        'check the network and JUMPCLOUD_OAUTH_URL, then run again',
      );
    wire.progress(
      `waiting ${Math.max(1, Math.round(milliseconds / 1000))} s: JumpCloud's sign-in did not answer`,
    );
    await wire.sleep(milliseconds);
  }
}

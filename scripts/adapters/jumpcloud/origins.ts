/**
 * Where JumpCloud is. An organisation lives in one region, and sign-in and Directory Insights have hosts of their own
 * there (OpenAPI documents 2026-08; JumpCloud's jc-cli): where only the base URL is set, they follow it.
 *
 * | base URL                   | sign-in                        | Directory Insights        |
 * |----------------------------|--------------------------------|---------------------------|
 * | console.jumpcloud.com      | admin-oauth.id.jumpcloud.com    | api.jumpcloud.com          |
 * | console.eu.jumpcloud.com   | admin-oauth.id.eu.jumpcloud.com | api.eu.jumpcloud.com       |
 * | console.in.jumpcloud.com   | admin-oauth.id.in.jumpcloud.com | api.in.jumpcloud.com       |
 * | anything else              | the same origin                 | the same origin            |
 */
import { checkAddress, type Environment, optionalVariable } from '../http/environment.ts';

export interface Origins {
  /** Below it `/api` and `/api/v2`. */
  base: string;
  /** The whole address of the token request. */
  token: string;
  /** Below it `/events`. */
  insights: string;
}

const CONSOLE = /^console(\.[a-z]{2})?\.jumpcloud\.com$/;

/** Throws exit 2 naming the variable whose address cannot be used. */
export function originsOf(environment: Environment): Origins {
  const base = rootOf(environment, 'JUMPCLOUD_BASE_URL') ?? 'https://console.jumpcloud.com';
  const region = CONSOLE.exec(new URL(base).hostname);
  const suffix = region?.[1] ?? '';
  const oauth =
    rootOf(environment, 'JUMPCLOUD_OAUTH_URL') ??
    (region === null ? base : `https://admin-oauth.id${suffix}.jumpcloud.com`);
  const insights =
    rootOf(environment, 'JUMPCLOUD_INSIGHTS_URL') ??
    (region === null ? base : `https://api${suffix}.jumpcloud.com`);
  return { base, token: `${oauth}/oauth2/token`, insights: `${insights}/insights/directory/v1` };
}

/** The address without the parts that are added to it, whether or not they were written. */
function rootOf(environment: Environment, name: string): string | undefined {
  const text = optionalVariable(environment, name);
  if (text === undefined) return undefined;
  const url = checkAddress(name, text);
  const path = url.pathname
    .replace(/\/+$/, '')
    .replace(/\/(oauth2\/token|insights\/directory\/v1|api(\/v2)?)$/, '');
  return `${url.origin}${path}`;
}

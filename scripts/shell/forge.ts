/** The forge, wired to the environment; and where this run can be looked at. */
import { connectForge } from '../adapters/github/forge.ts';
import { readGithubConnection } from '../adapters/github/client.ts';
import { createTraffic, type Traffic } from '../adapters/http/traffic.ts';
import type { Forge } from '../ports.ts';
import type { Progress } from './progress.ts';
import type { Environment } from './variables.ts';

/** Throws exit 2 when GITHUB_TOKEN or GITHUB_REPOSITORY is missing. */
export function openForge(
  environment: Environment,
  { progress }: { progress: Progress },
): { forge: Forge; traffic: Traffic } {
  const traffic = createTraffic();
  const connection = readGithubConnection(environment);
  return { forge: connectForge(connection, { traffic, progress: (line) => progress.update(line) }), traffic };
}

/** `https://github.com` */
export function serverUrlOf(environment: Environment): string {
  return (environment.GITHUB_SERVER_URL ?? 'https://github.com').replace(/\/+$/, '');
}

/** Address of this run on GitHub; undefined elsewhere. */
export function runUrlOf(environment: Environment): string | undefined {
  const { GITHUB_RUN_ID: id, GITHUB_REPOSITORY: repository } = environment;
  return id === undefined || repository === undefined
    ? undefined
    : `${serverUrlOf(environment)}/${repository}/actions/runs/${id}`;
}

/** The forge, wired to the environment. */
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

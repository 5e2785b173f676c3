/** start-sync: the urgent lane only takes away, and within budget; what else HR has changed is proposed by a sync, at once. */
import { readGithubConnection } from './adapters/github/client.ts';
import { startSync } from './adapters/github/start-sync.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

export const door: Door = {
  name: 'start-sync',
  summary: 'Starts a sync now, as the relay’s heartbeat does, instead of waiting for the clock.',
  details:
    'Sends the repository_dispatch rollcall-heartbeat, to which sync.yml listens. A sync too many finds nothing to do.',
  variables: ['GITHUB_TOKEN', 'GITHUB_REPOSITORY', 'GITHUB_API_URL'],
  examples: [['npm run start-sync', 'at the end of the urgent lane']],
  async run({ environment, now, log }) {
    await startSync(readGithubConnection(environment), now(), { progress: log });
    return {
      json: { started: true },
      text: 'A sync was asked for: it proposes what is no urgent revocation.',
    };
  },
};

if (isMain(import.meta)) await runDoor(door);

/** State changes that JumpCloud will make by itself: `GET /api/v2/bulk/userstates`. */
import pMap from 'p-map';
import type { ArmedState } from '../../../core/directory/live.ts';
import { compareText } from '../../../core/values/finding.ts';
import type { Client } from '../../http/send.ts';
import { ScheduledState } from '../scheduled-state.ts';
import { readV2List } from './pages.ts';

/** Above this many accounts one walk over all jobs is cheaper than asking for each. */
const ASK_EACH_UP_TO = 3;

/** Armed changes of these accounts, or of all, by account, time and job. */
export async function readArmed(client: Client, accounts?: string[]): Promise<ArmedState[]> {
  const asked =
    accounts === undefined || accounts.length > ASK_EACH_UP_TO ? [undefined] : [...new Set(accounts)];
  const lists = await pMap(
    asked,
    async (account) =>
      (await readV2List(client, {
        request: {
          route: 'GET /api/v2/bulk/userstates',
          query: account === undefined ? {} : { userid: account },
        },
        row: ScheduledState,
        // One job may cover several people.
        idOf: ({ job, account: of }) => `${job} ${of}`,
      })) ?? [],
    { concurrency: ASK_EACH_UP_TO },
  );
  return lists
    .flat()
    .filter(({ account }) => accounts === undefined || accounts.includes(account))
    .sort(
      (a, b) => compareText(a.account, b.account) || compareText(a.at, b.at) || compareText(a.job, b.job),
    );
}

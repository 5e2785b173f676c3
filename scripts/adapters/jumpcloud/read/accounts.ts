/** System users (API v1): all of them, one, or those with a value. */
import { z } from 'zod';
import type { LiveAccount } from '../../../core/directory/live.ts';
import { serviceFailure } from '../../../core/values/failure.ts';
import { readJson } from '../../http/read-json.ts';
import type { WireRequest } from '../../http/request.ts';
import { type Client, send } from '../../http/send.ts';
import { USER_FIELDS, UserDocument, userDocumentOf, UserRow } from '../user-document.ts';
import { readV1List } from './pages.ts';

const LIST_ROUTE = 'GET /api/systemusers';

/** See DirectoryReader.readAccounts. Sorted by _id: without it records repeat or go missing between pages (JumpCloud's best practices). */
export async function readAccounts(client: Client): Promise<LiveAccount[]> {
  const accounts = await readV1List(client, {
    request: { route: LIST_ROUTE, query: { sort: '_id', fields: USER_FIELDS } },
    row: UserRow,
    idOf: (account) => account.id,
  });
  if (
    accounts !== undefined &&
    accounts.length > 0 &&
    accounts.every(({ unreadable }) => unreadable === true)
  )
    throw serviceFailure(
      'unreadable-answer',
      `${client.service}, ${LIST_ROUTE}: none of its ${accounts.length} users can be read`,
      'JumpCloud has changed this answer and Rollcall must learn it; nothing was decided on it',
    );
  return accounts ?? [];
}

/** See DirectoryReader.countAccounts: the `totalCount` of a page of one. */
export async function countAccounts(client: Client): Promise<number> {
  const request: WireRequest = {
    route: LIST_ROUTE,
    query: { sort: '_id', limit: '1', skip: '0', fields: '_id' },
  };
  const envelope = z.looseObject({ totalCount: z.int().min(0) });
  return readJson(client.service, request, await send(client, request), envelope).totalCount;
}

/** One account, or null when JumpCloud has none of this id. */
export async function readAccount(client: Client, id: string): Promise<LiveAccount | null> {
  const request: WireRequest = {
    route: 'GET /api/systemusers/{id}',
    params: { id },
    query: { fields: USER_FIELDS },
    accept: [404],
  };
  const answer = await send(client, request);
  if (answer.status === 404) return null;
  return readJson(client.service, request, answer, userDocumentOf(id));
}

/**
 * Accounts with this value, by JumpCloud's exact filter and looked at again here. A filter that JumpCloud did not
 * understand gives everybody, a hundred at a time, and the one we look for may be on a later page: then all are read,
 * because "not there" leads to a create.
 */
export async function findAccounts(
  client: Client,
  by: 'username' | 'email' | 'employeeIdentifier',
  value: string,
): Promise<LiveAccount[]> {
  const isIt = (account: LiveAccount): boolean => {
    if (by === 'employeeIdentifier') return account.anchor === value;
    return account[by].toLowerCase() === value.toLowerCase();
  };
  const matching = async (): Promise<LiveAccount[]> => (await readAccounts(client)).filter(isIt);
  // Separators of the filter grammar: how they are escaped for $eq is not documented.
  if (/[|\\:]/.test(value)) return matching();
  // The filter minds the case, so a name is looked for as it is written and in small letters.
  const found = new Map<string, LiveAccount>();
  for (const spelling of by === 'employeeIdentifier' ? [value] : new Set([value, value.toLowerCase()])) {
    const accounts = await filterAccounts(client, by, spelling);
    if (accounts === undefined || !accounts.every(isIt)) return matching();
    for (const account of accounts) found.set(account.id, account);
  }
  return [...found.values()];
}

/** What the filter gives, or undefined when that is more than one page: no exact filter on these does so. */
async function filterAccounts(client: Client, by: string, value: string): Promise<LiveAccount[] | undefined> {
  const request: WireRequest = {
    route: LIST_ROUTE,
    query: { filter: `${by}:$eq:${value}`, sort: '_id', limit: '100', skip: '0', fields: USER_FIELDS },
  };
  const envelope = z.looseObject({ totalCount: z.int().min(0), results: z.array(UserDocument) });
  const { totalCount, results } = readJson(client.service, request, await send(client, request), envelope);
  return results.length === totalCount ? results : undefined;
}

/** JumpCloud, reading. What the planner is handed cannot write. */
import type { LiveBinding } from '../../../core/directory/live.ts';
import { compareText } from '../../../core/values/finding.ts';
import type { DirectoryReader } from '../../../ports.ts';
import type { Environment } from '../../http/environment.ts';
import { type ConnectOptions, connectJumpCloud } from '../client.ts';
import type { GroupName } from '../group-name.ts';
import { countAccounts, findAccounts, readAccount, readAccounts } from './accounts.ts';
import { readArmed } from './armed.ts';
import { readBindings, readThings } from './bindings.ts';
import { isMember, readGroup, readGroupNames, readMemberships } from './groups.ts';
import { readSshKeys } from './ssh-keys.ts';

/**
 * Reads with JUMPCLOUD_API_KEY, or JUMPCLOUD_CLIENT_ID and JUMPCLOUD_CLIENT_SECRET; region by JUMPCLOUD_BASE_URL.
 * Throws exit 2 naming what is missing; asks nothing of the network yet.
 */
export function connectDirectoryReader(
  environment: Environment,
  options: ConnectOptions = {},
): DirectoryReader {
  const client = connectJumpCloud(environment, options);

  // Names only, for rendering: ids decide. Read once, and again when somebody asks for the list itself.
  let names: Promise<GroupName[]> | undefined;
  const things = new Map<string, Promise<LiveBinding[]>>();

  function namesOnce(): Promise<GroupName[]> {
    names ??= forgetOnFailure(readGroupNames(client), () => (names = undefined));
    return names;
  }
  function thingsOnce(type: string): Promise<LiveBinding[]> {
    const known = things.get(type);
    if (known !== undefined) return known;
    const reading = forgetOnFailure(readThings(client, type), () => things.delete(type));
    things.set(type, reading);
    return reading;
  }

  return {
    readAccounts: () => readAccounts(client),
    countAccounts: () => countAccounts(client),
    readAccount: (id) => readAccount(client, id),
    findAccounts: (by, value) => findAccounts(client, by, value),
    readGroupNames: () => {
      names = undefined;
      return namesOnce();
    },
    readGroup: (id) => readGroup(client, id),
    isMember: (group, account) => isMember(client, group, account),
    readMemberships: (account) => readMemberships(client, account, namesOnce),
    readBindings: (account, types) => readBindings(client, account, types, thingsOnce),
    readBindable: async (types) => {
      const lists = await Promise.all([...new Set(types)].sort(compareText).map(thingsOnce));
      return lists.flat();
    },
    readArmed: (accounts) => readArmed(client, accounts),
    readSshKeys: (account) => readSshKeys(client, account),
  };
}

function forgetOnFailure<T>(reading: Promise<T>, forget: () => void): Promise<T> {
  reading.catch(forget);
  return reading;
}

/** JumpCloud, writing: a connection of its own, made only by the verb that holds a key that can write. */
import type { DirectoryWriter } from '../../../ports.ts';
import type { Environment } from '../../http/environment.ts';
import { type ConnectOptions, connectJumpCloud } from '../client.ts';
import { activateAccount, changeAccount, createAccount, deleteAccount, deleteSshKey } from './accounts.ts';
import { armState, cancelArmed } from './armed.ts';
import { changeBinding, changeMembership, createGroup } from './graph.ts';

/** See connectDirectoryReader for the variables; the key needs a role that can write. */
export function connectDirectoryWriter(
  environment: Environment,
  options: ConnectOptions = {},
): DirectoryWriter {
  const client = connectJumpCloud(environment, options);
  return {
    createAccount: (account) => createAccount(client, account),
    changeAccount: (id, changes) => changeAccount(client, id, changes),
    activateAccount: (id, mail) => activateAccount(client, id, mail),
    deleteAccount: (id, reportsTo) => deleteAccount(client, id, reportsTo),
    createGroup: (name) => createGroup(client, name),
    changeMembership: (op, group, account) => changeMembership(client, op, group, account),
    changeBinding: (op, account, binding) => changeBinding(client, op, account, binding),
    armState: (account, state, at, mail) => armState(client, account, state, at, mail),
    cancelArmed: (job) => cancelArmed(client, job),
    deleteSshKey: (account, key) => deleteSshKey(client, account, key),
  };
}

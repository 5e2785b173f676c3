/**
 * Reads of JumpCloud what an urgent exit needs: the accounts of a few people and everything they have, and nothing
 * else. Seconds count: whatever can be asked side by side is, and a suspension waits for nothing but the account.
 * Groups are not read in full, so nothing but revocations may be planned over this.
 */
import pMap from 'p-map';
import type { LiveAccount, LiveBinding, LiveDirectory } from '../core/directory/live.ts';
import type { PersonFile } from '../core/people/person-file.ts';
import { Failure } from '../core/values/failure.ts';
import type { DirectoryReader } from '../ports.ts';
import { CONCURRENCY, type LiveScope } from './read-live.ts';

/**
 * How long a plan waits for what somebody has, in milliseconds: an exit must not hang on a list of policies. What was
 * not read by then the second look of urgent.yml finds, or the next sync.
 */
const PATIENCE_MS = 15_000;

interface Holdings {
  memberships: { id: string; name: string }[] | undefined;
  bindings: LiveBinding[] | undefined;
  sshKeys: string[] | undefined;
}

/** The accounts alone of the people in `scope.only`: all that a suspension is judged by. */
export async function readLeaversStates(reader: DirectoryReader, scope: LiveScope): Promise<LiveDirectory> {
  const found = await readEachPerson(reader, scope, () => Promise.resolve(undefined));
  return directoryOf(found, await accountsToJudge(reader, found), []);
}

/**
 * The accounts of the people in `scope.only` and what they have. What could not be read, or not in time where `pause`
 * is given, is `unread`; only an account that cannot be read is a failure.
 */
export async function readLeavers(
  reader: DirectoryReader,
  scope: LiveScope,
  pause?: (ms: number) => Promise<void>,
): Promise<LiveDirectory> {
  const { ledger, policy } = scope;
  const { leave, leaving } = policy.lifecycle;
  const types = [...new Set([...leave.bindings, ...leaving.bindings])].sort();
  const patience = pause?.(PATIENCE_MS).then(() => undefined);
  const unlessUnread = async <T>(reading: Promise<T>): Promise<T | undefined> => {
    const read = reading.catch((error: unknown) => {
      if (error instanceof Failure) return undefined;
      throw error;
    });
    return patience === undefined ? read : Promise.race([read, patience]);
  };
  // Memberships are told by id; the names that go with them are asked for before it is known whether there are any.
  if (chosenOf(scope).length > 0) void reader.readGroupNames().catch(() => undefined);
  const found = await readEachPerson(reader, scope, async (account): Promise<Holdings> => {
    const [memberships, bindings, sshKeys] = await Promise.all([
      unlessUnread(reader.readMemberships(account)),
      unlessUnread(reader.readBindings(account, types)),
      leaving.sshKeys === 'remove' ? unlessUnread(reader.readSshKeys(account)) : [],
    ]);
    return { memberships, bindings, sshKeys };
  });
  const isArmed = found.some(({ person }) => (ledger.people.get(person)?.armed.size ?? 0) > 0);
  const [accounts, armed] = await Promise.all([
    accountsToJudge(reader, found),
    isArmed ? reader.readArmed(found.map(({ account }) => account.id)) : [],
  ]);
  return directoryOf(found, accounts, armed);
}

interface Found {
  person: string;
  account: LiveAccount;
  /** Undefined where nobody asked. */
  holdings: Holdings | undefined;
}

async function readEachPerson(
  reader: DirectoryReader,
  scope: LiveScope,
  readHoldings: (account: string) => Promise<Holdings | undefined>,
): Promise<Found[]> {
  const chosen = chosenOf(scope);
  const onRecord = accountsOnRecord(scope);
  scope.progress(`reading ${chosen.length} ${chosen.length === 1 ? 'person' : 'people'} in JumpCloud`);
  const found = await pMap(
    chosen,
    async (person): Promise<Found[]> => {
      const { id } = person.employee;
      const known = onRecord.get(id);
      if (known !== undefined) {
        const [account, holdings] = await Promise.all([reader.readAccount(known), readHoldings(known)]);
        if (account !== null) return [{ person: id, account, holdings }];
      }
      const accounts = await findAccounts(reader, person);
      return Promise.all(
        accounts.map(async (account) => ({ person: id, account, holdings: await readHoldings(account.id) })),
      );
    },
    { concurrency: CONCURRENCY },
  );
  return [...new Map(found.flat().map((each) => [each.account.id, each])).values()];
}

function chosenOf({ people, only }: LiveScope): PersonFile[] {
  return people.filter(({ employee }) => only?.has(employee.id) === true);
}

/** HR id -> account, of whoever has one by a receipt of ours or by a plan that is pending: it need not be looked for. */
function accountsOnRecord({ ledger }: LiveScope): Map<string, string> {
  const accounts = new Map<string, string>();
  for (const { person, account } of ledger.pending.flatMap(({ actions }) => actions))
    if (person !== null && account !== null) accounts.set(person, account);
  for (const [person, { account }] of ledger.people) if (account !== undefined) accounts.set(person, account);
  return accounts;
}

/** By anchor, else by address. */
async function findAccounts(reader: DirectoryReader, person: PersonFile): Promise<LiveAccount[]> {
  const anchored = await reader.findAccounts('employeeIdentifier', person.employee.id);
  const email = person.employee['workEmail'] as string | undefined;
  return anchored.length > 0 || email === undefined ? anchored : reader.findAccounts('email', email);
}

/** Whether other administrators remain can only be told by looking at everybody. */
function accountsToJudge(reader: DirectoryReader, found: Found[]): Promise<LiveAccount[]> {
  const own = found.map(({ account }) => account);
  return own.some(({ admin }) => admin) ? reader.readAccounts() : Promise.resolve(own);
}

function directoryOf(found: Found[], accounts: LiveAccount[], armed: LiveDirectory['armed']): LiveDirectory {
  const whereRead = <T>(pick: (holdings: Holdings) => T | undefined): Map<string, T> =>
    new Map(
      found.flatMap(({ account, holdings }): [string, T][] => {
        const read = holdings === undefined ? undefined : pick(holdings);
        return read === undefined ? [] : [[account.id, read]];
      }),
    );
  const isUnread = ({ holdings }: Found): boolean =>
    holdings !== undefined && Object.values(holdings).includes(undefined);
  return {
    accounts,
    groupNames: [],
    groups: new Map(),
    memberships: whereRead(({ memberships }) => memberships),
    bindings: whereRead(({ bindings }) => bindings),
    bindable: new Map(),
    armed,
    sshKeys: whereRead(({ sshKeys }) => sshKeys),
    unread: new Set(found.filter(isUnread).map(({ account }) => account.id)),
  };
}

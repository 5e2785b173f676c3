/** Carries out one wish, or one person's updates as one PUT. Ambiguous answers are settled by a read, never guessed. */
import type { LiveAccount } from '../core/directory/live.ts';
import type { Action } from '../core/plan/action.ts';
import { textIn } from '../core/record/ledger.ts';
import { Failure } from '../core/values/failure.ts';
import { foldEmail } from '../core/values/fold-name.ts';
import { AnswerLost, type DirectoryReader, type DirectoryWriter } from '../ports.ts';

export interface Hands {
  reader: DirectoryReader;
  writer: DirectoryWriter;
  /** Waits, in milliseconds; tests pass their own. */
  pause: (ms: number) => Promise<void>;
}

export interface Performed {
  outcome: 'done' | 'already';
  attempts: number;
  account?: LiveAccount;
  job?: string;
}

/** Graph writes are not read-your-writes; the vendor's own module looks again about five times. */
const LOOKS = [0, 200, 500, 1_000, 2_000];
const CREATE_ATTEMPTS = 3;

/** @throws Failure or AnswerLost, whose message names the service's answer and no person. */
export async function performAction(
  action: Action,
  account: string | null,
  hands: Hands,
  managerOf: (person: string) => string | null,
): Promise<Performed> {
  const { writer } = hands;
  const target = action.target ?? '';
  const done = (extra: Partial<Performed> = {}): Performed => ({ outcome: 'done', attempts: 1, ...extra });
  if (action.kind === 'create-group') return createGroup(target, hands);
  if (action.kind === 'create') return createAccount(action, hands);
  if (account === null)
    throw new Failure(1, 'no-account', 'the account was not created', 'the next plan tries again');
  switch (action.kind) {
    case 'adopt':
      return done({
        account: await writer.changeAccount(account, { anchor: textIn(action.after, 'anchor') }),
      });
    case 'update':
      return done({
        account: await writer.changeAccount(account, {
          attributes: { [target]: action.after as string | null },
        }),
      });
    case 'rename':
      return done({
        account: await writer.changeAccount(
          account,
          target === 'username' ? { username: String(action.after) } : { email: String(action.after) },
        ),
      });
    case 'activate':
      await writer.activateAccount(account, mailIn(action));
      return done();
    case 'suspend':
      await writer.changeAccount(account, { state: 'SUSPENDED' });
      return done();
    case 'reinstate':
      await writer.changeAccount(account, { state: 'ACTIVATED' });
      return done();
    case 'schedule':
      return armState(action, account, hands);
    case 'unschedule':
      return { outcome: await writer.cancelArmed(target), attempts: 1 };
    case 'set-manager':
      await writer.changeAccount(account, {
        manager: action.after === null ? null : managerId(String(action.after), managerOf),
      });
      return done();
    case 'join-group':
      return changeMembership('add', target, account, hands);
    case 'leave-group':
      return changeMembership('remove', target, account, hands);
    case 'bind':
    case 'unbind':
      return changeBinding(action, account, hands);
    case 'delete':
      await writer.deleteAccount(account, null);
      return done();
  }
}

/** A lost answer is looked up before the create is repeated: a duplicate account is worse than a late one. */
async function createAccount(action: Action, hands: Hands): Promise<Performed> {
  const { reader, writer, pause } = hands;
  const anchor = textIn(action.after, 'anchor');
  const body = {
    username: textIn(action.after, 'username'),
    email: textIn(action.after, 'email'),
    state: textIn(action.after, 'state') === 'STAGED' ? ('STAGED' as const) : ('ACTIVATED' as const),
    anchor,
    attributes: attributesIn(action),
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { outcome: 'done', attempts: attempt, account: await writer.createAccount(body) };
    } catch (error) {
      if (!(error instanceof AnswerLost)) throw error;
      const landed = await look(
        pause,
        async () => (await reader.findAccounts('employeeIdentifier', anchor))[0],
      );
      if (landed !== undefined && foldEmail(landed.email) === foldEmail(body.email))
        return { outcome: 'done', attempts: attempt, account: landed };
      if (attempt >= CREATE_ATTEMPTS) throw error;
    }
  }
}

async function createGroup(name: string, { reader, writer, pause }: Hands): Promise<Performed> {
  try {
    await writer.createGroup(name);
    return { outcome: 'done', attempts: 1 };
  } catch (error) {
    if (!(error instanceof AnswerLost)) throw error;
    const landed = await look(pause, async () =>
      (await reader.readGroupNames()).find((group) => group.name === name),
    );
    if (landed === undefined) throw error;
    return { outcome: 'done', attempts: 1 };
  }
}

/** 409 on add and 404 on remove have two meanings each: only the account's own list tells. */
async function changeMembership(
  op: 'add' | 'remove',
  group: string,
  account: string,
  { reader, writer, pause }: Hands,
): Promise<Performed> {
  const answer = await writer.changeMembership(op, group, account);
  if (answer === 'done') return { outcome: 'done', attempts: 1 };
  const wanted = op === 'add';
  const agrees = await look(pause, async () =>
    (await reader.isMember(group, account)) === wanted ? true : undefined,
  );
  if (agrees === undefined)
    throw new Failure(
      1,
      'membership-unclear',
      `JumpCloud says the membership is ${wanted ? 'there' : 'gone'} already, but a read does not show it`,
      'the next plan looks again',
    );
  return { outcome: 'already', attempts: 1 };
}

async function changeBinding(action: Action, account: string, { writer }: Hands): Promise<Performed> {
  const [type = '', id = ''] = (action.target ?? '').split(':');
  if (type === 'ssh_key') return { outcome: await writer.deleteSshKey(account, id), attempts: 1 };
  return {
    outcome: await writer.changeBinding(action.kind === 'bind' ? 'add' : 'remove', account, { type, id }),
    attempts: 1,
  };
}

/** Arming twice would leave a job that nobody cancels: a lost answer is looked up in the list of armed jobs. */
async function armState(
  action: Action,
  account: string,
  { reader, writer, pause }: Hands,
): Promise<Performed> {
  const state = action.target === 'ACTIVATED' ? ('ACTIVATED' as const) : ('SUSPENDED' as const);
  const at = textIn(action.after, 'at');
  try {
    const job = await writer.armState(account, state, at, mailIn(action));
    return { outcome: 'done', attempts: 1, job: job.job };
  } catch (error) {
    if (!(error instanceof AnswerLost)) throw error;
    const landed = await look(pause, async () =>
      (await reader.readArmed([account])).find(
        (job) => job.state === state && Date.parse(job.at) === Date.parse(at),
      ),
    );
    if (landed === undefined) throw error;
    return { outcome: 'done', attempts: 1, job: landed.job };
  }
}

/** Looks a few times with growing pauses until there is something; undefined when there never is. */
export async function look<T>(
  pause: Hands['pause'],
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const ms of LOOKS) {
    if (ms > 0) await pause(ms);
    const found = await read();
    if (found !== undefined) return found;
  }
  return undefined;
}

function managerId(person: string, managerOf: (person: string) => string | null): string {
  const id = managerOf(person);
  if (id === null)
    throw new Failure(
      1,
      'manager-without-account',
      'the manager has no account',
      'the next plan tries again once there is one',
    );
  return id;
}

function mailIn(action: Action): boolean | string {
  const after = action.after;
  const mail =
    typeof after === 'object' && after !== null && !Array.isArray(after) ? after['mail'] : undefined;
  return typeof mail === 'string' || typeof mail === 'boolean' ? mail : false;
}

function attributesIn(action: Action): Record<string, string> {
  const after = action.after;
  const attributes =
    typeof after === 'object' && after !== null && !Array.isArray(after) ? after['attributes'] : undefined;
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) return {};
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

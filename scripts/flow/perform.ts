/** Carries out one wish, or one person's updates as one PUT. Ambiguous answers are settled by a read, never guessed. */
import type { LiveAccount } from '../core/directory/live.ts';
import type { Action } from '../core/plan/action.ts';
import { sameText } from '../core/plan/diff-attributes.ts';
import { Failure } from '../core/values/failure.ts';
import { foldEmail } from '../core/values/fold-name.ts';
import { textIn } from '../core/values/json-fields.ts';
import { bindingIn, mailIn, newAccountIn, stateIn } from './action-payload.ts';
import { armOnce } from './arm-once.ts';
import { AnswerLost, type DirectoryReader, type DirectoryWriter } from '../ports.ts';
import { look } from './look.ts';

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

const ATTEMPTS = 3;

/**
 * Sends until JumpCloud answers. A lost answer is looked up before anything is sent again: a duplicate account, or a
 * job armed twice, is worse than a late one.
 * @throws Failure or AnswerLost, whose message names the service's answer and no person.
 */
export async function performAction(
  action: Action,
  account: string | null,
  hands: Hands,
  managerOf: (person: string) => string | null,
): Promise<Performed> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return { ...(await send(action, account, hands, managerOf)), attempts: attempt };
    } catch (error) {
      if (!(error instanceof AnswerLost)) throw error;
      const landed = await look(hands.pause, () => findLanded(action, account, hands, managerOf));
      if (landed !== undefined) return { outcome: 'done', attempts: attempt, ...landed };
      if (attempt >= ATTEMPTS) throw error;
    }
  }
}

type Sent = Omit<Performed, 'attempts'>;

async function send(
  action: Action,
  account: string | null,
  hands: Hands,
  managerOf: (person: string) => string | null,
): Promise<Sent> {
  const { writer } = hands;
  const target = action.target ?? '';
  const done = (account?: LiveAccount): Sent =>
    account === undefined ? { outcome: 'done' } : { outcome: 'done', account };
  if (action.kind === 'create-group') {
    await writer.createGroup(target);
    return done();
  }
  if (action.kind === 'create') return done(await writer.createAccount(newAccountIn(action)));
  const id = mustHave(account);
  switch (action.kind) {
    case 'adopt':
      return done(await writer.changeAccount(id, { anchor: textIn(action.after, 'anchor') }));
    case 'update':
      return done(
        await writer.changeAccount(id, { attributes: { [target]: action.after as string | null } }),
      );
    case 'rename':
      return done(
        await writer.changeAccount(
          id,
          target === 'username' ? { username: String(action.after) } : { email: String(action.after) },
        ),
      );
    case 'activate':
      await writer.activateAccount(id, mailIn(action));
      return done();
    case 'suspend':
      // Whether it is, a read of its own confirms (confirm-revoked.ts).
      await writer.changeAccount(id, { state: 'SUSPENDED' });
      return done();
    case 'reinstate': {
      const { state } = await writer.changeAccount(id, { state: 'ACTIVATED' });
      // Taken at its word it would be on the record as back, and from then on as suspended by somebody else.
      if (state !== 'ACTIVATED') throw new AnswerLost('answered with an account that is not active');
      return done();
    }
    case 'schedule':
      return {
        outcome: 'done',
        job: await armOnce(hands, id, {
          state: stateIn(action),
          at: textIn(action.after, 'at'),
          mail: mailIn(action),
        }),
      };
    case 'unschedule':
      return { outcome: await writer.cancelArmed(target) };
    case 'set-manager':
      await writer.changeAccount(id, { manager: managerIn(action, managerOf) });
      return done();
    case 'join-group':
      return changeMembership('add', target, id, hands);
    case 'leave-group':
      return changeMembership('remove', target, id, hands);
    case 'bind':
    case 'unbind': {
      const { type, id: thing } = bindingIn(target);
      return {
        outcome:
          type === 'ssh_key'
            ? await writer.deleteSshKey(id, thing)
            : await writer.changeBinding(action.kind === 'bind' ? 'add' : 'remove', id, { type, id: thing }),
      };
    }
    case 'delete':
      await writer.deleteAccount(id, managerOf(textIn(action.before, 'reportsTo')));
      return done();
  }
}

/** What a read shows of a write whose answer was lost; undefined while it shows nothing. */
async function findLanded(
  action: Action,
  account: string | null,
  { reader }: Hands,
  managerOf: (person: string) => string | null,
): Promise<Pick<Performed, 'account' | 'job'> | undefined> {
  const target = action.target ?? '';
  const yes = (fact: boolean): Record<string, never> | undefined => (fact ? {} : undefined);
  if (action.kind === 'create-group')
    return yes((await reader.readGroupNames()).some(({ name }) => name === target));
  if (action.kind === 'create') {
    const wanted = newAccountIn(action);
    const found = (await reader.findAccounts('employeeIdentifier', wanted.anchor)).find(
      ({ email }) => foldEmail(email) === foldEmail(wanted.email),
    );
    return found === undefined ? undefined : { account: found };
  }
  const id = mustHave(account);
  switch (action.kind) {
    case 'join-group':
      return yes(await reader.isMember(target, id));
    case 'leave-group':
      return yes(!(await reader.isMember(target, id)));
    case 'schedule': {
      const at = Date.parse(textIn(action.after, 'at'));
      const job = (await reader.readArmed([id])).find(
        (armed) => armed.state === stateIn(action) && Date.parse(armed.at) === at,
      );
      return job === undefined ? undefined : { job: job.job };
    }
    case 'unschedule':
      return yes(!(await reader.readArmed([id])).some(({ job }) => job === target));
    case 'bind':
    case 'unbind': {
      const { type, id: thing } = bindingIn(target);
      const isThere =
        type === 'ssh_key'
          ? (await reader.readSshKeys(id)).includes(thing)
          : (await reader.readBindings(id, [type])).some((binding) => binding.id === thing);
      return yes(isThere === (action.kind === 'bind'));
    }
    default: {
      const live = await reader.readAccount(id);
      if (live === null) return yes(action.kind === 'delete');
      return yes(showsChange(action, live, managerOf));
    }
  }
}

function showsChange(
  action: Action,
  live: LiveAccount,
  managerOf: (person: string) => string | null,
): boolean {
  switch (action.kind) {
    case 'adopt':
      return live.anchor === textIn(action.after, 'anchor');
    case 'update':
      return sameText(
        live.attributes[action.target ?? ''] ?? '',
        typeof action.after === 'string' ? action.after : '',
      );
    case 'rename':
      return action.target === 'username'
        ? live.username === action.after
        : foldEmail(live.email) === foldEmail(String(action.after));
    case 'activate':
    case 'reinstate':
      return live.state === 'ACTIVATED';
    case 'suspend':
      return live.state === 'SUSPENDED';
    case 'set-manager':
      return live.manager === managerIn(action, managerOf);
    default:
      return false;
  }
}

/** 409 on add and 404 on remove have two meanings each: only the account's own list tells. */
async function changeMembership(
  op: 'add' | 'remove',
  group: string,
  account: string,
  { reader, writer, pause }: Hands,
): Promise<Sent> {
  const answer = await writer.changeMembership(op, group, account);
  if (answer === 'done') return { outcome: 'done' };
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
  return { outcome: 'already' };
}

/** One person's updates as one PUT. */
export async function performUpdates(
  actions: Action[],
  account: string | null,
  hands: Hands,
): Promise<Performed> {
  const attributes = Object.fromEntries(
    actions.map((action) => [action.target ?? '', action.after as string | null]),
  );
  const id = mustHave(account);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return {
        outcome: 'done',
        attempts: attempt,
        account: await hands.writer.changeAccount(id, { attributes }),
      };
    } catch (error) {
      if (!(error instanceof AnswerLost)) throw error;
      const landed = await look(hands.pause, async () => {
        const live = await hands.reader.readAccount(id);
        return live !== null && actions.every((action) => showsChange(action, live, () => null))
          ? live
          : undefined;
      });
      if (landed !== undefined) return { outcome: 'done', attempts: attempt, account: landed };
      if (attempt >= ATTEMPTS) throw error;
    }
  }
}

function mustHave(account: string | null): string {
  if (account === null)
    throw new Failure(1, 'no-account', 'the account was not created', 'the next plan tries again');
  return account;
}

function managerIn(action: Action, managerOf: (person: string) => string | null): string | null {
  if (action.after === null) return null;
  const id = managerOf(String(action.after));
  if (id === null)
    throw new Failure(
      1,
      'manager-without-account',
      'the manager has no account',
      'the next plan tries again once there is one',
    );
  return id;
}

/** Applies plans to a world in memory, as JumpCloud would, and leaves the receipts: for laws over many histories. */
import type { LiveAccount } from '../scripts/core/directory/live.ts';
import type { Action } from '../scripts/core/plan/action.ts';
import type { Plan } from '../scripts/core/plan/plan-file.ts';
import { type ActionResult, sealReceipt } from '../scripts/core/record/receipt.ts';
import { digestOf } from '../scripts/core/values/canonical-json.ts';
import { accountId, exportPeople, planWorld, type World } from './world.ts';

let tick = 0;

/** Everything in the plans is approved and done, in the plans' order; where `done` is given, the rest has failed. */
export function applyPlans(world: World, plans: Plan[], done?: ReadonlySet<string>): void {
  for (const plan of plans) {
    const at = new Date(Date.parse(`${world.asOf}T12:00:00Z`) + (tick += 1)).toISOString();
    const results = plan.actions.map((action): ActionResult => {
      if (done?.has(action.id) === false)
        return { action: action.id, outcome: 'failed', reason: 'jumpcloud-refused', at, attempts: 1 };
      const { account, job } = perform(world, action);
      return {
        action: action.id,
        outcome: 'done',
        at,
        attempts: 1,
        ...(account === undefined ? {} : { account }),
        ...(job === undefined ? {} : { job }),
      };
    });
    world.recorded.push({
      plan,
      receipt: sealReceipt({
        previous: null,
        plan: plan.digest,
        startedAt: at,
        finishedAt: at,
        outcome: 'complete',
        results,
        approvedBy: ['ann'],
      }),
    });
  }
}

/** What is wanted now is tried at this instant (ISO), and all of it fails. */
export function failAll(world: World, at: string): void {
  const plan = planWorld(world).plans[0]!;
  world.recorded.push({
    plan,
    receipt: sealReceipt({
      previous: null,
      plan: plan.digest,
      startedAt: at,
      finishedAt: at,
      outcome: 'partial',
      results: plan.actions.map(({ id }) => ({
        action: id,
        outcome: 'failed',
        reason: 'jumpcloud-refused',
        at,
        attempts: 1,
      })),
      approvedBy: [],
    }),
  });
}

/** Export, plan and apply until nothing is left. @returns how many rounds had actions. */
export function settle(world: World, limit = 5): number {
  for (let round = 0; round < limit; round += 1) {
    world.people = exportPeople(world);
    const planned = planWorld(world);
    if (planned.plans.length === 0) return round;
    applyPlans(world, planned.plans);
  }
  throw new Error(
    `no empty plan after ${limit} rounds: ${planWorld(world)
      .actions.map(({ kind, person, target }) => `${kind} ${person} ${target}`)
      .join(', ')}`,
  );
}

/** JumpCloud makes the armed changes that are due on a day by itself. */
export function passArmed(world: World, until: string): void {
  const due = world.live.armed.filter((job) => job.at <= until);
  world.live.armed = world.live.armed.filter((job) => job.at > until);
  for (const job of due) {
    const account = world.live.accounts.find(({ id }) => id === job.account);
    if (account !== undefined) account.state = job.state;
  }
}

function perform(world: World, action: Action): { account?: string; job?: string } {
  const { live } = world;
  const account = live.accounts.find(({ id, anchor }) =>
    action.account === null ? anchor === action.person : id === action.account,
  );
  const after = action.after as Record<string, unknown>;
  switch (action.kind) {
    case 'create-group': {
      const id = accountId(`group ${action.target ?? ''}`);
      live.groups.set(id, { id, name: action.target ?? '', membershipMethod: 'STATIC', members: new Set() });
      return {};
    }
    case 'create': {
      const created: LiveAccount = {
        id: digestOf(['created', after['username']]).slice(0, 24),
        username: String(after['username']),
        email: String(after['email']),
        state: after['state'] as 'STAGED' | 'ACTIVATED',
        anchor: String(after['anchor']),
        manager: null,
        attributes: { ...(after['attributes'] as Record<string, string>) },
        admin: false,
        restricted: [],
      };
      if (
        live.accounts.some(({ username, email }) => username === created.username || email === created.email)
      )
        throw new Error('JumpCloud: User already exists');
      live.accounts.push(created);
      return { account: created.id };
    }
    default:
      break;
  }
  if (account === undefined) throw new Error(`${action.kind} without an account`);
  switch (action.kind) {
    case 'adopt':
      account.anchor = String(after['anchor']);
      return { account: account.id };
    case 'update':
      if (action.after === null) delete account.attributes[action.target ?? ''];
      else account.attributes[action.target ?? ''] = String(action.after);
      return {};
    case 'rename':
      if (action.target === 'username') account.username = String(action.after);
      else account.email = String(action.after);
      return {};
    case 'activate':
    case 'reinstate':
      account.state = 'ACTIVATED';
      return {};
    case 'suspend':
      account.state = 'SUSPENDED';
      return {};
    case 'schedule': {
      const job = `job${(tick += 1)}`;
      live.armed.push({
        job,
        account: account.id,
        state: action.target as 'ACTIVATED' | 'SUSPENDED',
        at: String(after['at']),
      });
      return { job };
    }
    case 'unschedule':
      live.armed = live.armed.filter(({ job }) => job !== action.target);
      return {};
    case 'set-manager':
      account.manager =
        action.after === null
          ? null
          : (live.accounts.find(({ anchor }) => anchor === action.after)?.id ?? null);
      return {};
    case 'join-group':
      live.groups.get(action.target ?? '')?.members.add(account.id);
      return {};
    case 'leave-group': {
      live.groups.get(action.target ?? '')?.members.delete(account.id);
      const others = live.memberships.get(account.id);
      if (others !== undefined)
        live.memberships.set(
          account.id,
          others.filter(({ id }) => id !== action.target),
        );
      return {};
    }
    case 'bind': {
      const [type = '', id = ''] = (action.target ?? '').split(':');
      live.bindings.set(account.id, [
        ...(live.bindings.get(account.id) ?? []),
        { type, id, name: String(after['name']) },
      ]);
      return {};
    }
    case 'unbind': {
      const bound = live.bindings.get(account.id) ?? [];
      live.bindings.set(
        account.id,
        bound.filter(({ type, id }) => `${type}:${id}` !== action.target),
      );
      return {};
    }
    case 'delete':
      live.accounts = live.accounts.filter(({ id }) => id !== account.id);
      return {};
    default:
      throw new Error(`the simulation has no ${action.kind}`);
  }
}

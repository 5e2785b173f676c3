/** What a run does when JumpCloud is not as it answers, and when the world changes under it: over values, without a network. */
import { describe, expect, test } from 'vitest';
import type { LiveAccount } from '../../scripts/core/directory/live.ts';
import type { Action } from '../../scripts/core/plan/action.ts';
import type { Verdict } from '../../scripts/core/plan/execution.ts';
import { type Plan, sealPlan } from '../../scripts/core/plan/plan-file.ts';
import type { ActionResult } from '../../scripts/core/record/receipt.ts';
import { Failure } from '../../scripts/core/values/failure.ts';
import { executePlan, type ExecutionInput } from '../../scripts/flow/execute-plan.ts';
import type { DirectoryReader, DirectoryWriter } from '../../scripts/ports.ts';
import { settle } from '../simulate.ts';
import { accountId, anAction, change, employee, liveOf, planWorld, type World, worldOf } from '../world.ts';

const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };
const TWO = accountId('person 2');

function company(): World {
  const world = worldOf([employee('1'), employee('2'), employee('3')]);
  settle(world);
  return world;
}

/** JumpCloud as values: it does what it is told, unless a test says otherwise. */
interface Played {
  writes: string[];
  reader: Partial<DirectoryReader>;
  writer: Partial<DirectoryWriter>;
}

function play(world: World): Played {
  const accounts = new Map(world.live.accounts.map((account) => [account.id, { ...account }]));
  const groups = new Map(
    [...world.live.groups].map(([id, group]) => [id, { ...group, members: new Set(group.members) }]),
  );
  const writes: string[] = [];
  return {
    writes,
    reader: {
      readAccount: (id) => Promise.resolve(accounts.get(id) ?? null),
      readMemberships: (id) =>
        Promise.resolve(
          [...groups.values()]
            .filter(({ members }) => members.has(id))
            .map((group) => ({ id: group.id, name: group.name })),
        ),
      isMember: (group, id) => Promise.resolve(groups.get(group)?.members.has(id) === true),
    },
    writer: {
      changeAccount: (id, changes) => {
        writes.push(`change ${accounts.get(id)?.anchor ?? id} ${JSON.stringify(changes)}`);
        const account = {
          ...accounts.get(id)!,
          ...('state' in changes ? { state: changes.state } : {}),
        } as LiveAccount;
        accounts.set(id, account);
        return Promise.resolve(account);
      },
      changeMembership: (op, group, id) => {
        writes.push(`${op} ${accounts.get(id)?.anchor ?? id} ${groups.get(group)?.name ?? group}`);
        if (op === 'add') groups.get(group)?.members.add(id);
        else groups.get(group)?.members.delete(id);
        return Promise.resolve('done');
      },
    },
  };
}

async function execute(
  world: World,
  played: Played,
  more: Partial<ExecutionInput> = {},
): Promise<{
  plan: Plan;
  results: Map<string, ActionResult>;
  of: (kind: Action['kind'], person?: string) => ActionResult[];
}> {
  const planned = planWorld(world);
  const plan = { ...planned.plans[0]!, actions: planned.actions };
  const results = await executePlan({
    plan,
    verdicts: new Map(plan.actions.map(({ id }) => [id, { kind: 'run' as const }])),
    live: liveOf(world),
    linked: planned.linked,
    hands: {
      reader: played.reader as DirectoryReader,
      writer: played.writer as DirectoryWriter,
      pause: () => Promise.resolve(),
    },
    newerReceipt: () => Promise.resolve(undefined),
    now: () => '2026-11-23T12:00:00.000Z',
    isStopping: () => false,
    progress: () => undefined,
    concurrency: 4,
    ...more,
  });
  const byId = new Map(results.map((result) => [result.action, result]));
  return {
    plan,
    results: byId,
    of: (kind, person) =>
      plan.actions
        .filter((action) => action.kind === kind && (person === undefined || action.person === person))
        .map(({ id }) => byId.get(id)!),
  };
}

test('a receipt names the account that a create or an adoption yielded, done or found done, and no other', async () => {
  const world = company();
  const account = TWO;
  const heads = [
    anAction('create', {
      person: '1',
      after: { username: 'p1', email: 'p1@example.com', state: 'STAGED', anchor: '1' },
    }),
    anAction('adopt', { person: '2', account, target: account, after: { anchor: '2' } }),
    anAction('activate', { person: '2', account }),
    anAction('reinstate', { person: '2', account }),
    anAction('rename', { person: '2', account, target: 'email', after: 'q2@example.com' }),
  ];
  const named = async (verdict: Verdict): Promise<(string | undefined)[]> => {
    const played = play(world);
    played.writer.createAccount = () => Promise.resolve(world.live.accounts[0]!);
    played.writer.activateAccount = () => Promise.resolve();
    const { results } = await execute(world, played, {
      plan: sealPlan({
        asOf: world.asOf,
        lane: 'review',
        base: '',
        actions: heads,
        findings: [],
        held: [],
        counts: {},
      }),
      verdicts: new Map(
        heads.map(({ id, kind }) => [
          id,
          verdict.kind === 'already' && kind === 'create'
            ? { ...verdict, account: accountId('person 1') }
            : verdict,
        ]),
      ),
    });
    expect([...results.values()].map(({ outcome }) => outcome)).toEqual(
      heads.map(() => (verdict.kind === 'run' ? 'done' : 'already')),
    );
    return heads.map(({ id }) => results.get(id)?.account);
  };
  const yielded = [accountId('person 1'), account, undefined, undefined, undefined];
  expect(await named({ kind: 'run' })).toEqual(yielded);
  expect(await named({ kind: 'already' })).toEqual(yielded);
});

describe('leaving', () => {
  test('everybody is out before anything else is taken', async () => {
    const world = company();
    change(world, '1', GONE);
    change(world, '3', GONE);
    const played = play(world);
    const { results } = await execute(world, played);
    expect([...results.values()].every(({ outcome }) => outcome === 'done')).toBe(true);
    const last = played.writes.findLastIndex((write) => write.startsWith('change'));
    const first = played.writes.findIndex((write) => write.startsWith('remove'));
    expect(last).toBeLessThan(first);
  });

  test('a suspension that a read does not show is a failure, whatever JumpCloud answered', async () => {
    const world = company();
    change(world, '2', GONE);
    const played = play(world);
    played.writer.changeAccount = () => Promise.resolve(world.live.accounts[1]!);
    const { of } = await execute(world, played);
    expect(of('suspend')).toMatchObject([
      { outcome: 'failed', reason: expect.stringContaining('still shows the account active') as string },
    ]);
    expect(of('leave-group').every(({ outcome }) => outcome === 'done')).toBe(true);
  });

  test('a membership that a read still shows is a failure, and only that one', async () => {
    const world = company();
    change(world, '2', GONE);
    const played = play(world);
    const remove = played.writer.changeMembership!;
    const stuck = accountId('group Engineering');
    played.writer.changeMembership = (op, group, id) =>
      group === stuck ? Promise.resolve('done') : remove(op, group, id);
    const { plan, results } = await execute(world, played);
    for (const { id, target } of plan.actions)
      expect(results.get(id)?.outcome).toBe(target === stuck ? 'failed' : 'done');
  });

  test.each([
    ['a last day that HR took back', { terminationDate: '2026-11-23' }, { terminationDate: undefined }],
    ['the start of whoever does not come', { hireDate: '2026-11-26' }, GONE],
  ])('a job that still stands is a failure, in each phase: %s', async (_name, armed, undone) => {
    const world = company();
    world.rows.push(employee('4', armed));
    settle(world);
    expect(world.live.armed).toHaveLength(1);
    change(world, '4', undone);
    const played = play(world);
    played.reader.readArmed = () => Promise.resolve(world.live.armed);
    played.writer.cancelArmed = () => Promise.resolve('done');
    const { of } = await execute(world, played);
    expect(of('unschedule')).toMatchObject([
      { outcome: 'failed', reason: expect.stringContaining('still shows the job') as string },
    ]);
  });

  test('what could not be confirmed is said not to be', async () => {
    const world = company();
    change(world, '2', GONE);
    const played = play(world);
    played.reader.readAccount = () =>
      Promise.reject(new Failure(1, 'service-down', 'JumpCloud: answered 503', 'wait'));
    const { of } = await execute(world, played);
    expect(of('suspend')[0]).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/not confirmed: service-down/) as string,
    });
  });

  test('one person whose suspension fails loses the groups all the same, and holds up nobody', async () => {
    const world = company();
    change(world, '1', GONE);
    change(world, '2', GONE);
    const played = play(world);
    const write = played.writer.changeAccount!;
    played.writer.changeAccount = (id, changes) =>
      id === TWO
        ? Promise.reject(new Failure(1, 'jumpcloud-refused', 'JumpCloud: answered 400', 'look'))
        : write(id, changes);
    const { of } = await execute(world, played);
    expect(of('suspend', '2')[0]?.outcome).toBe('failed');
    expect(of('leave-group', '2').every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(of('suspend', '1')[0]?.outcome).toBe('done');
  });
});

describe('before the first grant', () => {
  const moved = (): World => {
    const world = company();
    change(world, '2', { department: 'Sales', jobTitle: 'Rep' });
    return world;
  };

  test('the account is read again: whoever was suspended meanwhile is given nothing', async () => {
    const world = moved();
    const played = play(world);
    played.reader.readAccount = (id) =>
      Promise.resolve({ ...world.live.accounts.find((account) => account.id === id)!, state: 'SUSPENDED' });
    const { of } = await execute(world, played);
    expect(of('update')[0]).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringContaining('changed while this run') as string,
    });
    expect(of('join-group').map(({ outcome }) => outcome)).toEqual(['not-attempted']);
    expect(played.writes.filter((write) => !write.startsWith('remove'))).toEqual([]);
  });

  test.each([
    ['gone', null, 'the account is gone'],
    ['somebody else’s', { anchor: '3' }, 'the account changed'],
  ])('so is whose account is %s', async (_name, facts, reason) => {
    const world = moved();
    const played = play(world);
    played.reader.readAccount = (id) =>
      Promise.resolve(
        facts === null ? null : { ...world.live.accounts.find((account) => account.id === id)!, ...facts },
      );
    const { of } = await execute(world, played);
    expect(of('update')[0]).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringContaining(reason) as string,
    });
  });

  test('another run’s receipt stops it, and what cannot be looked up is not given', async () => {
    const world = moved();
    const played = play(world);
    const stopped = await execute(world, played, {
      newerReceipt: () => Promise.resolve({ name: '2026-11-23-abc', suspended: true }),
    });
    expect(stopped.of('update')[0]).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringContaining('2026-11-23-abc') as string,
    });
    expect(played.writes.filter((write) => write.startsWith('add') || write.startsWith('change'))).toEqual(
      [],
    );
    const blind = await execute(world, played, {
      newerReceipt: () => Promise.reject(new Error('no network')),
    });
    expect(blind.of('update')[0]?.outcome).toBe('failed');
    expect(blind.of('join-group')[0]?.outcome).toBe('not-attempted');
    expect(played.writes.filter((write) => write.startsWith('add') || write.startsWith('change'))).toEqual(
      [],
    );
  });

  test('a grant that fails stops the rest of that person’s grants and nobody else’s', async () => {
    const world = moved();
    change(world, '3', { department: 'Sales', jobTitle: 'Rep' });
    const played = play(world);
    const write = played.writer.changeAccount!;
    played.writer.changeAccount = (id, changes) =>
      id === TWO
        ? Promise.reject(new Failure(1, 'service-down', 'JumpCloud: answered 503', 'wait'))
        : write(id, changes);
    const { of } = await execute(world, played);
    expect(of('join-group', '2')[0]).toMatchObject({
      outcome: 'not-attempted',
      reason: expect.stringContaining('update failed before') as string,
    });
    expect(of('join-group', '3')[0]?.outcome).toBe('done');
    expect(of('leave-group', '2')[0]?.outcome).toBe('done');
  });

  test('whoever’s head was not allowed is given nothing, and still loses what they should', async () => {
    const world = company();
    world.live.accounts[1]!.state = 'SUSPENDED';
    change(world, '2', { department: 'Sales' });
    const played = play(world);
    const { actions } = planWorld(world);
    const { of } = await execute(world, played, {
      verdicts: new Map(
        actions.map(({ id, kind }) => [
          id,
          kind === 'reinstate'
            ? { kind: 'not-attempted' as const, code: 'needs-review', reason: 'it needs review' }
            : { kind: 'run' as const },
        ]),
      ),
    });
    expect(of('reinstate')[0]?.outcome).toBe('not-attempted');
    expect(of('join-group')[0]).toMatchObject({
      outcome: 'not-attempted',
      reason: 'reinstate was not done: it needs review',
    });
    expect(of('leave-group')[0]?.outcome).toBe('done');
    expect(played.writes).toEqual(['remove 2 Engineering']);
  });

  test('a stop that was asked for begins nothing new, and everything is on the receipt', async () => {
    const world = moved();
    const played = play(world);
    const { plan, results } = await execute(world, played, { isStopping: () => true });
    expect(played.writes).toEqual([]);
    expect(plan.actions.map(({ id }) => results.get(id)?.outcome)).toEqual(
      plan.actions.map(() => 'not-attempted'),
    );
  });
});

/** Plans one after another, each over a world of its own, and what its receipt says became of it. */
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../scripts/core/plan/plan-file.ts';
import { sealPlan } from '../../scripts/core/plan/plan-file.ts';
import { type Standing } from '../../scripts/core/plan/standing.ts';
import type { Receipt } from '../../scripts/core/record/receipt.ts';
import { Failure } from '../../scripts/core/values/failure.ts';
import { type Applied, exitOf } from '../../scripts/flow/apply-desk.ts';
import { type AppliedPlan, type ApplyInput, applyPlans } from '../../scripts/flow/apply-plans.ts';
import type { DirectoryReader, DirectoryWriter } from '../../scripts/ports.ts';
import { change, employee, ledgerOf, liveOf, planWorld, type World, worldOf } from '../world.ts';

const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };

function company(): World {
  return worldOf(['1', '2', '3'].map((id) => employee(id)));
}

const approved = (...ages: number[]): Standing => ({
  authorisation: {
    approvals: ages.map((ageHours, index) => ({ login: ['zoe', 'ann'][index] ?? 'bo', ageHours })),
    planAgeHours: 0,
    freshHr: true,
  },
  mergedBy: 'ann',
  mergedAt: '2026-11-23T09:00:00Z',
  final: true,
});

async function applyTo(world: World, pending: Plan[], more: Partial<ApplyInput> = {}) {
  const receipts: Receipt[] = [];
  const order: string[] = [];
  const plans = await applyPlans({
    pending,
    policy: world.policy,
    planAgain: () => {
      order.push('plan');
      return Promise.resolve({ fresh: planWorld(world), live: liveOf(world), ledger: ledgerOf(world) });
    },
    planSuspensions: undefined,
    standingOf: (plan) => {
      order.push(`${plan.asOf} ${plan.lane}`);
      return approved(0);
    },
    hands: {
      reader: {
        readAccount: (id) =>
          Promise.resolve(world.live.accounts.find((account) => account.id === id) ?? null),
        readMemberships: () => Promise.resolve([]),
      } as Partial<DirectoryReader> as DirectoryReader,
      writer: {
        changeAccount: (id, { state }) => {
          const account = world.live.accounts.find((each) => each.id === id)!;
          if (state !== undefined) account.state = state;
          return Promise.resolve(account);
        },
        changeMembership: () => Promise.resolve('done'),
      } as Partial<DirectoryWriter> as DirectoryWriter,
      pause: () => Promise.resolve(),
    },
    newerReceipt: () => Promise.resolve(undefined),
    writeReceipt: (_, receipt) => Promise.resolve(void receipts.push(receipt)),
    now: () => '2026-11-23T12:00:00.000Z',
    isStopping: () => false,
    progress: () => undefined,
    concurrency: 4,
    run: undefined,
    trigger: undefined,
    timesOf: () => Promise.resolve(undefined),
    ...more,
  });
  return { plans, receipts, order };
}

/** A plan of one lane, over what the world wants. */
function planOf(world: World, lane: Plan['lane'], asOf = world.asOf): Plan {
  const { actions } = planWorld(world);
  return sealPlan({ asOf, lane, base: '0'.repeat(64), actions, findings: [], held: [], counts: {} });
}

test('the oldest first, of one day exits before joiners, and each over a fresh read', async () => {
  const world = company();
  change(world, '1', GONE);
  const pending = [
    planOf(world, 'review'),
    planOf(world, 'auto'),
    planOf(world, 'urgent'),
    planOf(world, 'review', '2026-11-22'),
  ];
  const { order } = await applyTo(world, pending);
  expect(order.filter((step) => step !== 'plan')).toEqual([
    '2026-11-22 review',
    '2026-11-23 urgent',
    '2026-11-23 auto',
    '2026-11-23 review',
  ]);
  expect(order.filter((step) => step === 'plan')).toHaveLength(4);
});

test('a stop that was asked for begins no further plan', async () => {
  const world = company();
  change(world, '1', GONE);
  expect(await applyTo(world, [planOf(world, 'auto')], { isStopping: () => true })).toMatchObject({
    plans: [],
    receipts: [],
  });
});

describe('the receipt says', () => {
  const left = (): World => {
    const world = company();
    change(world, '1', GONE);
    return world;
  };

  test('complete, who approved in order, who merged, and what it stands on', async () => {
    const world = left();
    world.live.accounts[0]!.admin = true;
    world.live.accounts[1]!.admin = true;
    const { receipts } = await applyTo(world, [planOf(world, 'review')], {
      standingOf: () => approved(0, 1),
    });
    expect(receipts).toMatchObject([
      { outcome: 'complete', approvedBy: ['ann', 'zoe'], mergedBy: 'ann', previous: null },
    ]);
    expect(receipts[0]!.findings?.map(({ code }) => code)).toEqual(['leaver-is-admin']);
    expect(receipts[0]!.results.every(({ outcome }) => outcome === 'done')).toBe(true);
  });

  test('partial where anything failed, or was not attempted', async () => {
    const failing = left();
    const writer = {
      changeAccount: () => Promise.reject(new Failure(1, 'service-down', 'JumpCloud: answered 503', 'wait')),
      changeMembership: () => Promise.resolve('done'),
    } as unknown as DirectoryWriter;
    const { receipts } = await applyTo(failing, [planOf(failing, 'auto')], {
      hands: {
        reader: { readMemberships: () => Promise.resolve([]) } as unknown as DirectoryReader,
        writer,
        pause: () => Promise.resolve(),
      },
    });
    expect(receipts).toMatchObject([{ outcome: 'partial' }]);

    const waiting = left();
    change(waiting, '2', { department: 'Sales' });
    const mixed = await applyTo(waiting, [planOf(waiting, 'auto')]);
    expect(new Set(mixed.receipts[0]!.results.map(({ outcome }) => outcome))).toEqual(
      new Set(['done', 'not-attempted']),
    );
    expect(mixed.receipts).toMatchObject([{ outcome: 'partial' }]);
  });

  test('refused where nothing of it may happen without review, whatever lane it claims', async () => {
    const world = company();
    change(world, '2', { department: 'Sales' });
    const { plans, receipts } = await applyTo(world, [planOf(world, 'auto')]);
    expect(receipts).toMatchObject([{ outcome: 'refused' }]);
    expect(plans).toMatchObject([{ refusal: { code: 'needs-review' } }]);
  });

  test('expired, or refused, where the approval is old or missing and none can come any more', async () => {
    const world = left();
    const old = await applyTo(world, [planOf(world, 'review')], { standingOf: () => approved(73) });
    expect(old.receipts).toMatchObject([{ outcome: 'expired' }]);
    expect(old.receipts[0]!.results.map(({ outcome }) => outcome)).toEqual(Array(4).fill('not-attempted'));
    const none = await applyTo(world, [planOf(world, 'review')], { standingOf: () => approved() });
    expect(none.receipts).toMatchObject([{ outcome: 'refused' }]);
    expect(world.live.accounts[0]!.state).toBe('ACTIVATED');
  });

  test('nothing yet where it can still be approved', async () => {
    const world = left();
    const { plans, receipts } = await applyTo(world, [planOf(world, 'review')], {
      standingOf: () => ({ ...approved(), final: false }),
    });
    expect(receipts).toEqual([]);
    expect(plans).toMatchObject([{ receipt: undefined, refusal: { code: 'not-approved' } }]);
  });
});

test.each<[Receipt['outcome'][], number]>([
  [[], 0],
  [['complete', 'complete'], 0],
  [['complete', 'partial'], 1],
  [['complete', 'refused'], 1],
  [['refused', 'expired'], 3],
])('outcomes %j exit %i', (outcomes, exit) => {
  const plans = outcomes.map((outcome) => ({ receipt: { outcome } }) as AppliedPlan);
  expect(exitOf({ plans } as Applied)).toBe(exit);
});

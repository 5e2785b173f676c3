/** Two at once, killed in the middle: what happens when runs meet. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { idOf } from '../company.ts';
import type { Disaster } from '../disaster.ts';
import { isWrite } from '../facts.ts';
import { TODAY } from '../settle-company.ts';
import { leaverFacts, type Stage } from '../stage.ts';
import { startProxy } from '../tapped-proxy.ts';
import type { Wishes } from '../wishes.ts';

const AS_OF = ['--as-of', TODAY];
const NEW_GROUPS = ['All Staff', 'UX', 'Remote Workers'];

/** Two joiners, two movers, two leavers: every kind of write that a day brings. */
async function prepareDay(stage: Stage): Promise<void> {
  for (const id of [idOf(60), idOf(61)])
    await stage.hire(id, { department: 'UX', location: 'Remote', hireDate: TODAY });
  for (const id of [idOf(30), idOf(36)]) await stage.edit(id, { department: 'UX' });
  for (const id of [idOf(41), idOf(42)]) await stage.edit(id, leaverFacts(TODAY));
}

function wishDay(wishes: Wishes): void {
  for (const id of [idOf(60), idOf(61)]) wishes.account(id, 'ACTIVATED', NEW_GROUPS);
  for (const id of [idOf(30), idOf(36)]) {
    wishes.field(id, 'department', 'UX');
    wishes.leave(id, 'Engineering');
    wishes.join(id, 'UX');
  }
  for (const id of [idOf(41), idOf(42)]) wishes.exit(id);
}

/** Kills apply, a process of its own, at its n-th write: before JumpCloud heard of it, or after it was done. */
async function killAt(stage: Stage, nth: number, when: 'before' | 'after'): Promise<void> {
  let seen = 0;
  let dead = false;
  const kill = (): 'drop' => {
    dead = true;
    running.kill();
    return 'drop';
  };
  const proxy = await startProxy(stage.urls.jumpcloud, {
    before(exchange) {
      if (dead) return 'drop';
      if (!isWrite({ ...exchange })) return 'pass';
      seen += 1;
      return seen === nth && when === 'before' ? kill() : 'pass';
    },
    after: (exchange) => (isWrite(exchange) && seen >= nth && when === 'after' && !dead ? kill() : 'pass'),
  });
  const running = stage.desk.start('apply', [...AS_OF, '--approved-by', 'ann'], {
    JUMPCLOUD_BASE_URL: proxy.url,
  });
  await running.done;
  await proxy.close();
}

export const COLLISIONS: Disaster[] = [
  {
    name: 'crash-at-operation-k',
    what: 'apply is killed (SIGKILL) at its 2nd, 5th and 9th write, before and after JumpCloud did it, and run again',
    tells: [],
    peers: 'octoDNS and entitlements-app stop at the first failure and converge on the next run',
    async play(stage) {
      await stage.useRealTime();
      await prepareDay(stage);
      await stage.run('export', ...AS_OF);
      await stage.run('plan', ...AS_OF);
      for (const [nth, when] of [
        [2, 'after'],
        [5, 'before'],
        [9, 'after'],
      ] as const)
        await killAt(stage, nth, when);
      await stage.run('apply', ...AS_OF, '--approved-by', 'ann');
      await stage.expect(wishDay);
    },
  },
  {
    name: 'two-applies-at-once',
    what: 'two runners apply the same approved plans of the same commit at the same moment, an armed last day among them',
    tells: [],
    peers: 'the BambooHR to Entra runbooks have no concurrency control that could be found',
    async play(stage) {
      await prepareDay(stage);
      await stage.edit(idOf(43), { terminationDate: TODAY });
      await stage.run('export');
      await stage.run('plan');
      const other = await stage.copyDesk();
      const both = await Promise.all([
        stage.desk.run('apply', '--approved-by', 'ann'),
        other.run('apply', '--approved-by', 'ann'),
      ]);
      both.forEach((ran) => stage.heard(ran));
      // Whatever one of them could not do because the other did it comes to rest with the next plan.
      await stage.sync();
      await stage.approve();
      await stage.expect((wishes) => {
        wishDay(wishes);
        wishes.armed(idOf(43), 'SUSPENDED', '2026-11-24T06:59:00Z');
      });
    },
  },
  {
    name: 'urgent-exit-during-bulk-apply',
    what: 'a joiner is ended by HR while the plan that makes her is being applied by another runner',
    tells: [],
    async play(stage) {
      const [victim, other] = [idOf(60), idOf(61)];
      await prepareDay(stage);
      await stage.run('export');
      await stage.run('plan');
      const urgent = await stage.copyDesk();
      let made = 0;
      let exit: Promise<unknown> | undefined;
      // Both accounts are made; then the exit runs to its end, and its receipt is on main.
      const proxy = await startProxy(stage.urls.jumpcloud, {
        async after({ method, path }): Promise<'pass'> {
          if (method === 'POST' && path === '/api/systemusers') made += 1;
          if (made === 2) await (exit ??= endNow());
          return 'pass';
        },
      });
      async function endNow(): Promise<void> {
        await stage.edit(victim, leaverFacts(TODAY));
        for (const verb of ['export', 'plan', 'apply'] as const)
          stage.heard(
            await urgent.run(verb, '--only', victim, ...(verb === 'export' ? [] : ['--lane', 'urgent'])),
          );
        for (const folder of ['plans', 'receipts'])
          await cp(join(urgent.root, 'state', folder), join(stage.desk.root, 'state', folder), {
            recursive: true,
          });
      }
      stage.heard(
        await stage.desk.through({ JUMPCLOUD_BASE_URL: proxy.url }).run('apply', '--approved-by', 'ann'),
      );
      await proxy.close();
      await stage.sync();
      await stage.approve();
      await stage.expect((wishes) => {
        wishDay(wishes);
        wishes.account(other, 'ACTIVATED', NEW_GROUPS);
        wishes.state(victim, 'SUSPENDED');
        wishes.leave(victim, ...NEW_GROUPS);
      });
    },
  },
];

/** Two at once, killed in the middle, told twice: what happens when runs meet. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { signDelivery } from '../../core/relay/signature.ts';
import { createRelayLog } from '../../shell/relay/relay-log.ts';
import { readRelaySettings } from '../../shell/relay/relay-settings.ts';
import { startRelay } from '../../shell/relay/start-relay.ts';
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
    what: 'two runners apply the same approved plans of the same commit at the same moment',
    tells: [],
    async play(stage) {
      await prepareDay(stage);
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
      await stage.expect(wishDay);
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
  {
    name: 'replayed-webhook',
    what: "the webhook of an exit is sent five times, and once more after HR has taken the exit back; the relay's memory is lost in between",
    tells: [],
    peers: 'the BambooHR to Entra runbooks check no freshness: a recorded webhook works for ever',
    async play(stage) {
      const id = idOf(31);
      await stage.edit(id, leaverFacts(TODAY));
      const key = 'disaster-webhook-key-0123456789';
      const body = JSON.stringify({
        type: 'employee.updated',
        timestamp: new Date().toISOString(),
        data: { companyId: '1', employeeId: id, changedFields: ['status'] },
      });
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const headers = {
        'content-type': 'application/json',
        'x-bamboohr-timestamp': timestamp,
        'x-bamboohr-signature': signDelivery(key, new TextEncoder().encode(body), timestamp),
      };
      const deliver = async (times: number): Promise<number> => {
        const relay = await startRelay({
          settings: readRelaySettings({
            BAMBOOHR_WEBHOOK_KEY: key,
            GITHUB_TOKEN: 'disaster-relay-token',
            GITHUB_REPOSITORY: 'acme/identity',
            GITHUB_API_URL: stage.urls.github,
          }),
          port: 0,
          host: '127.0.0.1',
          log: createRelayLog(() => undefined, Date.now),
          pace: { gatherMs: 5 },
        });
        const before = await stage.countDispatches();
        for (let each = 0; each < times; each += 1)
          await fetch(`http://127.0.0.1:${relay.port}/webhook`, { method: 'POST', headers, body });
        await relay.close();
        return (await stage.countDispatches()) - before;
      };
      const run = async (): Promise<void> => {
        for (const verb of ['export', 'plan', 'apply'] as const)
          await stage.run(verb, '--only', id, ...(verb === 'export' ? [] : ['--lane', 'urgent']));
      };
      const first = await deliver(5);
      if (first !== 1) stage.miss(`five deliveries of one webhook made ${first} dispatches`);
      for (let each = 0; each < Math.max(1, first); each += 1) await run();
      await stage.expect((wishes) => wishes.exit(id));
      await stage.edit(id, { status: 'Active', employmentHistoryStatus: 'Full-Time', terminationDate: null });
      await stage.sync();
      await stage.approve();
      await stage.expect((wishes) => {
        wishes.state(id, 'ACTIVATED');
        wishes.join(id, 'All Staff', 'Sales', 'Vancouver Office', 'Book Club');
        wishes.rebind(id);
      });
      // A relay that has forgotten everything passes it on: the run reads HR, and HR says that nobody left.
      for (let each = await deliver(1); each > 0; each -= 1) await run();
      await stage.expect(() => undefined);
    },
  },
];

/** What arrives at the relay: forged, stale, or sent again. A webhook is a hint; what counts is what BambooHR then says. */
import { signDelivery } from '../../core/relay/signature.ts';
import { createRelayLog } from '../../shell/relay/relay-log.ts';
import { readRelaySettings } from '../../shell/relay/relay-settings.ts';
import { startRelay } from '../../shell/relay/start-relay.ts';
import { idOf } from '../company.ts';
import type { Disaster } from '../disaster.ts';
import { TODAY } from '../settle-company.ts';
import { leaverFacts, type Stage } from '../stage.ts';

const KEY = 'disaster-webhook-key-0123456789';

interface Delivery {
  headers: Record<string, string>;
  body: string;
}

/** As BambooHR sends it; @param seconds of its timestamp, from now */
function deliveryOf(id: string, { key = KEY, seconds = 0 } = {}): Delivery {
  const body = JSON.stringify({
    type: 'employee.updated',
    timestamp: new Date().toISOString(),
    data: { companyId: '1', employeeId: id, changedFields: ['status'] },
  });
  const timestamp = String(Math.floor(Date.now() / 1_000) + seconds);
  return {
    headers: {
      'content-type': 'application/json',
      'x-bamboohr-timestamp': timestamp,
      'x-bamboohr-signature': signDelivery(key, new TextEncoder().encode(body), timestamp),
    },
    body,
  };
}

/** Sends them to a relay that has just been started and remembers nothing. @returns how many dispatches GitHub got */
async function deliver(stage: Stage, deliveries: Delivery[]): Promise<number> {
  const relay = await startRelay({
    settings: readRelaySettings({
      BAMBOOHR_WEBHOOK_KEY: KEY,
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
  for (const { headers, body } of deliveries)
    await fetch(`http://127.0.0.1:${relay.port}/webhook`, { method: 'POST', headers, body });
  await relay.close();
  return (await stage.countDispatches()) - before;
}

/** The urgent workflow, once for each dispatch. */
async function runUrgent(stage: Stage, id: string, times: number): Promise<void> {
  for (let each = 0; each < times; each += 1)
    for (const verb of ['export', 'plan', 'apply'] as const)
      await stage.run(verb, '--only', id, ...(verb === 'export' ? [] : ['--lane', 'urgent']));
}

export const WEBHOOKS: Disaster[] = [
  {
    name: 'replayed-webhook',
    what: "the webhook of an exit is sent five times, and once more after HR has taken the exit back; the relay's memory is lost in between",
    tells: [],
    peers: 'the BambooHR to Entra runbooks check no freshness: a recorded webhook works for ever',
    async play(stage) {
      const id = idOf(31);
      await stage.edit(id, leaverFacts(TODAY));
      const delivery = deliveryOf(id);
      const first = await deliver(
        stage,
        Array.from({ length: 5 }, () => delivery),
      );
      if (first > 1) stage.wrong(`five deliveries of one webhook made ${first} dispatches`);
      if (first < 1) stage.miss('five deliveries of one webhook made no dispatch');
      await runUrgent(stage, id, Math.max(1, first));
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
      await runUrgent(stage, id, await deliver(stage, [delivery]));
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'forged-webhooks',
    what: 'a stranger sends webhooks: with another key, without a signature, about another id, four hours old, an hour ahead; then a true one comes',
    tells: [],
    peers: 'the BambooHR to Entra runbooks skip the signature where no key is configured',
    async play(stage) {
      const [victim, leaver] = [idOf(31), idOf(33)];
      const genuine = deliveryOf(victim);
      const { 'x-bamboohr-signature': _, ...unsigned } = genuine.headers;
      const forged = await deliver(stage, [
        deliveryOf(victim, { key: 'guessed-webhook-key-0123456789' }),
        { ...genuine, headers: unsigned },
        { ...genuine, body: genuine.body.replace(victim, idOf(32)) },
        deliveryOf(victim, { seconds: -4 * 3_600 }),
        deliveryOf(victim, { seconds: 3_600 }),
      ]);
      if (forged > 0) stage.wrong(`five forged deliveries made ${forged} dispatches`);
      await runUrgent(stage, victim, forged);
      await stage.expect(() => undefined);
      await stage.edit(leaver, leaverFacts(TODAY));
      await runUrgent(stage, leaver, await deliver(stage, [deliveryOf(leaver)]));
      await stage.expect((wishes) => wishes.exit(leaver));
    },
  },
];

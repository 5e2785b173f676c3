/** Both emulated vendors on loopback with a small company in them, and the clients that talk to them. */
import { Agent, type Dispatcher } from 'undici';
import { connectBambooHr } from '../../scripts/adapters/bamboohr/connect.ts';
import { connectWebhooks, type WebhookAdmin } from '../../scripts/adapters/bamboohr/webhooks.ts';
import type { Limits } from '../../scripts/adapters/http/retry-policy.ts';
import type { Wire } from '../../scripts/adapters/http/wire.ts';
import { connectDirectoryReader } from '../../scripts/adapters/jumpcloud/read/connect.ts';
import { connectDirectoryWriter } from '../../scripts/adapters/jumpcloud/write/connect.ts';
import { createBambooHr } from '../../scripts/emulators/bamboohr/index.ts';
import { createJumpCloud } from '../../scripts/emulators/jumpcloud/index.ts';
import {
  type LoggedRequest,
  type RunningEmulator,
  startEmulator,
} from '../../scripts/emulators/kit/server.ts';
import type { DirectoryReader, DirectoryWriter, HrReader } from '../../scripts/ports.ts';
import { recording, type Sent } from './play-network.ts';

export const NOW = '2026-11-23T12:00:00Z';

export interface Vendors {
  bamboohr: RunningEmulator;
  jumpcloud: RunningEmulator;
  /** Everything the clients sent, in order. */
  sent: Sent[];
  /** `breaking`: the first request that begins so meets this error instead of the network. */
  connect(
    limits?: Partial<Limits>,
    breaking?: { method: string; path: string; error: Error },
  ): {
    hr: HrReader;
    webhooks: WebhookAdmin;
    reader: DirectoryReader;
    writer: DirectoryWriter;
  };
  control(vendor: 'bamboohr' | 'jumpcloud', method: string, path: string, body?: unknown): Promise<unknown>;
  requests(vendor: 'bamboohr' | 'jumpcloud'): Promise<LoggedRequest[]>;
  close(): Promise<void>;
}

export async function startVendors(seed: { bamboohr?: object; jumpcloud?: object } = {}): Promise<Vendors> {
  const bamboohr = await startEmulator(createBambooHr({ ...COMPANY, ...seed.bamboohr }), { now: NOW });
  const jumpcloud = await startEmulator(createJumpCloud({ ...DIRECTORY, ...seed.jumpcloud }), { now: NOW });
  const sent: Sent[] = [];
  const agent: Agent = new Agent({ connections: 8 });
  const dispatcher: Dispatcher = recording(agent, sent);

  async function control(vendor: 'bamboohr' | 'jumpcloud', method: string, path: string, body?: unknown) {
    const url = (vendor === 'bamboohr' ? bamboohr : jumpcloud).url;
    const answer = await fetch(`${url}/_emulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    const text = await answer.text();
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  return {
    bamboohr,
    jumpcloud,
    sent,
    control,
    connect(limits = {}, breaking = undefined) {
      // Waiting is for people; time passes without it, so that Retry-After dates come.
      let skipped = 0;
      const wire: Partial<Wire> = {
        dispatcher: breaking === undefined ? dispatcher : breakingOnce(dispatcher, breaking),
        sleep: (milliseconds) => Promise.resolve((skipped += milliseconds)),
        now: () => Date.now() + skipped,
        random: () => 0.5,
      };
      const environment = {
        BAMBOOHR_COMPANY: 'acme',
        BAMBOOHR_API_KEY: 'any',
        BAMBOOHR_BASE_URL: bamboohr.url,
        JUMPCLOUD_API_KEY: 'any',
        JUMPCLOUD_BASE_URL: jumpcloud.url,
      };
      return {
        hr: connectBambooHr(environment, { wire, limits }),
        webhooks: connectWebhooks(environment, { wire, limits }),
        reader: connectDirectoryReader(environment, { wire, limits }),
        writer: connectDirectoryWriter(environment, { wire, limits }),
      };
    },
    requests: async (vendor) => (await control(vendor, 'GET', '/requests')) as LoggedRequest[],
    async close() {
      await agent.destroy();
      await bamboohr.close();
      await jumpcloud.close();
    },
  };
}

function breakingOnce(
  dispatcher: Dispatcher,
  { method, path, error }: { method: string; path: string; error: Error },
): Dispatcher {
  let isDue = true;
  return dispatcher.compose((dispatch) => (options, handler) => {
    if (!isDue || options.method !== method || !options.path.startsWith(path))
      return dispatch(options, handler);
    isDue = false;
    throw error;
  });
}

const COMPANY = {
  company: 'acme',
  timezone: 'America/Denver',
  employees: [
    {
      id: '101',
      firstName: 'Ada',
      lastName: 'Lovelace',
      workEmail: 'ada@example.com',
      status: 'Active',
      employmentHistoryStatus: 'Full-Time',
      hireDate: '2020-01-01',
      department: 'Engineering',
      jobTitle: 'Engineer',
      customBadge: 'B1',
    },
    {
      id: '102',
      firstName: 'Bo',
      lastName: 'Ek',
      workEmail: null,
      status: 'Active',
      employmentHistoryStatus: 'Full-Time',
      hireDate: '2021-05-01',
      department: 'Sales',
      supervisorEId: '101',
      customBadge: null,
    },
    {
      id: '103',
      firstName: 'Cy',
      lastName: 'Ro',
      workEmail: 'cy@example.com',
      status: 'Inactive',
      employmentHistoryStatus: 'Terminated',
      hireDate: '2019-01-01',
      terminationDate: '2025-01-31',
    },
  ],
  tables: {
    employmentStatus: [{ employeeId: '102', date: '2027-01-31', employmentStatus: 'Terminated' }],
    jobInfo: [],
  },
  webhooks: [
    {
      id: '21',
      owner: 'any',
      name: 'Rollcall',
      url: 'https://relay.example.com/webhook',
      format: 'json',
      created: '2026-11-01 12:00:00',
      lastSent: null,
      events: ['employee.updated'],
      monitorFields: ['status'],
      privateKey: '0123456789abcdef0123456789abcdef',
    },
  ],
  timeOffRequests: [
    {
      id: '1',
      employeeId: '101',
      status: { status: 'approved' },
      name: 'Ada',
      start: '2026-11-01',
      end: '2026-12-31',
      created: '2026-10-01',
      type: { id: '80', name: 'Parental' },
      amount: { unit: 'days', amount: '40' },
      dates: {},
      notes: {},
    },
  ],
};

const hex = (n: number): string => n.toString(16).padStart(24, '0');
/** Ids of the seeded directory. */
export const ID = {
  ada: hex(1),
  bo: hex(2),
  staff: hex(11),
  sales: hex(12),
  laptops: hex(21),
  policy: hex(31),
  key: hex(41),
  job: hex(51),
  webhook: '21',
};

const DIRECTORY = {
  users: [
    {
      _id: ID.ada,
      username: 'ada',
      email: 'ada@example.com',
      state: 'ACTIVATED',
      employeeIdentifier: '101',
      phoneNumbers: [{ type: 'home', number: '9' }],
      ssh_keys: [{ _id: ID.key, name: 'mac', public_key: 'ssh-ed25519 AAAA' }],
    },
    {
      _id: ID.bo,
      username: 'bo',
      email: 'bo@example.com',
      state: 'STAGED',
      employeeIdentifier: '102',
      manager: 'ada',
    },
  ],
  userGroups: [
    { id: ID.staff, name: 'All Staff', membershipMethod: 'STATIC', members: ['ada'] },
    { id: ID.sales, name: 'Sales', membershipMethod: 'STATIC' },
  ],
  systems: [{ displayName: 'mac-1', hostname: 'mac-1' }],
  systemGroups: [{ id: ID.laptops, name: 'Laptops' }],
  policies: [{ id: ID.policy, name: 'Encrypt disks' }],
  applications: [{ name: 'wiki', displayLabel: 'Wiki' }],
  associations: [{ user: 'ada', type: 'policy', target: 'Encrypt disks' }],
  scheduled: [
    { user: 'ada', state: 'SUSPENDED', scheduledDate: '2026-12-01T00:00:00.000Z', scheduledJobId: ID.job },
  ],
};

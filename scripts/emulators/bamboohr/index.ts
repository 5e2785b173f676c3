/** The emulated BambooHR: one company behind both of the vendor's base URLs. */
import { type Answer, type Call, type Service } from '../kit/service.ts';
import { authenticate } from './access.ts';
import { changedListRoutes } from './changed-list.ts';
import { commonHeaders, legacyError, unauthorized } from './answers.ts';
import type { Company } from './company.ts';
import { customReportRoutes } from './custom-report.ts';
import { datasetRoutes } from './datasets.ts';
import { directoryRoutes } from './directory.ts';
import { createLedger, storedText } from './effective-changes.ts';
import { employeeListRoutes } from './employee-list.ts';
import { employeeTableRoutes } from './employee-tables.ts';
import { metaRoutes } from './meta.ts';
import { createThrottle } from './throttle.ts';
import { createRouter, type Route } from './route.ts';
import { readSeed, writeSeed } from './seed.ts';
import { singleEmployeeRoutes } from './single-employee.ts';
import { timeOffRoutes } from './time-off.ts';
import { createDeliveries } from './webhook-delivery.ts';
import { webhookRoutes } from './webhook-routes.ts';
import { writeRoutes } from './writes.ts';

const ROUTES: Route[] = [
  ...employeeListRoutes,
  ...singleEmployeeRoutes,
  ...directoryRoutes,
  ...changedListRoutes,
  ...employeeTableRoutes,
  ...metaRoutes,
  ...datasetRoutes,
  ...customReportRoutes,
  ...timeOffRoutes,
  ...webhookRoutes,
  ...writeRoutes,
];

/** Both base URLs: the legacy gateway names the company in the path, the newer one in the host name. */
const GATEWAY = /^\/api\/gateway\.php\/([^/]+)(\/v\d(?:_\d)?\/.*)$/;
const DIRECT = /^\/api(\/v\d(?:_\d)?\/.*)$/;

/**
 * @param seed the `bamboohr` part of a seed
 * @throws SeedError when the seed cannot be a company
 */
export function createBambooHr(seed: unknown): Service {
  const company = readSeed(structuredClone(seed), new Date());
  const deliveries = createDeliveries(company);
  let emulatedNow = company.asOf;
  const ledger = createLedger(company, (changes, at) => deliveries.send(changes, at, emulatedNow));
  const world = { company, ledger, deliveries };
  const route = createRouter(ROUTES);
  const throttle = createThrottle();

  function moveTo(now: Date): void {
    emulatedNow = now;
    ledger.advance(now);
    deliveries.retry(now);
  }

  function respond(call: Call): Answer {
    const gateway = GATEWAY.exec(call.path);
    const path = (gateway?.[2] ?? DIRECT.exec(call.path)?.[1])?.replace(/\/$/, '');
    const named = gateway?.[1] ?? /^([^.:]+)\.bamboohr\.com/i.exec(call.headers.host ?? '')?.[1];
    if (path === undefined) return legacyError(404, 'Not found');
    if (named !== undefined && named.toLowerCase() !== company.name.toLowerCase())
      return company.switches.unknownCompanyStatus === 401
        ? unauthorized(named)
        : legacyError(company.switches.unknownCompanyStatus, 'Company not found');
    const limited = throttle(company);
    if (limited !== undefined) return limited;
    const caller = authenticate(company, call);
    if (caller === undefined) return unauthorized(company.name);
    if (caller === 'disabled') return legacyError(403, 'The user of this API key is disabled');
    const found = route(call.method, path);
    if (found === undefined) return legacyError(404, 'Not found');
    if (found === 'method') return legacyError(405, 'Method not allowed');
    if (!caller.mayUse(found.route.area))
      return legacyError(403, 'You do not have permission to use this resource');
    return found.route.answer({ call, params: found.params, caller, world });
  }

  return {
    name: 'bamboohr',
    routes: ROUTES.map(({ method, template }) => `${method} /api${template}`),
    answer: (call) => {
      moveTo(call.now);
      const answer = respond(call);
      return { ...answer, headers: { ...commonHeaders(), ...answer.headers } };
    },
    exportState: () => writeSeed(company),
    importState: (state, now) => {
      moveTo(now);
      const next = readSeed(structuredClone(state), now);
      ledger.commit(differing(company, next), now, () => replaceCompany(company, next, state));
    },
    reset: (now) => {
      deliveries.clear();
      Object.assign(company, readSeed(structuredClone(seed), now), { revision: company.revision + 1 });
      emulatedNow = now;
    },
    clockMoved: (_, to) => moveTo(to),
    close: () => deliveries.close(),
  };
}

/** Ids of employees whose facts or rows are not the same in both companies. */
function differing(company: Company, next: Company): string[] {
  const ids = new Set([...company.employees.keys(), ...next.employees.keys()]);
  return [...ids].filter((id) => {
    const [before, after] = [company.employees.get(id), next.employees.get(id)];
    if (before === undefined || after === undefined) return true;
    return storedText(company, before) !== storedText(next, after);
  });
}

/** Takes over `next`; who keeps an id keeps its record's stamps, and what the input does not mention of webhooks stays. */
function replaceCompany(company: Company, next: Company, state: unknown): void {
  for (const [id, employee] of next.employees) {
    const known = company.employees.get(id);
    if (known === undefined) continue;
    employee.inserted = known.inserted;
    if (employee.facts['lastChanged'] === known.facts['lastChanged'])
      employee.lastChanged = known.lastChanged;
  }
  const kept = {
    deleted: company.deleted,
    revision: company.revision,
    lastEmployeeId: Math.max(company.lastEmployeeId, next.lastEmployeeId),
    lastRowId: Math.max(company.lastRowId, next.lastRowId),
    lastWebhookId: Math.max(company.lastWebhookId, next.lastWebhookId),
    photoReads: company.photoReads,
    tornPages: company.tornPages,
  };
  const { webhooks } = company;
  Object.assign(company, next, kept);
  const names = (key: string): boolean => typeof state === 'object' && state !== null && key in state;
  if (!names('webhooks')) company.webhooks = webhooks;
}

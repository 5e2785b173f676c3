/** Who calls and what that caller may see: a key inherits its user's access level and nothing more. */
import type { Call } from '../kit/service.ts';
import type { ApiKey, Company, Employee } from './company.ts';
import type { Reader } from './field-values.ts';
import { LIST_OPTION_IDS } from './field-catalogue.ts';
import { rosterOf } from './roster.ts';

/** Route areas that a key can be denied (`deny` of `apiKeys`). */
export type Area =
  | 'employees'
  | 'directory'
  | 'changed'
  | 'tables'
  | 'meta'
  | 'users'
  | 'datasets'
  | 'reports'
  | 'time_off'
  | 'webhooks'
  | 'write';

export interface Caller {
  /** The key or token: owner of webhooks. */
  key: string;
  employeeId: string | undefined;
  mayUse(area: Area): boolean;
  /** False for an employee whom the caller's access level hides as a whole. */
  sees(employee: Employee, reader: Reader): boolean;
  /** True when the caller may not read that field (by alias) of anybody. */
  hidesColumn(alias: string): boolean;
  /** True when the caller may not read that field of this employee. */
  hides(alias: string, employee: Employee): boolean;
}

/** All faces of one stored field: hiding one hides them all. */
const ONE_FIELD = [
  ['reportsTo', 'supervisor', 'supervisorId', 'supervisorEId', 'supervisorEmail', 'isSupervisor'],
];

/** The caller, `disabled` for a key whose owner was disabled, or undefined when no valid key was given. */
export function authenticate(company: Company, call: Call): Caller | 'disabled' | undefined {
  const key = readKey(call.headers.authorization);
  if (key === undefined) return undefined;
  return callerOf(company, key);
}

/** The caller behind a key: also the owner of a webhook, whose rights decide what it is sent. */
export function callerOf(company: Company, key: string): Caller | 'disabled' | undefined {
  if (company.apiKeys === undefined) return createCaller(company, { ...OPEN, key });
  const known = company.apiKeys.find((entry) => entry.key === key);
  if (known === undefined) return undefined;
  return known.disabled ? 'disabled' : createCaller(company, known);
}

const OPEN: Omit<ApiKey, 'key'> = {
  hideEmployees: [],
  hideInactive: false,
  hideFields: [],
  hideFieldsOf: {},
  deny: [],
  disabled: false,
};

/** Basic with the key as user name and any password, or an OAuth bearer token. */
function readKey(header: string | undefined): string | undefined {
  const [scheme = '', credentials = ''] = (header ?? '').trim().split(/\s+/, 2);
  if (/^bearer$/i.test(scheme)) return credentials === '' ? undefined : credentials;
  if (!/^basic$/i.test(scheme)) return undefined;
  const user = Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0] ?? '';
  return user === '' ? undefined : user;
}

function createCaller(company: Company, key: ApiKey): Caller {
  const hidden = aliasesOf(company, key.hideFields);
  const hiddenOf = new Map(
    Object.entries(key.hideFieldsOf).map(([id, names]) => [id, aliasesOf(company, names)]),
  );
  const denied = new Set(key.deny);
  const unseen = new Set(key.hideEmployees);
  return {
    key: key.key,
    employeeId: key.employeeId,
    mayUse: (area) => !denied.has(area),
    sees: (employee, reader) =>
      !unseen.has(employee.id) && !(key.hideInactive && reader.dated(employee).status === 'Inactive'),
    hidesColumn: (alias) => hidden.has(alias),
    hides: (alias, employee) => hidden.has(alias) || hiddenOf.get(employee.id)?.has(alias) === true,
  };
}

function aliasesOf(company: Company, names: string[]): Set<string> {
  const { vocabulary } = rosterOf(company);
  const aliases = new Set<string>();
  for (const name of names) {
    const alias = LIST_OPTION_IDS[name] ?? vocabulary.any(name)?.alias ?? name;
    for (const face of ONE_FIELD.find((faces) => faces.includes(alias)) ?? [alias]) aliases.add(face);
  }
  return aliases;
}

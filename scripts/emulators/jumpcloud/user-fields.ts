/**
 * The fields of a user that a client may write, as the OpenAPI document's SystemUserPost and SystemUserPut name
 * them. What is not in this table is ignored: unknown keys and read-only ones alike.
 */
import { isRefused, refuse, type Refused } from './answers.ts';
import { hashId, isObjectId } from './object-id.ts';
import type { Switches } from './switches.ts';

type Kind =
  | 'text'
  | 'boolean'
  | 'integer'
  | 'username'
  | 'email'
  | 'identifier'
  | 'manager'
  | 'addresses'
  | 'phoneNumbers'
  | 'attributes'
  | 'list'
  | 'object'
  | 'sshKeys'
  | 'recoveryEmail';

interface FieldRule {
  kind: Kind;
  /** Longest text; 1024 in the document where it says anything. */
  max?: number;
  /** Left out of one of the two documents. */
  only?: 'create' | 'update';
}

const FIELDS: Record<string, FieldRule> = {
  username: { kind: 'username' },
  email: { kind: 'email', max: 1024 },
  firstname: { kind: 'text', max: 1024 },
  middlename: { kind: 'text', max: 1024 },
  lastname: { kind: 'text', max: 1024 },
  displayname: { kind: 'text', max: 1024 },
  description: { kind: 'text', max: 1024 },
  jobTitle: { kind: 'text', max: 1024 },
  department: { kind: 'text', max: 1024 },
  location: { kind: 'text', max: 1024 },
  company: { kind: 'text', max: 1024 },
  costCenter: { kind: 'text', max: 1024 },
  employeeType: { kind: 'text', max: 1024 },
  employeeIdentifier: { kind: 'identifier', max: 256 },
  alternateEmail: { kind: 'text', max: 1024 },
  managedAppleId: { kind: 'text', max: 1024 },
  manager: { kind: 'manager' },
  addresses: { kind: 'addresses' },
  phoneNumbers: { kind: 'phoneNumbers' },
  attributes: { kind: 'attributes' },
  relationships: { kind: 'list' },
  restrictedFields: { kind: 'list' },
  ssh_keys: { kind: 'sshKeys', only: 'update' },
  mfa: { kind: 'object' },
  delegatedAuthority: { kind: 'object' },
  recoveryEmail: { kind: 'recoveryEmail', only: 'create' },
  activated: { kind: 'boolean', only: 'create' },
  passwordless_sudo: { kind: 'boolean', only: 'create' },
  account_locked: { kind: 'boolean' },
  allow_public_key: { kind: 'boolean' },
  disableDeviceMaxLoginAttempts: { kind: 'boolean' },
  enable_managed_uid: { kind: 'boolean' },
  enable_user_portal_multifactor: { kind: 'boolean' },
  externally_managed: { kind: 'boolean' },
  ldap_binding_user: { kind: 'boolean' },
  password_never_expires: { kind: 'boolean' },
  samba_service_user: { kind: 'boolean' },
  sudo: { kind: 'boolean' },
  external_dn: { kind: 'text', max: 1024 },
  external_source_type: { kind: 'text', max: 1024 },
  external_password_expiration_date: { kind: 'text', max: 1024 },
  public_key: { kind: 'text' },
  unix_uid: { kind: 'integer' },
  unix_guid: { kind: 'integer' },
};

const ADDRESS_PARTS = [
  'type',
  'poBox',
  'extendedAddress',
  'streetAddress',
  'locality',
  'region',
  'postalCode',
  'country',
];

/**
 * Reads the writable fields of a request body. `undefined` as a value means: unset the field.
 * `owner` seeds the ids of array items, so that sending the same items again gives the same ids.
 */
export function readUserFields(
  body: Record<string, unknown>,
  mode: 'create' | 'update',
  owner: string,
  switches: Switches,
  now: Date,
): Record<string, unknown> | Refused {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const rule = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (rule === undefined || value === undefined || (rule.only !== undefined && rule.only !== mode))
      continue;
    const read = readField(name, rule, value, owner, switches, now);
    if (isRefused(read)) return read;
    fields[name] = read.value;
  }
  return fields;
}

function readField(
  name: string,
  rule: FieldRule,
  value: unknown,
  owner: string,
  switches: Switches,
  now: Date,
): { value: unknown } | Refused {
  switch (rule.kind) {
    case 'username':
      return readUsername(value, switches);
    case 'email': {
      const text = castText(name, value, rule.max);
      if (isRefused(text)) return text;
      if (text.value === '') return refuse(400, 'Path `email` is required.');
      // How strictly JumpCloud judges addresses is not known; without an @ it is certainly none.
      return /^[^\s@]+@[^\s@]+$/.test(text.value) ? text : refuse(400, 'email is not a valid email address');
    }
    case 'identifier': {
      const text = castText(name, value, rule.max);
      return !isRefused(text) && text.value === '' ? { value: undefined } : text;
    }
    case 'text':
      return castText(name, value, rule.max);
    case 'boolean':
      if (typeof value === 'boolean') return { value };
      if (value === null) return { value: false };
      if (value === 'true' || value === 'false') return { value: value === 'true' };
      return castFailure('Boolean', name, value);
    case 'integer':
      if (value === null) return { value: undefined };
      return typeof value === 'number' && Number.isInteger(value) && value >= 1
        ? { value }
        : castFailure('Number', name, value);
    case 'manager':
      // Only null clears: "" fails as any other text that is no id does (official module, pull request 611).
      if (value === null) return { value: undefined };
      return isObjectId(value) ? { value } : castFailure('ObjectId', name, value);
    case 'addresses':
      return readItems(name, value, ADDRESS_PARTS, owner);
    case 'phoneNumbers':
      return readItems(name, value, ['type', 'number'], owner);
    case 'attributes':
      return readAttributes(value);
    case 'sshKeys':
      return readSshKeys(value, owner, now);
    case 'recoveryEmail': {
      const address = (value as { address?: unknown } | null)?.address;
      return typeof address === 'string'
        ? { value: { address, verified: false } }
        : castFailure('Object', name, value);
    }
    case 'list':
      return Array.isArray(value) ? { value } : castFailure('Array', name, value);
    case 'object':
      return typeof value === 'object' ? { value } : castFailure('Object', name, value);
  }
}

/** Text as Mongoose casts it: numbers and booleans become text, null empties, objects fail. */
function castText(name: string, value: unknown, max = Infinity): { value: string } | Refused {
  if (value === null) return { value: '' };
  if (typeof value === 'object') return castFailure('String', name, value);
  const text = String(value);
  if (text.length <= max) return { value: text };
  return refuse(400, `Path \`${name}\` is longer than the maximum allowed length (${max}).`);
}

function castFailure(type: string, name: string, value: unknown): Refused {
  return refuse(400, `Cast to ${type} failed for value ${JSON.stringify(value)} at path "${name}"`);
}

/** Naming convention of the knowledge base: starts with a letter, no spaces, no "@", Unix characters. */
function readUsername(value: unknown, switches: Switches): { value: string } | Refused {
  const text = castText('username', value, switches.usernameMax);
  if (isRefused(text)) return text;
  if (text.value === '') return refuse(400, 'Path `username` is required.');
  return new RegExp(switches.usernamePattern).test(text.value)
    ? text
    : refuse(
        400,
        'username may only contain letters, numbers, dot, dash and underscore and starts with a letter',
      );
}

/** Address and phone items carry an id of the server's making; ids that a client sends are ignored. */
function readItems(
  name: string,
  value: unknown,
  parts: string[],
  owner: string,
): { value: Record<string, string>[] } | Refused {
  if (!Array.isArray(value)) return castFailure('Array', name, value);
  const items: Record<string, string>[] = [];
  for (const [index, entry] of (value as unknown[]).entries()) {
    if (typeof entry !== 'object' || entry === null)
      return castFailure('Embedded', `${name}.${index}`, entry);
    const item: Record<string, string> = {};
    for (const part of parts) {
      const raw = (entry as Record<string, unknown>)[part];
      if (raw === undefined) continue;
      const text = castText(`${name}.${index}.${part}`, raw, 1024);
      if (isRefused(text)) return text;
      item[part] = text.value;
    }
    items.push({ ...item, id: hashId(owner, name, item['type'] ?? '', index) });
  }
  return { value: items };
}

/** The two messages are those that the official module's tests expect. */
function readAttributes(value: unknown): { value: { name: string; value: string }[] } | Refused {
  if (!Array.isArray(value)) return castFailure('Array', 'attributes', value);
  const attributes: { name: string; value: string }[] = [];
  for (const entry of value as unknown[]) {
    const { name, value: raw } = (entry ?? {}) as { name?: unknown; value?: unknown };
    if (typeof name !== 'string' || name === '') return refuse(400, 'Attribute names may not be empty');
    if (/\s/.test(name)) return refuse(400, 'Attribute names may not contain spaces');
    if (!/^[A-Za-z0-9]+$/.test(name))
      return refuse(400, 'Attribute names may only contain letters and numbers');
    if (attributes.some((other) => other.name === name)) return refuse(400, 'Attribute names must be unique');
    const text = castText(`attributes.${name}`, raw ?? '', 1024);
    if (isRefused(text)) return text;
    attributes.push({ name, value: text.value });
  }
  return { value: attributes };
}

function readSshKeys(value: unknown, owner: string, now: Date): { value: unknown } | Refused {
  if (!Array.isArray(value)) return castFailure('Array', 'ssh_keys', value);
  const keys: Record<string, string>[] = [];
  for (const entry of value as unknown[]) {
    const { name, public_key: key } = (entry ?? {}) as { name?: unknown; public_key?: unknown };
    if (typeof name !== 'string' || typeof key !== 'string' || name === '' || key === '')
      return refuse(400, 'ssh keys need a name and a public_key');
    keys.push({
      _id: hashId(owner, 'ssh', name, key),
      name,
      public_key: key,
      create_date: now.toISOString(),
    });
  }
  return { value: keys };
}

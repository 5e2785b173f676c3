/**
 * The flat names of mappings/attributes.yaml and JumpCloud's own shape. Three of them are arrays that a write replaces
 * whole (the official module reads, merges and writes them back), so a change is merged into the copy read just before.
 *
 * | ours                     | JumpCloud                                    |
 * |--------------------------|----------------------------------------------|
 * | `jobTitle`               | `jobTitle`                                   |
 * | `phone.work`             | `phoneNumbers: [{type: work, number}]`       |
 * | `address.work.locality`  | `addresses: [{type: work, locality}]`        |
 * | `custom.costCode`        | `attributes: [{name: costCode, value}]`      |
 */
import { ADDRESS_PARTS, PROFILE_ATTRIBUTES } from '../../core/mappings/attributes-file.ts';

type Item = Record<string, unknown>;

/** The array keys of a user; an absent one is empty. */
export interface UserArrays {
  phoneNumbers?: Item[] | null | undefined;
  addresses?: Item[] | null | undefined;
  attributes?: Item[] | null | undefined;
}

/** Flat name -> value; what is empty is left out. The first of several items of one type counts. */
export function flattenAttributes(user: UserArrays & Record<string, unknown>): Record<string, string> {
  const flat: Record<string, string> = {};
  function add(name: string, value: unknown): void {
    if (typeof value === 'string' && value !== '' && !Object.hasOwn(flat, name)) flat[name] = value;
  }
  for (const name of PROFILE_ATTRIBUTES) add(name, user[name]);
  for (const phone of user.phoneNumbers ?? []) add(`phone.${String(phone['type'])}`, phone['number']);
  for (const address of firstOfEachType(user.addresses ?? []))
    for (const part of ADDRESS_PARTS) add(`address.${String(address['type'])}.${part}`, address[part]);
  for (const attribute of user.attributes ?? [])
    add(`custom.${String(attribute['name'])}`, attribute['value']);
  return flat;
}

export function touchesArrays(changes: Record<string, string | null>): boolean {
  return Object.keys(changes).some((name) => name.includes('.'));
}

/**
 * The part of a write that carries `changes` (null clears) over `current`: plain keys as they are, and every array that
 * is touched, whole. Items of others keep their place and everything but the server's ids.
 */
export function spellAttributes(
  changes: Record<string, string | null>,
  current: UserArrays,
): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(changes)) {
    const [kind = '', type = '', part = ''] = name.split('.');
    switch (kind) {
      case 'phone':
        body['phoneNumbers'] = withValue(listOf(body['phoneNumbers'] ?? current.phoneNumbers), 'type', type, {
          number: value,
        });
        break;
      case 'address':
        body['addresses'] = withValue(listOf(body['addresses'] ?? current.addresses), 'type', type, {
          [part]: value,
        });
        break;
      case 'custom':
        body['attributes'] = withValue(listOf(body['attributes'] ?? current.attributes), 'name', type, {
          value,
        });
        break;
      default:
        // "" is JumpCloud's way to empty a text; leaving the key out leaves it alone.
        body[name] = value ?? '';
    }
  }
  return body;
}

/** Sets the values in the first item whose `key` is `name`; null takes a value away, and an item left with nothing goes. */
function withValue(
  items: Item[],
  key: 'type' | 'name',
  name: string,
  values: Record<string, string | null>,
): Item[] {
  const index = items.findIndex((item) => item[key] === name);
  const known = index < 0 ? { [key]: name } : items[index];
  const merged = Object.fromEntries(
    Object.entries({ ...known, ...values }).filter(
      ([part, value]) => value !== null && !(value === '' && part !== key),
    ),
  );
  const isEmpty = Object.keys(merged).every((part) => part === key);
  if (index < 0) return isEmpty ? items : [...items, merged];
  const rest = items.slice(index + 1);
  // Clearing means that no item of this name is left to speak, so later ones of the same name go as well.
  return [
    ...items.slice(0, index),
    ...(isEmpty ? rest.filter((item) => item[key] !== name) : [merged, ...rest]),
  ];
}

function listOf(value: unknown): Item[] {
  return Array.isArray(value) ? (value as Item[]).map(({ id: _id, _id: _legacyId, ...item }) => item) : [];
}

function firstOfEachType(items: Item[]): Item[] {
  return items.filter((item, index) => items.findIndex((other) => other['type'] === item['type']) === index);
}

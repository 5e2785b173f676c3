/** Fields of a JSON value of any shape: what an action's `before` and `after` hold depends on its kind. */
import type { Json } from './canonical-json.ts';

/** The text at `key` of an object, '' when there is none. */
export function textIn(value: Json, key: string): string {
  const text = fieldOf(value, key);
  return typeof text === 'string' ? text : '';
}

/** The object at `key` of an object, an empty one when there is none. */
export function objectIn(value: Json, key: string): { [key: string]: Json } {
  const inner = fieldOf(value, key);
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
}

/** The texts in the list at `key` of an object, none when there is no list. */
export function textsIn(value: Json, key: string): string[] {
  const list = fieldOf(value, key);
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}

export function isTrue(value: Json, key: string): boolean {
  return fieldOf(value, key) === true;
}

/** Whatever stands at `key` of an object; undefined when it is none, or has no such key. */
export function fieldOf(value: Json, key: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[key] : undefined;
}

/** Targets of bindings are `type:id`; the mappings and person files name the same thing `type:name`. */

/** `system_group` of `system_group:5f3a…`. */
export function bindingType(target: string): string {
  return target.split(':', 1)[0] ?? '';
}

/** The key under which mappings and person files know what stands at a target by this name. */
export function bindingKey(target: string, name: string): string {
  return `${bindingType(target)}:${name}`;
}

/** What an action carries, in the shapes that the ports take. */
import type { Action } from '../core/plan/action.ts';
import { textIn } from '../core/values/json-fields.ts';
import type { NewAccount } from '../ports.ts';

export function stateIn(action: Action): 'ACTIVATED' | 'SUSPENDED' {
  return action.target === 'ACTIVATED' ? 'ACTIVATED' : 'SUSPENDED';
}

/** `type:id`; an id of JumpCloud holds no colon. */
export function bindingIn(target: string): { type: string; id: string } {
  const at = target.indexOf(':');
  return { type: target.slice(0, at), id: target.slice(at + 1) };
}

export function newAccountIn(action: Action): NewAccount {
  return {
    username: textIn(action.after, 'username'),
    email: textIn(action.after, 'email'),
    state: textIn(action.after, 'state') === 'STAGED' ? 'STAGED' : 'ACTIVATED',
    anchor: textIn(action.after, 'anchor'),
    attributes: attributesIn(action),
  };
}

export function mailIn(action: Action): boolean | string {
  const after = action.after;
  const mail =
    typeof after === 'object' && after !== null && !Array.isArray(after) ? after['mail'] : undefined;
  return typeof mail === 'string' || typeof mail === 'boolean' ? mail : false;
}

function attributesIn(action: Action): Record<string, string> {
  const after = action.after;
  const attributes =
    typeof after === 'object' && after !== null && !Array.isArray(after) ? after['attributes'] : undefined;
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) return {};
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

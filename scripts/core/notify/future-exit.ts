/**
 * An exit that is still to come is nobody's business but of those who asked for it by name. Arming one says that it is
 * near, cancelling one says that there was one, and counting one as "1 leaver" says it in a company of nine.
 */
import type { Action } from '../plan/action.ts';
import { textIn } from '../values/json-fields.ts';

export function announcesExit(action: Pick<Action, 'kind' | 'target' | 'before'>): boolean {
  if (action.kind === 'schedule') return action.target === 'SUSPENDED';
  return action.kind === 'unschedule' && textIn(action.before, 'state') === 'SUSPENDED';
}

/**
 * Rules of dynamic groups: v1 `{queryType, filters: [{field, operator, value}]}` and v2 (`x-query-dsl: v2`)
 * `{filters: [{field: 'user.user_department', operation: 'equals', value}]}`. JumpCloud accepts any rule; a field
 * or operator that it does not know matches nobody (Terraform provider of Loadsmart).
 */
import { JUMPCLOUD, recordEvent } from './events.ts';
import { valuesAt } from './values.ts';
import type { UserDoc } from './user-store.ts';
import { nodeName, type GroupDoc, type World } from './world.ts';

const OPERATORS: Record<string, (actual: string[], wanted: string[]) => boolean> = {
  eq: (actual, wanted) => actual.some((value) => value === wanted[0]),
  equals: (actual, wanted) => actual.some((value) => value === wanted[0]),
  ne: (actual, wanted) => !actual.some((value) => value === wanted[0]),
  notEquals: (actual, wanted) => !actual.some((value) => value === wanted[0]),
  in: (actual, wanted) => actual.some((value) => wanted.includes(value)),
  notIn: (actual, wanted) => !actual.some((value) => wanted.includes(value)),
  contains: (actual, wanted) => actual.some((value) => wanted.some((term) => value.includes(term))),
  startsWith: (actual, wanted) => actual.some((value) => wanted.some((term) => value.startsWith(term))),
  endsWith: (actual, wanted) => actual.some((value) => wanted.some((term) => value.endsWith(term))),
};

export function isDynamic(group: GroupDoc): boolean {
  return group.membershipMethod.startsWith('DYNAMIC');
}

export function isExempt(group: GroupDoc, userId: string): boolean {
  return group.memberQueryExemptions.some((exemption) => exemption['id'] === userId);
}

/** Whether a user satisfies every filter of the rule; a rule without filters matches nobody. */
export function matchesRule(group: GroupDoc, user: UserDoc): boolean {
  const filters = group.memberQuery?.['filters'];
  if (!Array.isArray(filters) || filters.length === 0) return false;
  return (filters as unknown[]).every((filter) => {
    if (typeof filter !== 'object' || filter === null) return false;
    const { field, operator, operation, value } = filter as Record<string, unknown>;
    const name = typeof operation === 'string' ? operation : operator;
    const test = typeof name === 'string' && Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    const path = typeof field === 'string' ? userFieldOf(field, user) : undefined;
    if (test === undefined || path === undefined) return false;
    const wanted = Array.isArray(value) ? value.map(String) : String(value).split('|');
    return test(valuesAt(user, path), wanted);
  });
}

/** v2 rules name fields as `user.email` or `user.user_department`, v1 rules as the user has them. */
function userFieldOf(field: string, user: UserDoc): string | undefined {
  const bare = field.replace(/^user\./, '');
  for (const candidate of [bare, camel(bare), camel(bare.replace(/^user_/, ''))])
    if (candidate.split('.')[0]! in user || candidate === 'employeeIdentifier' || candidate === 'manager')
      return candidate;
  return undefined;
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** JumpCloud re-evaluates on user creation and change, within seconds; here at once. */
export function reevaluateUser(world: World, user: UserDoc, now: Date): void {
  for (const group of world.groups.values())
    if (isAutomated(group)) settleMembership(world, group, user, now);
}

/** Re-evaluates one group over everybody: on every edit of the group, and nightly. */
export function reevaluateGroup(world: World, group: GroupDoc, now: Date): void {
  if (!isAutomated(group)) return;
  for (const user of world.users.values()) settleMembership(world, group, user, now);
}

/** What a rule that waits for review would change. */
export function suggestMembers(world: World, group: GroupDoc): { op: 'add' | 'remove'; id: string }[] {
  if (group.membershipMethod !== 'DYNAMIC_REVIEW_REQUIRED' || group.type !== 'user_group') return [];
  const members = world.graph.trueNeighbours(group.id, 'user');
  const suggestions: { op: 'add' | 'remove'; id: string }[] = [];
  for (const user of world.users.values()) {
    if (isExempt(group, user.id)) continue;
    const matches = matchesRule(group, user);
    if (matches !== members.has(user.id)) suggestions.push({ op: matches ? 'add' : 'remove', id: user.id });
  }
  return suggestions;
}

/** A group without a rule has nothing to evaluate: whoever is in it stays. */
function isAutomated(group: GroupDoc): boolean {
  return (
    group.type === 'user_group' &&
    group.membershipMethod === 'DYNAMIC_AUTOMATED' &&
    group.memberQuery !== null
  );
}

function settleMembership(world: World, group: GroupDoc, user: UserDoc, now: Date): void {
  if (isExempt(group, user.id)) return;
  const groupNode = { type: 'user_group', id: group.id };
  const userNode = { type: 'user', id: user.id };
  const member = world.graph.has(groupNode, userNode);
  const matches = matchesRule(group, user);
  if (member === matches) return;
  if (matches) world.graph.connect(groupNode, userNode);
  else world.graph.disconnect(groupNode, userNode);
  recordEvent(world, JUMPCLOUD, now, 'association_change', {
    resource: { type: 'user_group', id: group.id, name: group.name },
    association: {
      op: matches ? 'add' : 'remove',
      action_source: 'automated',
      connection: {
        from: { type: 'user_group', object_id: group.id, name: group.name },
        to: { type: 'user', object_id: user.id, name: nodeName(world, userNode) },
      },
    },
  });
}

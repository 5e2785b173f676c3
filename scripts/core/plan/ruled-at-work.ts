/** Whether the rules would give something to a person at work: what leave or leaving takes of that, they decide anew on return. */
import { workedOut } from '../mappings/rule-failure.ts';
import { accessAtWork } from '../people/account.ts';
import type { Employee } from '../people/employee.ts';
import type { DesiredAccount, PersonFile } from '../people/person-file.ts';
import type { World } from './context.ts';

export interface RuledAtWork {
  /** By name. */
  group: (name: string) => boolean;
  /** By `type:name`. */
  binding: (key: string) => boolean;
}

/** Where a rule cannot be worked out, whatever the mappings name counts. */
export function ruledAtWork(
  { employee }: PersonFile,
  { username, email }: DesiredAccount,
  { policy, asOf }: World,
): RuledAtWork {
  const atWork = workedOut(() =>
    accessAtWork({ employee: employee as Employee, username, email, asOf }, policy),
  );
  if (atWork === undefined)
    return {
      group: (name) => policy.groups.some((group) => group.name === name),
      binding: (key) => policy.bindings.some(({ type, name }) => `${type}:${name}` === key),
    };
  const { groups, bindings = {} } = atWork;
  return { group: (name) => Object.hasOwn(groups, name), binding: (key) => Object.hasOwn(bindings, key) };
}

/**
 * Exceptions that change nothing any more. Those that have ended or soon will are told by the planner.
 *
 * | exception | stale when                                                                |
 * |-----------|---------------------------------------------------------------------------|
 * | any       | its person is not in state/people                                         |
 * | hold      | the person is on hold anyway, or has left                                 |
 * | group     | a rule gives the group too, or the person has left                        |
 * | pin       | the rule gives the same value, or the person has left                     |
 * | ignore    | JumpCloud has no such account                                             |
 * | adopt     | the account is linked already, or JumpCloud has no such account           |
 * | reinstate | the person is not suspended by hand (any more)                            |
 * | left      | HR shows the person again                                                 |
 */
import type { Policy } from '../mappings/policy.ts';
import { workedOut } from '../mappings/rule-failure.ts';
import { accessAtWork } from '../people/account.ts';
import type { Employee } from '../people/employee.ts';
import type { PersonFile } from '../people/person-file.ts';
import { sameText } from '../plan/diff-attributes.ts';
import { foldEmail } from '../values/fold-name.ts';
import type { Drift } from './drift.ts';
import type { Scene } from './scene.ts';

type Placed = Policy['exceptions'][number];

export function checkExceptions(scene: Scene): Drift[] {
  return scene.policy.exceptions.flatMap((exception): Drift[] => {
    if (exception.expires < scene.asOf) return [];
    const why = staleReason(exception, scene);
    if (why === undefined) return [];
    return [
      {
        kind: 'stale-exception',
        severity: 'info',
        ...('person' in exception ? { person: exception.person } : {}),
        target: exception.place,
        message: `exception "${exception.kind}" changes nothing any more: ${why}; ${exception.owner} removes it`,
        remedy: 'report',
      },
    ];
  });
}

function staleReason(exception: Placed, scene: Scene): string | undefined {
  if (exception.kind === 'ignore')
    return findAccount(exception.account, scene) === undefined ? 'JumpCloud has no such account' : undefined;
  const person = scene.people.get(exception.person);
  if (person === undefined) return 'nobody of this HR id is in state/people';
  switch (exception.kind) {
    case 'hold':
      return person.stage === 'left' ? 'the person has left' : undefined;
    case 'group':
      if (person.stage === 'left') return 'the person has left';
      return givenByRule(person, exception.group, scene)
        ? 'a rule of mappings/groups gives the group too'
        : undefined;
    case 'pin': {
      if (person.stage === 'left') return 'the person has left';
      const rule = scene.policy.attributes.find(({ name }) => name === exception.attribute)?.rule;
      const value = workedOut(() => rule?.evaluate(valuesOf(person)));
      return value !== undefined && sameText(value, exception.value)
        ? 'HR has the same value now'
        : undefined;
    }
    case 'adopt': {
      if (scene.matches.get(exception.person)?.kind === 'linked') return 'the account is linked';
      return findAccount(exception.account, scene) === undefined
        ? 'JumpCloud has no such account'
        : undefined;
    }
    case 'reinstate':
      return scene.ledger.people.get(exception.person)?.suspended?.why === 'manual'
        ? undefined
        : 'the person is not suspended by hand';
    case 'left':
      return person.missingSince === undefined ? 'HR shows the person' : undefined;
  }
}

function findAccount(name: string, { live }: Scene): { id: string } | undefined {
  const folded = foldEmail(name);
  return live.accounts.find(
    ({ username, email }) => foldEmail(username) === folded || foldEmail(email) === folded,
  );
}

function givenByRule(person: PersonFile, group: string, scene: Scene): boolean {
  const { username, email } = person.account ?? {};
  const rulesOnly: Policy = { ...scene.policy, exceptions: [] };
  const input = { employee: person.employee as Employee, username, email, asOf: scene.asOf };
  return Object.hasOwn(workedOut(() => accessAtWork(input, rulesOnly).groups) ?? {}, group);
}

function valuesOf({ employee, stage, account }: PersonFile): Record<string, string> {
  return {
    ...(employee as Record<string, string>),
    stage,
    username: account?.username ?? '',
    email: account?.email ?? '',
  };
}

/** The wish for a new account: complete or not at all, under names that nobody has, had or was promised. */
import { isAddress, proposeEmail, proposeUsername, type Reservations } from '../people/naming.ts';
import type { Employee } from '../people/employee.ts';
import type { DesiredAccount } from '../people/person-file.ts';
import { foldEmail, foldName } from '../values/fold-name.ts';
import type { Wish } from './action.ts';
import { causeOf, type Subject, wishFor, type World } from './context.ts';
import { activationMail } from './diff-account.ts';
import type { Held } from './plan-file.ts';
import type { GuardrailCode } from '../values/guardrail-codes.ts';
import { guardrailHold } from '../values/guardrail-words.ts';

export type CreateVerdict =
  | { ok: true; wishes: Wish[]; username: string; email: string }
  | { ok: false; held: Held };

/** `reserved` knows live names too. Where the mail does not go to the account's own address, it is staged first and activated with the mail policy. */
export function createAccount(
  subject: Subject,
  desired: DesiredAccount,
  world: World,
  reserved: Reservations,
): CreateVerdict {
  const { id, person } = subject;
  const hold = (code: GuardrailCode, what: string): CreateVerdict => ({
    ok: false,
    held: { person: id, ...guardrailHold(code, what) },
  });
  const employee = person.employee as Employee;
  const { email } = desired;
  if (email === undefined && proposeEmail(employee, world.policy.naming, reserved).taken !== undefined)
    return hold('address-taken', 'the work address belongs, or belonged, to somebody else');
  if (email === undefined || !isAddress(email)) return hold('no-address', 'no valid work address yet');
  const owner = reserved.emails.get(foldEmail(email));
  if (owner !== undefined && owner !== id)
    return hold('address-taken', `the work address belongs to ${ownerText(owner)}`);
  const promised = desired.username;
  const isFree = promised !== undefined && (reserved.usernames.get(foldName(promised)) ?? id) === id;
  const username = isFree ? promised : proposeUsername(employee, world.policy.naming, reserved);
  if (username === undefined)
    return hold('no-username', 'no rule of mappings/naming.yaml gives a free user name for this person');
  const missing = (['firstname', 'lastname'] as const).filter(
    (name) =>
      world.policy.attributes.some((attribute) => attribute.name === name) &&
      desired.attributes[name] === undefined,
  );
  if (missing.length === 2) return hold('no-name', 'BambooHR has neither first nor last name yet');
  const mail = activationMail(subject, world);
  const startsNow = desired.state === 'active';
  const state = startsNow && mail === true ? 'ACTIVATED' : 'STAGED';
  const hireDate = employee['hireDate'] ?? '';
  const because = startsNow ? `hired ${hireDate}` : `starts ${hireDate}: staged ahead`;
  const cause = causeOf(person, 'stage', 'hr');
  const wishes = [
    wishFor(subject, {
      kind: 'create',
      target: null,
      before: null,
      after: { username, email, state, anchor: id, attributes: desired.attributes },
      because,
      cause,
      risk: 'medium',
    }),
  ];
  if (startsNow && state === 'STAGED')
    wishes.push(
      wishFor(subject, {
        kind: 'activate',
        target: null,
        before: { state },
        after: { state: 'ACTIVATED', mail },
        because,
        cause,
        risk: 'medium',
      }),
    );
  return { ok: true, wishes, username, email };
}

function ownerText(owner: string): string {
  return owner.startsWith('account:') ? 'an account without an employee' : `employee ${owner}`;
}

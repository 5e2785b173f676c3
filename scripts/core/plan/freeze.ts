/** Whom nothing may be done about, and why: holds by people first, then HR's own contradictions, then what JumpCloud shows. */
import type { Match } from '../directory/match.ts';
import type { Policy } from '../mappings/policy.ts';
import type { Hold } from '../record/holds-file.ts';
import type { Day } from '../values/calendar.ts';
import type { Finding } from '../values/finding.ts';
import type { Subject } from './context.ts';
import { guardrailFinding, guardrailHold } from '../values/guardrail-words.ts';
import { sinceText } from '../people/person.ts';

export interface Freeze {
  code: string;
  message: string;
  /** Shown among the held; people who are simply not ours are only counted. */
  tell: boolean;
  finding?: Finding;
}

export function freezeReason(
  subject: Subject,
  match: Match,
  { holds, asOf, policy }: { holds: Readonly<Record<string, Hold>>; asOf: Day; policy: Policy },
): Freeze | undefined {
  const { id, person, account, record } = subject;
  if (subject.manual !== undefined)
    return match.kind === 'held' ? { code: match.code, message: match.message, tell: true } : undefined;
  // An id may read like something that every object has: `constructor` was on hold by nobody.
  const hold = Object.hasOwn(holds, id) ? holds[id] : undefined;
  if (hold !== undefined && (hold.until === undefined || hold.until >= asOf))
    return {
      ...guardrailHold(
        'held-by-reviewer',
        `on hold by ${hold.by}${hold.until === undefined ? '' : ` until ${hold.until}`}`,
      ),
      tell: true,
    };
  const exception = policy.exceptions.find(
    (entry) => entry.kind === 'hold' && entry.person === id && entry.expires >= asOf,
  );
  if (exception !== undefined)
    return {
      ...guardrailHold('held-by-exception', `on hold until ${exception.expires} (${exception.place})`),
      tell: true,
    };
  if (person.stage === 'hold') {
    const { code, message } = person.hold ?? { code: 'hold', message: 'on hold' };
    if (code === 'out-of-scope') return { code, message, tell: account !== null };
    const finding: Finding | undefined =
      code === 'unexplained'
        ? guardrailFinding(code, `missing from BambooHR ${sinceText(person.missingSince ?? asOf, asOf)}`, {
            person: id,
          })
        : undefined;
    return { code, message, tell: true, ...(finding === undefined ? {} : { finding }) };
  }
  if (match.kind === 'held') {
    // Nobody needs an account of theirs explained who should have none.
    if (person.stage === 'future' || (person.stage === 'left' && match.account?.state === 'SUSPENDED'))
      return { code: match.code, message: match.message, tell: false };
    const severity = person.stage === 'left' ? 'critical' : 'warning';
    return {
      code: match.code,
      message: match.message,
      tell: true,
      finding: { code: match.code, severity, person: id, message: match.message },
    };
  }
  if (
    record?.suspended?.why === 'manual' &&
    person.stage !== 'left' &&
    account?.state === 'SUSPENDED' &&
    !policy.exceptions.some(
      (entry) => entry.kind === 'reinstate' && entry.person === id && entry.expires >= asOf,
    )
  ) {
    const what = 'suspended by hand, but HR does not say that this person has left';
    return {
      ...guardrailHold('manual-exit', what),
      tell: true,
      finding: guardrailFinding('manual-exit', what, { person: id }),
    };
  }
  const startsLater = person.stage === 'future' || person.stage === 'prehire';
  if (startsLater && match.kind === 'linked' && account?.state === 'ACTIVATED')
    return {
      ...guardrailHold('hire-date-moved', 'the hire date lies in the future but the account is in use'),
      tell: true,
    };
  return undefined;
}

/** Everybody as a plan sees them: derived again over the newest mappings, and whoever is ended by hand as gone. */
import type { Policy } from '../mappings/policy.ts';
import type { RuleFailure } from '../mappings/rule-failure.ts';
import { rederive } from '../people/person.ts';
import type { PersonFile } from '../people/person-file.ts';
import { reservationsOf } from '../people/reservations.ts';
import type { Ledger } from '../record/ledger.ts';
import type { Day } from '../values/calendar.ts';
import type { Finding } from '../values/finding.ts';
import { guardrailFinding } from '../values/guardrail-words.ts';
import { compareHrIds } from '../values/hr-id.ts';
import type { ManualExit } from './context.ts';
import type { Lane } from './plan-file.ts';

interface DeriveInput {
  asOf: Day;
  policy: Policy;
  people: PersonFile[];
  ledger: Ledger;
  only: ReadonlySet<string> | undefined;
  lane: Lane | undefined;
  manual?: ManualExit | undefined;
}

/**
 * Everybody's consequences over these mappings; files that export wrote with the same mappings come out as they are.
 * Whoever does not take part stays as the file says.
 */
export function derivePeople(input: DeriveInput): { people: PersonFile[]; findings: Finding[] } {
  const { policy, ledger, asOf } = input;
  const reserved = reservationsOf(input.people, ledger);
  const findings: Finding[] = [];
  const derive = (file: PersonFile): PersonFile => {
    const { id } = file.employee;
    const { person, failure } = rederive(file, { ledger, reserved, asOf }, policy);
    if (isManual(file, input)) return asExit(person);
    if (failure !== undefined && person.stage === 'leave') findings.push(leaveWithoutRule(id, failure));
    return person;
  };
  const people = input.people
    .map((file) => (takesPart(file.employee.id, input) ? derive(file) : file))
    .sort((a, b) => compareHrIds(a.employee.id, b.employee.id));
  return { people, findings };
}

export function isManual({ employee }: PersonFile, { manual, only }: DeriveInput): boolean {
  return manual !== undefined && only?.has(employee.id) === true;
}

/** Whoever is ended by hand has nothing left to wish for, on hold or not. */
function asExit({ employee, account, given }: PersonFile): PersonFile {
  return {
    employee,
    stage: 'left',
    account: { ...account, state: 'suspended', attributes: {}, groups: {} },
    ...(given === undefined ? {} : { given }),
  };
}

/** The urgent lane plans for whom it reads, and the others neither take part nor cost it time. */
export function takesPart(id: string, { lane, only }: DeriveInput): boolean {
  return lane !== 'urgent' || only === undefined || only.has(id);
}

/** Whoever is on hold for a rule is named among the held; here the rule waits and the suspension does not. */
function leaveWithoutRule(person: string, { said }: RuleFailure): Finding {
  const what = `${said}; leave begins all the same, and what it does not take stays as it was`;
  return guardrailFinding('rule-failed', what, { person });
}

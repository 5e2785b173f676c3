/** The whole company as export writes it: every row judged, everybody who is missing kept, doubtful reads refused. */
import { checkedOverrides, isJudgedByExport, overrideFor, overrideUsed } from '../mappings/overrides.ts';
import { dropLimit } from '../mappings/drop-limit.ts';
import type { Policy } from '../mappings/policy.ts';
import { type RuleFailure, workedOut } from '../mappings/rule-failure.ts';
import type { Ledger } from '../record/ledger.ts';
import { type Day, isDay } from '../values/calendar.ts';
import { type Failure, refusal } from '../values/failure.ts';
import { type Finding, orderFindings } from '../values/finding.ts';
import { foldEmail, foldName } from '../values/fold-name.ts';
import { type GuardrailFinding, guardrailFinding, guardrailHold } from '../values/guardrail-words.ts';
import { compareHrIds, HrId } from '../values/hr-id.ts';
import { type Employee, normaliseEmployee, STATUS_DATE } from './employee.ts';
import type { HrRead, HrRow } from './hr-read.ts';
import { deriveLeave, type Leave, type TimeOff } from './leave.ts';
import { derivePerson, sinceText } from './person.ts';
import type { PersonFile } from './person-file.ts';
import { reservationsOf } from './reservations.ts';
import { meaningOf } from './stage.ts';

export interface CompanyInput {
  read: HrRead;
  previous: ReadonlyMap<string, PersonFile>;
  ledger: Ledger;
  policy: Policy;
  asOf: Day;
  /** Approved time off of the types that count as leave, by HR id. */
  timeOff: ReadonlyMap<string, readonly TimeOff[]>;
  /** HR ids that BambooHR's own list says were deleted. */
  deleted: ReadonlySet<string>;
  /** Only these people were read; nobody else is missing. */
  only: ReadonlySet<string> | undefined;
}

export type CompanyVerdict =
  | { ok: true; people: PersonFile[]; findings: Finding[] }
  | { ok: false; failure: Failure; findings: Finding[] };

export function deriveCompany(input: CompanyInput): CompanyVerdict {
  const { read, previous, policy, asOf } = input;
  const findings: GuardrailFinding[] = [];
  const rows = validRows(read.rows, findings).sort((a, b) => compareHrIds(a.id, b.id));
  const present = new Set(rows.map(({ id }) => id));
  const missing =
    input.only === undefined
      ? [...previous.values()].filter((file) => !present.has(file.employee.id) && !isSettledLeaver(file))
      : missingAmong(input.only, present, previous);
  const failure =
    doubtColumns(read, policy, findings, asOf) ??
    (input.only === undefined ? doubtDrop(missing, previous, policy, findings, asOf) : undefined);
  if (failure !== undefined) return { ok: false, failure, findings: orderFindings(findings) };

  const names = openReservations([...previous.values()], input.ledger);
  const people: PersonFile[] = [];
  const failures: RuleFailure[] = [];
  const derive = (
    employee: Employee,
    file: PersonFile | undefined,
    missingSince: Day | undefined,
    redacted?: PersonFile['hold'],
  ): PersonFile => {
    const person = derivePerson(
      {
        employee,
        previous: file,
        ledger: input.ledger.people.get(employee.id),
        leave: missingSince === undefined ? leaveOf(employee, input) : file?.leave,
        missingSince,
        ...(redacted === undefined ? {} : { redacted }),
        reserved: names.reserved,
        asOf,
      },
      policy,
      (failure) => failures.push(failure),
    );
    names.reserve(person);
    return person;
  };
  let outside = 0;
  for (const row of rows) {
    const file = previous.get(row.id);
    const employee = normaliseEmployee(row, read.scheduled.get(row.id), policy.fields, asOf);
    const hidden = row.hidden.filter((field) => policy.fields.includes(field));
    if (hidden.length > 0) {
      const what = `BambooHR's key may not see ${hidden.join(', ')} of this person, or what it sees is no value`;
      findings.push(guardrailFinding('redacted-row', what, { person: row.id }));
      people.push(
        derive(keepHidden(employee, file, hidden), file, undefined, guardrailHold('redacted-row', what)),
      );
    } else if (file === undefined && workedOut(() => policy.scope.evaluate(employee)) === false) outside += 1;
    else people.push(derive(employee, file, undefined));
  }
  for (const file of missing) {
    const since = file.missingSince ?? asOf;
    people.push(derive(file.employee as Employee, file, since));
    const known = input.deleted.has(file.employee.id) ? ' (BambooHR lists the record as deleted)' : '';
    findings.push(
      guardrailFinding('unexplained', `missing from a complete export ${sinceText(since, asOf)}${known}`, {
        person: file.employee.id,
      }),
    );
  }
  if (outside > 0)
    findings.push(
      guardrailFinding(
        'out-of-scope',
        `${outside} ${outside === 1 ? 'employee is' : 'employees are'} outside the scope`,
      ),
    );
  findings.push(...unmappedStatuses(people), ...failedRules(failures));
  if (input.only === undefined)
    findings.push(...checkedOverrides(policy.guardrails.overrides, asOf, isJudgedByExport, findings));
  return {
    ok: true,
    people: people.sort((a, b) => compareHrIds(a.employee.id, b.employee.id)),
    findings: orderFindings(findings),
  };
}

function leaveOf(employee: Employee, { read, timeOff, policy, asOf }: CompanyInput): Leave | undefined {
  const scheduled = read.scheduled.get(employee.id) ?? {};
  const from = scheduled[STATUS_DATE];
  return deriveLeave(
    {
      timeOff: timeOff.get(employee.id) ?? [],
      status: {
        now: meaningOf(policy.lifecycle, employee['employmentStatus']),
        later: meaningOf(policy.lifecycle, scheduled['employmentStatus']),
        from: from !== undefined && isDay(from) ? from : undefined,
      },
    },
    policy.lifecycle,
    asOf,
  );
}

/** Ids become file names: whatever is no id is not written. */
function validRows(rows: HrRow[], findings: GuardrailFinding[]): HrRow[] {
  const valid = rows.filter(({ id }) => HrId.safeParse(id).success);
  const bad = rows.length - valid.length;
  if (bad > 0)
    findings.push(
      guardrailFinding('bad-id', `${bad} of ${rows.length} rows of BambooHR have an id that is none`),
    );
  return valid;
}

function missingAmong(
  only: ReadonlySet<string>,
  present: ReadonlySet<string>,
  previous: ReadonlyMap<string, PersonFile>,
): PersonFile[] {
  return [...only].flatMap((id) => {
    const file = previous.get(id);
    return file === undefined || present.has(id) || isSettledLeaver(file) ? [] : [file];
  });
}

/** Whom HR itself said to have left may vanish from its reads: nothing new follows from that. */
function isSettledLeaver(file: PersonFile): boolean {
  return file.stage === 'left' && file.missingSince === undefined;
}

/** A column that a permission hid is not a column of empty values. */
function doubtColumns(
  read: HrRead,
  policy: Policy,
  findings: GuardrailFinding[],
  asOf: Day,
): Failure | undefined {
  const hidden = read.hiddenColumns.filter((field) => policy.fields.includes(field)).sort();
  if (hidden.length === 0) return undefined;
  const passes = hidden.map((field) =>
    overrideFor(policy.guardrails.overrides, 'redacted-column', asOf, field),
  );
  const what = `BambooHR's key may not see ${hidden.join(', ')} (${hidden.length} of the ${policy.fields.length} fields that the mappings use)`;
  if (passes.every((pass) => pass !== undefined)) {
    findings.push(...passes.map((pass) => overrideUsed(pass, what)));
    return undefined;
  }
  findings.push(guardrailFinding('redacted-column', what));
  return refusal('redacted-column', `${what}; a hidden field is not an empty one, so nothing was exported`);
}

function doubtDrop(
  missing: PersonFile[],
  previous: ReadonlyMap<string, PersonFile>,
  policy: Policy,
  findings: GuardrailFinding[],
  asOf: Day,
): Failure | undefined {
  const newly = missing.filter((file) => file.missingSince === undefined).length;
  const known = [...previous.values()].filter(
    (file) => file.stage !== 'left' && file.missingSince === undefined,
  ).length;
  const { limit, words } = dropLimit(policy.guardrails.export, known);
  if (newly <= limit) return undefined;
  const what = `${newly} of ${known} people are missing from BambooHR, ${words}`;
  const pass = overrideFor(policy.guardrails.overrides, 'export-drop', asOf);
  if (pass === undefined) return refusal('export-drop', `${what}; nothing was exported`);
  findings.push(overrideUsed(pass, what));
  return undefined;
}

/** What is hidden keeps its last known value. */
function keepHidden(employee: Employee, file: PersonFile | undefined, hidden: string[]): Employee {
  const kept = hidden.flatMap((field): [string, string][] => {
    const known = file?.employee[field];
    return typeof known === 'string' ? [[field, known]] : [];
  });
  return { ...employee, ...Object.fromEntries(kept) };
}

function unmappedStatuses(people: PersonFile[]): GuardrailFinding[] {
  const counts = new Map<string, number>();
  for (const person of people)
    if (person.hold?.code === 'unmapped-status') {
      const value = String(person.employee['employmentStatus'] ?? '');
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  return [...counts].map(([value, count]) =>
    guardrailFinding(
      'unmapped-status',
      `${count} ${count === 1 ? 'person has' : 'people have'} ${value === '' ? 'no employment status' : `the employment status "${value}"`}, which mappings/lifecycle.yaml does not name, and are on hold`,
      { subject: value },
    ),
  );
}

/** One finding a rule, however many people it fails for: the plan names them. */
function failedRules(failures: RuleFailure[]): GuardrailFinding[] {
  const counts = new Map<string, number>();
  for (const { said } of failures) counts.set(said, (counts.get(said) ?? 0) + 1);
  return [...counts].map(([said, count]) =>
    guardrailFinding('rule-failed', `${said}; it fails for ${count} ${count === 1 ? 'person' : 'people'}`),
  );
}

interface OpenReservations {
  reserved: { usernames: ReadonlyMap<string, string>; emails: ReadonlyMap<string, string> };
  reserve(person: PersonFile): void;
}

/** Reservations that grow while people are derived in the order of their ids: two joiners of one name never collide. */
function openReservations(previous: PersonFile[], ledger: Ledger): OpenReservations {
  const { usernames, emails } = reservationsOf(previous, ledger);
  const growing = { usernames: new Map(usernames), emails: new Map(emails) };
  return {
    reserved: growing,
    reserve: ({ employee, account }) => {
      if (account?.username !== undefined) growing.usernames.set(foldName(account.username), employee.id);
      if (account?.email !== undefined && !growing.emails.has(foldEmail(account.email)))
        growing.emails.set(foldEmail(account.email), employee.id);
    },
  };
}

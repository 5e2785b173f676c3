/** What other facts would do to one person: the same derivation, once with the facts of HR and once with others. */
import type { Policy } from '../mappings/policy.ts';
import { type Employee, normaliseEmployee } from '../people/employee.ts';
import { HR_FIELD_NAMES, HR_FIELDS } from '../people/hr-fields.ts';
import { hasProfile } from '../people/account.ts';
import { derivePerson, inputOf } from '../people/person.ts';
import type { DesiredAccount, PersonFile, Stage } from '../people/person-file.ts';
import type { Reservations } from '../people/naming.ts';
import type { Ledger } from '../record/ledger.ts';
import { badUsage } from '../values/failure.ts';
import { Day } from '../values/calendar.ts';
import { compareText } from '../values/finding.ts';
import { nearestName } from '../values/nearest-name.ts';

export interface WhatIf {
  /** Field -> value; '' is absent. */
  set: Record<string, string>;
  /** Fields that no mapping reads: they change nothing. */
  unread: string[];
  stage: { before: Stage; after: Stage; because?: string };
  values: { name: string; before: string | null; after: string | null }[];
  joins: { group: string; because: string }[];
  leaves: { group: string; because: string }[];
  binds: string[];
  unbinds: string[];
}

/** `department=Sales` each. Throws exit 2 naming what is no field. */
export function readWhatIf(texts: string[], policy: Policy): Record<string, string> {
  const known = [...HR_FIELD_NAMES, ...Object.keys(policy.customFields)].filter((name) => name !== 'id');
  return Object.fromEntries(
    texts.map((text): [string, string] => {
      const at = text.indexOf('=');
      const name = text.slice(0, Math.max(0, at)).trim();
      if (at < 1)
        throw badUsage(
          'bad-arguments',
          '--what-if needs a field and a value',
          "write --what-if department=Sales, or --what-if 'department=' for none",
        );
      if (!known.includes(name)) {
        const near = nearestName(name, known);
        throw badUsage(
          'bad-arguments',
          `--what-if: ${JSON.stringify(name.slice(0, 60))} is no field of HR that mappings know`,
          near === undefined ? `fields are: ${known.join(', ')}` : `did you mean ${near}?`,
        );
      }
      const value = text.slice(at + 1);
      const isDay = HR_FIELDS.some((field) => field.name === name && field.kind === 'day');
      // As nothing, it would be imagined that HR has no such day.
      if (isDay && value !== '' && !Day.safeParse(value).success)
        throw badUsage(
          'bad-arguments',
          `--what-if: ${name} needs a day`,
          `write --what-if ${name}=2026-12-31, or --what-if '${name}=' for none`,
        );
      return [name, value];
    }),
  );
}

/** The person as export would write them with these facts. */
export function imagine(
  file: PersonFile,
  set: Readonly<Record<string, string>>,
  policy: Policy,
  rest: { ledger: Ledger; reserved: Reservations; asOf: Day },
): PersonFile {
  const { id, ...facts } = file.employee as Employee;
  const values = { ...facts, ...set };
  const fields = [...new Set([...Object.keys(facts), ...Object.keys(set)])];
  const employee = normaliseEmployee({ id, values, hidden: [] }, undefined, fields, rest.asOf);
  return derivePerson(
    { ...inputOf(file, { ...rest, ledger: rest.ledger.people.get(id) }), employee },
    policy,
  );
}

export function compareImagined(
  before: PersonFile,
  after: PersonFile,
  set: Record<string, string>,
  policy: Policy,
): WhatIf {
  const [a, b] = [before.account, after.account];
  const because = after.hold?.message ?? after.review;
  return {
    set,
    unread: Object.keys(set).filter((name) => !policy.fields.includes(name)),
    stage: { before: before.stage, after: after.stage, ...(because === undefined ? {} : { because }) },
    values: valueChanges(a, b, hasProfile(after.stage)),
    joins: onlyIn(b?.groups, a?.groups).map(([group, why]) => ({ group, because: why })),
    leaves: onlyIn(a?.groups, b?.groups).map(([group, why]) => ({ group, because: why })),
    binds: onlyIn(b?.bindings, a?.bindings).map(([binding]) => binding),
    unbinds: onlyIn(a?.bindings, b?.bindings).map(([binding]) => binding),
  };
}

type Named = Readonly<Record<string, string>> | undefined;

function onlyIn(one: Named, other: Named): [string, string][] {
  return Object.entries(one ?? {}).filter(([name]) => !Object.hasOwn(other ?? {}, name));
}

/** Without a profile the attributes and the manager stay as they are in JumpCloud: nothing of them changes. */
function valueChanges(
  a: DesiredAccount | undefined,
  b: DesiredAccount | undefined,
  isProfileWritten: boolean,
): WhatIf['values'] {
  const flat = (account: DesiredAccount | undefined): Record<string, string> => ({
    ...(isProfileWritten ? account?.attributes : {}),
    ...(account === undefined ? {} : { account: account.state }),
    ...(account?.username === undefined ? {} : { username: account.username }),
    ...(account?.email === undefined ? {} : { email: account.email }),
    ...(account?.managerId === undefined || !isProfileWritten ? {} : { manager: account.managerId }),
  });
  const [before, after] = [flat(a), flat(b)];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .sort(compareText)
    .map((name) => ({ name, before: before[name] ?? null, after: after[name] ?? null }));
}

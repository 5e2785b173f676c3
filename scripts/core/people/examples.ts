/** mappings/examples.yaml: "given this employee, expect that", run over the mappings as they are. */
import type { Employee } from './employee.ts';
import { normaliseEmployee } from './employee.ts';
import { derivePerson } from './person.ts';
import type { PersonFile } from './person-file.ts';
import type { Problem } from '../values/failure.ts';
import { HrId } from '../values/hr-id.ts';
import { problemAt, type Source } from '../values/source.ts';
import type { Example } from '../mappings/examples-file.ts';
import { HR_FIELD_NAMES } from './hr-fields.ts';
import type { Policy } from '../mappings/policy.ts';
import type { RuleFailure } from '../mappings/rule-failure.ts';

const DEFAULT_DAY = '2026-01-01';

/** One problem for each expectation that does not hold, at its line. */
export function runExamples(
  policy: Policy,
  source: Source,
): { passed: number; failed: number; problems: Problem[] } {
  const problems: Problem[] = [];
  let failed = 0;
  for (const [index, example] of policy.examples.entries()) {
    const found = checkExample(example, index, policy, source);
    if (found.length > 0) failed += 1;
    problems.push(...found);
  }
  return { passed: policy.examples.length - failed, failed, problems };
}

function checkExample(example: Example, index: number, policy: Policy, source: Source): Problem[] {
  const path = ['examples', index];
  const unknown = Object.keys(example.employee).filter(
    (field) => field !== 'id' && !policy.fields.includes(field) && !Object.hasOwn(policy.customFields, field),
  );
  const problems = unknown
    .filter((field) => !isKnownField(field))
    .map((field) =>
      problemAt(source, [...path, 'employee', field], `example "${example.name}": unknown field "${field}"`, {
        remedy: 'use the field names of the expressions',
      }),
    );
  const asOf = example.asOf ?? DEFAULT_DAY;
  const id = HrId.safeParse(example.employee['id']).success ? example.employee['id']! : '1';
  const employee: Employee = normaliseEmployee(
    { id, values: example.employee, hidden: [] },
    undefined,
    policy.fields,
    asOf,
  );
  const failures: RuleFailure[] = [];
  const person = derivePerson(
    {
      employee,
      previous: undefined,
      ledger: undefined,
      leave: undefined,
      missingSince: undefined,
      reserved: { usernames: new Map(), emails: new Map() },
      asOf,
    },
    policy,
    (failure) => failures.push(failure),
  );
  // A real person is put on hold for it; here the author can still mend the rule.
  if (failures.length > 0)
    return [
      ...problems,
      ...failures.map(({ problem }) => ({
        ...problem,
        message: `example "${example.name}": ${problem.message}`,
      })),
    ];
  return [
    ...problems,
    ...differences(example, person).map(([key, message]) =>
      problemAt(source, [...path, 'expect', key], `example "${example.name}": ${message}`, {
        remedy: 'correct the rule, or the example if it is out of date',
      }),
    ),
  ];
}

function differences({ expect }: Example, person: PersonFile): [string, string][] {
  const found: [string, string][] = [];
  const groups = Object.keys(person.account?.groups ?? {});
  const stage = person.hold === undefined ? person.stage : `${person.stage} (${person.hold.code})`;
  if (expect.stage !== undefined && expect.stage !== person.stage)
    found.push(['stage', `expected stage ${expect.stage}, got ${stage}`]);
  for (const key of ['username', 'email'] as const)
    if (expect[key] !== undefined && expect[key] !== person.account?.[key])
      found.push([key, `expected ${key} ${expect[key]}, got ${person.account?.[key] ?? 'none'}`]);
  if (expect.groups !== undefined) {
    const missing = expect.groups.filter((group) => !groups.includes(group));
    const extra = groups.filter((group) => !expect.groups!.includes(group));
    if (missing.length > 0) found.push(['groups', `not given: ${missing.join(', ')}`]);
    if (extra.length > 0) found.push(['groups', `given besides: ${extra.join(', ')}`]);
  }
  for (const group of expect.includesGroups ?? [])
    if (!groups.includes(group)) found.push(['includesGroups', `not given: ${group}`]);
  for (const group of expect.excludesGroups ?? [])
    if (groups.includes(group)) found.push(['excludesGroups', `given: ${group}`]);
  for (const [name, value] of Object.entries(expect.attributes ?? {})) {
    const actual = person.account?.attributes[name];
    if (actual !== value)
      found.push([
        'attributes',
        `expected ${name} "${value}", got ${actual === undefined ? 'none' : `"${actual}"`}`,
      ]);
  }
  return found;
}

function isKnownField(field: string): boolean {
  return HR_FIELD_NAMES.has(field);
}

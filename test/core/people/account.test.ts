/** The desired account: whose value counts, which groups are given, and what a careless HR entry must not do. */
import { expect, test } from 'vitest';
import { deriveAccount } from '../../../scripts/core/people/account.ts';
import { withholdFutureExit } from '../../../scripts/core/people/person.ts';
import type { Employee } from '../../../scripts/core/people/employee.ts';
import type { Stage } from '../../../scripts/core/people/person-file.ts';
import { ATTRIBUTES, employee, GROUPS, LIFECYCLE, policyOf, type WorldOptions } from '../../world.ts';

const TODAY = '2026-11-23';
const derive = (facts: Record<string, string>, options: WorldOptions = {}, stage: Stage = 'active') =>
  deriveAccount(
    {
      employee: employee('1', facts) as Employee,
      stage,
      username: 'ada',
      email: 'ada@example.com',
      asOf: TODAY,
    },
    policyOf(options),
  );

test('nobody is their own manager', () => {
  expect(derive({ managerId: '2' })?.managerId).toBe('2');
  expect(derive({ managerId: '1' })).not.toHaveProperty('managerId');
});

test('a value is one line of at most 1,024 characters, and none where HR has none', () => {
  expect(derive({ jobTitle: `  Head\n of\t${'x'.repeat(2_000)}` })?.attributes['jobTitle']).toBe(
    `Head of ${'x'.repeat(1_016)}`,
  );
  expect(derive({ jobTitle: '  ' })?.attributes).not.toHaveProperty('jobTitle');
});

test('an attribute that is to be ignored is not desired; a pin counts until its end', () => {
  const attributes = `${ATTRIBUTES}  costCenter: { value: department, owner: ignore }\n`;
  expect(derive({}, { attributes })?.attributes).not.toHaveProperty('costCenter');
  const pin = (expires: string): WorldOptions => ({
    exceptions: `exceptions:\n  - { kind: pin, person: "1", attribute: jobTitle, value: Dr., owner: a, reason: b, expires: ${expires} }`,
  });
  expect(derive({}, pin(TODAY))?.attributes['jobTitle']).toBe('Dr.');
  expect(derive({}, pin('2026-11-22'))?.attributes['jobTitle']).toBe('Engineer');
});

test('a group that is to be emptied is given to nobody; an exception gives one until its end', () => {
  const groups = GROUPS.replace('when: "department == \'Sales\'" }', 'when: "true", members: none }');
  expect(derive({}, { groups })?.groups).not.toHaveProperty('Sales');
  const extra = (expires: string): WorldOptions => ({
    exceptions: `exceptions:\n  - { kind: group, person: "1", group: VPN, owner: a, reason: b, expires: ${expires} }`,
  });
  expect(derive({}, extra(TODAY))?.groups).toHaveProperty('VPN');
  expect(derive({}, extra('2026-11-22'))?.groups).not.toHaveProperty('VPN');
});

test('a leaver is deleted the day after the retention is over, and never without a last day', () => {
  const options = { lifecycle: `${LIFECYCLE}leaving: { deleteAfterDays: 30 }\n` };
  const stateOf = (terminationDate: string | undefined): string | undefined =>
    derive(terminationDate === undefined ? {} : { terminationDate }, options, 'left')?.state;
  expect(stateOf('2026-10-24')).toBe('suspended');
  expect(stateOf('2026-10-23')).toBe('deleted');
  expect(stateOf(undefined)).toBe('suspended');
  expect(derive({ terminationDate: '2020-01-01' }, {}, 'left')?.state).toBe('suspended');
});

test('a last day stays out of the file until the arming window opens, and a contract’s end where it is read as one', () => {
  const withheld = (facts: Record<string, string>, lifecycle: string): string[] =>
    Object.keys(facts).filter(
      (field) =>
        withholdFutureExit(
          employee('1', facts) as Employee,
          policyOf({ lifecycle: LIFECYCLE + lifecycle }),
          TODAY,
        )[field] === undefined,
    );
  const window = 'lastDay: { armDays: 2 }\n';
  expect(withheld({ terminationDate: '2026-11-25' }, window)).toEqual([]);
  expect(withheld({ terminationDate: '2026-11-26' }, window)).toEqual(['terminationDate']);
  const dates = { terminationDate: '2026-11-24', contractEndDate: '2026-11-24' };
  expect(withheld(dates, '')).toEqual(['terminationDate']);
  expect(withheld(dates, 'contractEnd: true\n')).toEqual(['terminationDate', 'contractEndDate']);
});

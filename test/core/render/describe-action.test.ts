import { describe, expect, test } from 'vitest';
import { type Action, ActionKind } from '../../../scripts/core/plan/action.ts';
import { attributeWords } from '../../../scripts/core/render/attribute-words.ts';
import { describeAction } from '../../../scripts/core/render/describe-action.ts';
import { HOSTILE, NAMES, wish } from './plan-world.ts';

const SAID: [Partial<Action> & Pick<Action, 'kind'>, string][] = [
  [
    { kind: 'create-group', person: null, target: 'Engineering', after: { name: 'Engineering' } },
    '+ new group Engineering: why',
  ],
  [
    {
      kind: 'create',
      after: { username: 'ada', email: 'ada@example.com', state: 'STAGED', anchor: '1042', attributes: {} },
    },
    '+ new account ada, ada@example.com, staged: why',
  ],
  [
    {
      kind: 'adopt',
      target: 'f'.repeat(24),
      before: { username: 'ada', email: 'ada@example.com', name: 'Ada Lovelace' },
      after: { anchor: '1042' },
    },
    '~ account ada (Ada Lovelace, ada@example.com) adopted: why',
  ],
  [
    { kind: 'update', target: 'jobTitle', before: 'Engineer', after: 'Staff Engineer' },
    '~ job title: Engineer -> Staff Engineer (why)',
  ],
  [
    { kind: 'update', target: 'phone.work', before: null, after: '+1 555' },
    '~ work phone: (none) -> +1 555 (why)',
  ],
  [
    { kind: 'update', target: 'custom.badge', before: 'x -> y', after: null },
    '~ badge: “x -> y” -> (none) (why)',
  ],
  [
    { kind: 'rename', target: 'email', before: 'a@x.example', after: 'b@x.example' },
    '~ address: a@x.example -> b@x.example (why)',
  ],
  [
    { kind: 'activate', before: { state: 'STAGED' }, after: { state: 'ACTIVATED', mail: 'manager' } },
    '+ activated, activation mail to manager: why',
  ],
  [{ kind: 'activate', after: { state: 'ACTIVATED', mail: 'none' } }, '+ activated: why'],
  [
    { kind: 'suspend', before: { state: 'ACTIVATED', stage: 'left' }, after: { state: 'SUSPENDED' } },
    '- suspended: why',
  ],
  [{ kind: 'reinstate', after: { state: 'ACTIVATED' } }, '+ reinstated: why'],
  [
    { kind: 'schedule', target: 'SUSPENDED', after: { state: 'SUSPENDED', at: '2026-11-30T17:00:00Z' } },
    '- will be suspended at 2026-11-30T17:00:00Z (why)',
  ],
  [
    { kind: 'schedule', target: 'ACTIVATED', after: { state: 'ACTIVATED', at: '2026-12-01T08:00:00Z' } },
    '+ will be activated at 2026-12-01T08:00:00Z (why)',
  ],
  [
    { kind: 'unschedule', target: 'job1', before: { state: 'ACTIVATED', at: '2026-12-01T08:00:00Z' } },
    '~ the activation armed for 2026-12-01T08:00:00Z is cancelled: why',
  ],
  [{ kind: 'set-manager', target: '1001', after: '1001' }, '~ manager: 1001 Grace Hopper (why)'],
  [{ kind: 'set-manager', target: null, before: 'f'.repeat(24), after: null }, '~ manager: (none) (why)'],
  [{ kind: 'join-group', target: 'g1', after: { group: 'Engineering' } }, '+ joins Engineering: why'],
  [
    { kind: 'join-group', target: 'g1', before: { restored: true }, after: { group: 'Engineering' } },
    '+ gets Engineering back: why',
  ],
  [
    { kind: 'leave-group', target: 'g2', before: { group: 'Sales', taken: 'moved', hireDate: '' } },
    '- leaves Sales: why',
  ],
  [{ kind: 'leave-group', target: 'g2', before: null }, '- leaves g2: why'],
  [
    { kind: 'bind', target: 'policy:p1', after: { name: 'Disk Encryption' } },
    '+ gets policy Disk Encryption: why',
  ],
  [
    { kind: 'unbind', target: 'system_group:s1', before: { name: 'Laptops', taken: 'left', hireDate: '' } },
    '- loses device group Laptops: why',
  ],
  [
    { kind: 'delete', target: 'f'.repeat(24), before: { username: 'ada', email: 'ada@example.com' } },
    '- account ada deleted for good: why',
  ],
];

test.each(SAID)('%j', (action, said) => {
  const { sign, line } = describeAction(wish({ because: 'why', ...action }), NAMES);
  expect(`${sign} ${line}`).toBe(said);
});

test('every kind is in the table', () => {
  expect(new Set(SAID.map(([{ kind }]) => kind))).toEqual(new Set(ActionKind.options));
});

test("a new account's attributes stand below it, in one order", () => {
  const { details } = describeAction(
    wish({
      kind: 'create',
      after: {
        username: 'a',
        attributes: { lastname: 'L', 'address.work.locality': 'London', firstname: '' },
      },
    }),
    NAMES,
  );
  expect(details).toEqual(['work city: London', 'first name: “”', 'last name: L']);
});

test.each([
  ['department', 'department'],
  ['costCenter', 'cost center'],
  ['phone.work_mobile', 'work mobile phone'],
  ['address.home.postalCode', 'home postal code'],
  ['custom.costCode', 'costCode'],
  ['toString', 'toString'],
])('attribute %s is called %s', (attribute, words) => {
  expect(attributeWords(attribute)).toBe(words);
});

describe('whatever HR, JumpCloud or a mapping says', () => {
  test.each(ActionKind.options)('%s is one visible line', (kind) => {
    for (const text of HOSTILE) {
      const names = new Map([
        ['1042', { name: text }],
        [text, { name: text }],
      ]);
      const values = {
        username: text,
        email: text,
        name: text,
        group: text,
        state: text,
        at: text,
        mail: text,
        attributes: { [text]: text },
      };
      for (const after of [values, text, null])
        for (const before of [values, text, null]) {
          const { line, details } = describeAction(
            wish({ kind, target: text, before, after, because: text === '' ? '-' : text }),
            names,
          );
          for (const shown of [line, ...details]) {
            expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029\u202e\u200b]/u);
            expect(shown.length).toBeLessThan(900);
          }
        }
    }
  });
});

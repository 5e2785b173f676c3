/** Names traced: the rule that still gives them, and whether JumpCloud has others. */
import { expect, test } from 'vitest';
import { traceNames } from '../../../scripts/core/explain/account-trace.ts';
import { change, employee, liveOf, sourceOf, worldOf } from '../../world.ts';

const NAMING = `
username: { candidates: ["slug(firstName)", "slug(firstName) + '.' + slug(lastName)"] }
email: { candidates: ["slug(firstName) + '@example.com'", workEmail] }
`;
const ADA = { firstName: 'Ada', lastName: 'Lovelace', workEmail: 'lovelace@example.com' };

/** What is told of Ada, who stands between two others of her first name; `live` as JumpCloud has her. */
function traced(live: { username: string; email: string } | undefined, facts: Record<string, string> = {}) {
  const world = worldOf([employee('1', { firstName: 'Ada' }), employee('2', ADA)], { naming: NAMING });
  change(world, '2', facts);
  const account = liveOf(world).accounts.find(({ anchor }) => anchor === '2')!;
  return traceNames({
    person: world.people[1]!,
    policy: world.policy,
    naming: {
      ...sourceOf('mappings/naming.yaml', NAMING),
      locate: ([name, , index]: (string | number)[]) => ({
        line: (name === 'email' ? 20 : 10) + Number(index),
        column: 1,
      }),
    },
    record: undefined,
    commits: new Map([['mappings/naming.yaml:11', { sha: 'c0ffee', at: '', author: 'Ann', subject: 's' }]]),
    asOf: world.asOf,
    groups: undefined as never,
    ...(live === undefined ? {} : { live: { account: { ...account, ...live } } as never }),
  } as unknown as Parameters<typeof traceNames>[0]);
}

test('each by the candidate that gives it, with what that reads and who wrote the line', () => {
  expect(traced(undefined)).toEqual([
    {
      name: 'username',
      value: 'ada.lovelace',
      rule: {
        rule: "slug(firstName) + '.' + slug(lastName)",
        place: 'mappings/naming.yaml:11',
        reads: { firstName: 'Ada', lastName: 'Lovelace' },
        commit: { sha: 'c0ffee', at: '', author: 'Ann', subject: 's' },
      },
    },
    {
      name: 'email',
      value: 'lovelace@example.com',
      rule: {
        rule: 'workEmail',
        place: 'mappings/naming.yaml:21',
        reads: { workEmail: 'lovelace@example.com' },
      },
    },
  ]);
});

test('beside JumpCloud: an address in other letters is the same, a user name is not', () => {
  const differs = (live: { username: string; email: string }): unknown[] =>
    traced(live).map((trace) => [trace.live, trace.differs]);
  expect(differs({ username: 'ada.lovelace', email: 'Lovelace@Example.com' })).toEqual([
    ['ada.lovelace', false],
    ['Lovelace@Example.com', false],
  ]);
  expect(differs({ username: 'Ada.Lovelace', email: 'ada@example.com' })).toEqual([
    ['Ada.Lovelace', true],
    ['ada@example.com', true],
  ]);
});

test('one that was given before and is kept has no rule any more', () => {
  const kept = traced(undefined, { firstName: 'Zoe' });
  expect(kept.map(({ name, value, rule }) => [name, value, rule?.place])).toEqual([
    ['username', 'ada.lovelace', undefined],
    ['email', 'zoe@example.com', 'mappings/naming.yaml:20'],
  ]);
});

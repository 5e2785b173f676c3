/** When an exception is said to end, day by day. */
import { expect, test } from 'vitest';
import { adviseEnds } from '../../../scripts/core/plan/advise.ts';
import { policyOf } from '../../world.ts';

const policy = policyOf({
  exceptions: `exceptions:
  - { kind: group, person: "1", group: Sales, owner: it-lead, reason: helps out, expires: 2026-11-23 }`,
});
const said = (asOf: string) => adviseEnds(policy, asOf).map(({ code, severity }) => `${severity} ${code}`);

test.each([
  ['2026-11-08', []],
  ['2026-11-09', ['info exception-expires']],
  ['2026-11-23', ['info exception-expires']],
  ['2026-11-24', ['warning exception-expired']],
])('on %s', (asOf, expected) => {
  expect(said(asOf)).toEqual(expected);
});

test('names what, when and who, at its place', () => {
  expect(adviseEnds(policy, '2026-11-23')).toEqual([
    {
      code: 'exception-expires',
      severity: 'info',
      subject: 'mappings/exceptions.yaml:1',
      message: 'exception "group" ends on 2026-11-23: it-lead renews it in time, or lets it end',
    },
  ]);
  expect(adviseEnds(policy, '2026-12-01')[0]).toMatchObject({
    subject: 'mappings/exceptions.yaml:1',
    message: 'exception "group" ended on 2026-11-23 and no longer counts: it-lead removes or renews it',
  });
});

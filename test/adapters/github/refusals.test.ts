/** Which refusals are a lost race, to be tried again on a new head, and which are a rule that somebody has to change. */
import { describe, expect, test } from 'vitest';
import { isLostRace, isRuleViolation } from '../../../scripts/adapters/github/refusals.ts';

const OID = '0123456789abcdef0123456789abcdef01234567';

describe('a lost race', () => {
  test.each([
    'Update is not a fast forward',
    'Update is not a fast-forward',
    'Reference update failed',
    `is at ${OID} but expected ${OID}`,
    `cannot lock ref 'refs/heads/main': is at ${OID} but expected ${OID}`,
  ])('is one: %s', (message) => expect(isLostRace(message)).toBe(true));
  test.each(['Reference already exists', 'is at home but expected elsewhere', 'Bad credentials', ''])(
    'is none: %s',
    (message) => expect(isLostRace(message)).toBe(false),
  );
});

describe('a rule', () => {
  const message = 'Repository rule violations found: Changes must be made through a pull request.';
  test.each([403, 405, 409, 422])('of status %i', (status) => {
    expect(isRuleViolation({ status, message })).toBe(true);
  });
  test.each([
    [404, message],
    [500, message],
    [403, 'Resource not accessible by integration'],
    [422, 'Update is not a fast forward'],
  ])('is none: %i %s', (status, text) => {
    expect(isRuleViolation({ status, message: text })).toBe(false);
  });
  test.each(['GH006: Protected branch update failed', 'GH013: …', 'protected ref'])('is one: %s', (text) => {
    expect(isRuleViolation({ status: 422, message: text })).toBe(true);
  });
});

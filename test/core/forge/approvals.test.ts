import { describe, expect, it } from 'vitest';
import { effectiveApprovals, hoursBetween } from '../../../scripts/core/forge/approvals.ts';
import type { ForgeReview, ReviewState } from '../../../scripts/core/forge/shapes.ts';
import { parseApprovals, approvalsText } from '../../../scripts/core/record/approvals-file.ts';

function review(
  login: string,
  state: ReviewState,
  minute: number,
  rest: Partial<ForgeReview> = {},
): ForgeReview {
  const submittedAt = `2026-11-23T12:${String(minute).padStart(2, '0')}:00Z`;
  return { author: { login, bot: false }, state, commit: 'c1', submittedAt, association: 'MEMBER', ...rest };
}
const context = { author: 'rollcall[bot]', mergedAt: '2026-11-23T12:30:00Z' };
const names = (reviews: ForgeReview[]): string[] =>
  effectiveApprovals(reviews, context).map(({ login }) => login);

describe('effective approvals', () => {
  it.each<[string, ForgeReview[], string[]]>([
    ['one', [review('ann', 'APPROVED', 1)], ['ann']],
    ['a comment after it', [review('ann', 'APPROVED', 1), review('ann', 'COMMENTED', 2)], ['ann']],
    ['changes requested after it', [review('ann', 'APPROVED', 1), review('ann', 'CHANGES_REQUESTED', 2)], []],
    [
      'approved after changes were requested',
      [review('ann', 'CHANGES_REQUESTED', 1), review('ann', 'APPROVED', 2)],
      ['ann'],
    ],
    ['dismissed, an older one behind it', [review('ann', 'APPROVED', 1), review('ann', 'DISMISSED', 2)], []],
    ['an older one dismissed', [review('ann', 'DISMISSED', 1), review('ann', 'APPROVED', 2)], ['ann']],
    ['after the merge', [review('ann', 'APPROVED', 31)], []],
    ['in the second of the merge', [review('ann', 'APPROVED', 30)], ['ann']],
    [
      'undone after the merge: it stood at the merge',
      [review('ann', 'APPROVED', 1), review('ann', 'CHANGES_REQUESTED', 31)],
      ['ann'],
    ],
    ['a bot', [review('x[bot]', 'APPROVED', 1, { author: { login: 'x[bot]', bot: true } })], []],
    ['the author', [review('rollcall[bot]', 'APPROVED', 1)], []],
    ['a gone account', [review('x', 'APPROVED', 1, { author: null })], []],
    ['pending', [review('ann', 'PENDING', 1, { submittedAt: null })], []],
    ['a commit that is gone', [review('ann', 'APPROVED', 1, { commit: null })], []],
    [
      'one person in two spellings',
      [review('Ann', 'APPROVED', 1), review('ann', 'CHANGES_REQUESTED', 2)],
      [],
    ],
    ['two in one second', [review('ann', 'APPROVED', 1), review('ann', 'CHANGES_REQUESTED', 1)], []],
    [
      'two people, oldest first',
      [review('bob', 'APPROVED', 2), review('ann', 'APPROVED', 1)],
      ['ann', 'bob'],
    ],
  ])('%s', (_, reviews, expected) => {
    expect(names(reviews)).toEqual(expected);
  });

  it('has ages that are never negative', () => {
    expect(hoursBetween('2026-11-23T12:00:00Z', '2026-11-23T13:30:00Z')).toBe(1.5);
    expect(hoursBetween('2026-11-23T12:00:01Z', '2026-11-23T12:00:00Z')).toBe(0);
  });
});

describe('the approvals file', () => {
  it('reads what it wrote and nothing that is like it', () => {
    const digest = 'a'.repeat(64);
    const entry = { pullRequest: null, mergedBy: null, mergedAt: null, approvals: [] };
    const file = { version: 1 as const, plans: { [digest]: entry } };
    expect(parseApprovals(approvalsText(file))).toEqual({ ok: true, file });
    for (const text of ['{', '{"version":2,"plans":{}}', '{"version":1,"plans":{"x":{}}}'])
      expect(parseApprovals(text).ok).toBe(false);
    const more = { version: 1, plans: { [digest]: { ...entry, approved: true } } };
    expect(parseApprovals(JSON.stringify(more)).ok).toBe(false);
  });
});

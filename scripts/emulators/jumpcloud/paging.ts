/** Pages: `limit` defaults to 10 and is capped at 100 on both APIs, `skip` counts from 0. */
import type { Call } from '../kit/service.ts';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

export interface Page {
  limit: number;
  skip: number;
}

export function readPage(limit: unknown, skip: unknown): Page {
  const wanted = Number(limit ?? '');
  const from = Number(skip ?? '');
  return {
    limit: Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, MAX_LIMIT) : DEFAULT_LIMIT,
    skip: Number.isInteger(from) && from > 0 ? from : 0,
  };
}

export function cutPage<T>(rows: readonly T[], page: Page): T[] {
  return rows.slice(page.skip, page.skip + page.limit);
}

/**
 * A page, whole or torn as it tears when somebody creates or deletes while a list is walked. `true` in a fault means
 * `lost`: a row is missing, the total still counts it. `doubled`: a row stands twice and another is missing, so the
 * count is right and the rows are wrong. `shifted`: an earlier record went, everything moves up by one. `count`: the
 * rows are right and the total is not.
 */
export function tearPage<T>(
  rows: readonly T[],
  page: Page,
  total: number,
  call: Call,
): { rows: T[]; total: number } {
  const whole = cutPage(rows, page);
  if (!call.tornPage || whole.length === 0) return { rows: whole, total };
  const middle = whole.length >> 1;
  if (call.tear === 'doubled')
    return { rows: whole.map((row, at) => (at === middle ? whole[Math.max(0, at - 1)]! : row)), total };
  if (call.tear === 'shifted')
    return { rows: cutPage(rows, { ...page, skip: page.skip + 1 }), total: total - 1 };
  if (call.tear === 'count') return { rows: whole, total: total + 1 };
  return { rows: whole.filter((_, at) => at !== middle), total };
}

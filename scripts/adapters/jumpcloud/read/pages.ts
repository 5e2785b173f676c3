/**
 * Walks of lists that may change underneath. API v1 answers `{totalCount, results}`, API v2 a bare array whose total
 * is in the header `x-total-count` when it is anywhere (the official module reads it there). Pages have 100 rows at
 * most on both. A walk that does not add up is made again, three times, and then refused: a missing row would read as
 * a missing account.
 */
import pMap from 'p-map';
import { z } from 'zod';
import { refusal } from '../../../core/values/failure.ts';
import { readJson } from '../../http/read-json.ts';
import type { WireRequest } from '../../http/request.ts';
import { type Client, send } from '../../http/send.ts';

const PAGE = 100;
const WALKS = 3;
const AT_ONCE = 4;
/** A v2 list without a total is walked until a short page; this many pages are no list any more. */
const MOST_PAGES = 5_000;

export interface List<T> {
  request: WireRequest;
  row: z.ZodType<T>;
  idOf(row: T): string;
}

type Walk<T> = { rows: T[] } | { torn: string } | 'unknown';

/** Every row of a v1 list, or undefined when JumpCloud answers 404 and the request accepts that. Throws exit 3 `torn-read`. */
export async function readV1List<T>(client: Client, list: List<T>): Promise<T[] | undefined> {
  return walkUntilWhole(client, list, () => walkV1(client, list));
}

/** The same for a v2 list. */
export async function readV2List<T>(client: Client, list: List<T>): Promise<T[] | undefined> {
  return walkUntilWhole(client, list, () => walkV2(client, list));
}

async function walkUntilWhole<T>(
  client: Client,
  list: List<T>,
  walk: () => Promise<Walk<T>>,
): Promise<T[] | undefined> {
  let torn = '';
  for (let attempt = 1; attempt <= WALKS; attempt += 1) {
    const found = await walk();
    if (found === 'unknown') return undefined;
    if ('rows' in found) {
      const ids = new Set(found.rows.map((row) => list.idOf(row)));
      if (ids.size === found.rows.length) return found.rows;
      torn = `${found.rows.length - ids.size} of ${found.rows.length} rows came twice`;
    } else torn = found.torn;
    if (attempt < WALKS)
      client.wire.progress(`JumpCloud changed while it was read (${torn}); reading it again`);
  }
  throw refusal(
    'torn-read',
    `JumpCloud, ${list.request.route}: could not be read whole in ${WALKS} attempts: ${torn}`,
  );
}

function pageOf<T>(list: List<T>, skip: number): WireRequest {
  return {
    ...list.request,
    query: { ...list.request.query, limit: String(PAGE), skip: String(skip) },
  };
}

/** The first page tells the total, so the others are fetched side by side. */
async function walkV1<T>(client: Client, list: List<T>): Promise<Walk<T>> {
  const envelope = z.looseObject({ totalCount: z.int().min(0), results: z.array(list.row) });
  async function fetchPage(skip: number): Promise<{ totalCount: number; results: T[] } | undefined> {
    const request = pageOf(list, skip);
    const answer = await send(client, request);
    return answer.status >= 400 ? undefined : readJson(client.service, request, answer, envelope);
  }
  const first = await fetchPage(0);
  if (first === undefined) return 'unknown';
  const total = first.totalCount;
  const rest = await pMap(skipsAfterFirst(total), fetchPage, { concurrency: AT_ONCE });
  const rows = [...first.results];
  for (const page of rest) {
    if (page === undefined) return { torn: 'it went away in between' };
    if (page.totalCount !== total) return { torn: `the total went from ${total} to ${page.totalCount}` };
    rows.push(...page.results);
  }
  return rows.length === total ? { rows } : { torn: `${rows.length} rows where JumpCloud counts ${total}` };
}

async function walkV2<T>(client: Client, list: List<T>): Promise<Walk<T>> {
  const schema = z.array(list.row);
  async function fetchPage(skip: number): Promise<{ rows: T[]; total: number | undefined } | undefined> {
    const request = pageOf(list, skip);
    const answer = await send(client, request);
    if (answer.status >= 400) return undefined;
    const total = answer.headers['x-total-count'];
    return {
      rows: readJson(client.service, request, answer, schema),
      total: total !== undefined && /^\d+$/.test(total) ? Number(total) : undefined,
    };
  }
  const first = await fetchPage(0);
  if (first === undefined) return 'unknown';
  if (first.total !== undefined) {
    const rest = await pMap(skipsAfterFirst(first.total), fetchPage, { concurrency: AT_ONCE });
    const rows = [...first.rows];
    for (const page of rest) {
      if (page === undefined) return { torn: 'it went away in between' };
      if (page.total !== first.total)
        return { torn: `the total went from ${first.total} to ${page.total ?? 'none'}` };
      rows.push(...page.rows);
    }
    return rows.length === first.total
      ? { rows }
      : { torn: `${rows.length} rows where JumpCloud counts ${first.total}` };
  }
  const rows = [...first.rows];
  let last = first.rows.length;
  for (let page = 1; last === PAGE && page < MOST_PAGES; page += 1) {
    const next = await fetchPage(page * PAGE);
    if (next === undefined) return { torn: 'it went away in between' };
    rows.push(...next.rows);
    last = next.rows.length;
  }
  return last < PAGE ? { rows } : { torn: `no end after ${rows.length} rows` };
}

function skipsAfterFirst(total: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil(total / PAGE) - 1) }, (_, index) => (index + 1) * PAGE);
}

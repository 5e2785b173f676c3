/**
 * The primary read: `GET /v1/employees`, everyone, active and not, with redaction told per row. Unfiltered and
 * unsorted, because a row whose filter or sort field the key may not read is dropped without a word (OpenAPI document).
 */
import { z } from 'zod';
import { type Failure, refusal } from '../../core/values/failure.ts';
import type { HrRow } from '../../core/people/hr-read.ts';
import { readJson } from '../http/read-json.ts';
import type { WireRequest } from '../http/request.ts';
import { type Client, send } from '../http/send.ts';
import { errorCodeOf } from './explain.ts';
import { LIST_DEFAULTS, nameIn, textOf } from './vocabulary.ts';
import { FieldValue, IdValue } from './wire-values.ts';

/**
 * The most that one page may have: 2500 here (recorded 2026-06), where the document's shared schema says 100. Whoever
 * holds to the shared schema refuses the first page, and is asked for less.
 */
const PAGE_LIMIT = 2_500;
const SHARED_PAGE_LIMIT = 100;
const WALKS = 3;

const LIST_ROUTE = 'GET /v1/employees';

export interface EmployeeList {
  total: number;
  rows: HrRow[];
  hiddenColumns: string[];
}

/** Throws exit 3 `incomplete-read` when three walks in a row did not add up. */
export async function readEmployeeList(client: Client, fields: string[]): Promise<EmployeeList> {
  let tears = '';
  let limit = PAGE_LIMIT;
  for (let walk = 1; walk <= WALKS; walk += 1) {
    let found = await walkOnce(client, fields, limit);
    if ('refused' in found) {
      limit = SHARED_PAGE_LIMIT;
      found = await walkOnce(client, fields, limit);
    }
    if ('refused' in found) throw found.refused;
    if ('rows' in found) {
      const rows = found.rows.map((row) => rowOf(row, fields));
      return { total: found.total, rows, hiddenColumns: hiddenInAll(rows, fields) };
    }
    tears = found.torn;
    if (walk < WALKS) client.wire.progress(`BambooHR changed while it was read (${tears}); reading it again`);
  }
  throw refusal(
    'incomplete-read',
    `BambooHR's list of employees could not be read whole in ${WALKS} attempts: ${tears}`,
  );
}

/** Values are looked at one by one (rowOf): one that is none must not make a whole company unreadable. */
const ListPage = z.looseObject({
  data: z.array(z.looseObject({ employeeId: IdValue, _restrictedFields: z.array(z.string()).optional() })),
  meta: z.looseObject({
    total: z.int().min(0),
    page: z.looseObject({ nextCursor: z.string().nullish() }).nullish(),
  }),
});
type ListRow = z.infer<typeof ListPage>['data'][number];

async function walkOnce(
  client: Client,
  fields: string[],
  limit: number,
): Promise<{ total: number; rows: ListRow[] } | { torn: string } | { refused: Failure }> {
  const wanted = fields.map((field) => nameIn('list', field)).filter((name) => !LIST_DEFAULTS.has(name));
  const rows: ListRow[] = [];
  const ids = new Set<string>();
  const cursors = new Set<string>();
  let total: number | undefined;
  let after: string | undefined;
  for (;;) {
    const request: WireRequest = {
      route: LIST_ROUTE,
      query: {
        'page[limit]': String(limit),
        ...(wanted.length === 0 ? {} : { fields: wanted.join(',') }),
        // Rebuilt from the cursor: the links name another host, and a key is not carried there.
        ...(after === undefined ? {} : { 'page[after]': after }),
      },
      accept: [400, 422],
    };
    const answer = await send(client, request);
    if (answer.status >= 400) {
      const refused = client.explain(request, answer);
      if (after === undefined) return { refused };
      // BadPage: the employee at the boundary changed while we walked.
      if (errorCodeOf(answer) !== 'BadPage') throw refused;
      return { torn: `BadPage after ${rows.length} of ${total ?? '?'} employees` };
    }
    const page = readJson(client.service, request, answer, ListPage);
    total ??= page.meta.total;
    if (page.meta.total !== total) return { torn: `the total went from ${total} to ${page.meta.total}` };
    for (const row of page.data) {
      if (ids.has(row.employeeId)) return { torn: `an employee came twice among ${rows.length + 1} rows` };
      ids.add(row.employeeId);
      rows.push(row);
    }
    after = page.meta.page?.nextCursor ?? undefined;
    if (after === undefined || after === '') break;
    if (cursors.has(after) || page.data.length === 0 || rows.length > total)
      return { torn: `the pages do not end after ${rows.length} of ${total} employees` };
    cursors.add(after);
    client.wire.progress(`read ${rows.length} of ${total} employees`);
  }
  return rows.length === total
    ? { total, rows }
    : { torn: `${rows.length} rows where BambooHR counts ${total}` };
}

/** A field is hidden when the row says so, when it is not in the row at all, or is no value: what cannot be seen is not empty. */
function rowOf(row: ListRow, fields: string[]): HrRow {
  const restricted = new Set(row._restrictedFields ?? []);
  const values: Record<string, string> = {};
  const hidden: string[] = [];
  for (const field of fields) {
    if (field === 'id') continue;
    const name = nameIn('list', field);
    const value = FieldValue.safeParse(row[name]);
    if (restricted.has(name) || restricted.has(field) || !value.success) hidden.push(field);
    else {
      const text = textOf(value.data);
      if (text !== undefined) values[field] = text;
    }
  }
  return { id: row.employeeId, values, hidden };
}

/** The fields hidden in every row; none when there are no rows. */
export function hiddenInAll(rows: HrRow[], fields: string[]): string[] {
  if (rows.length === 0) return [];
  return fields.filter((field) => rows.every((row) => row.hidden.includes(field)));
}

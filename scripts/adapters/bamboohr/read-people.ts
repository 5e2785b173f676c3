/** Some people, each by two reads of `GET /v1/employees/{id}` side by side: as things stand, and with the future as if it were now. */
import pMap from 'p-map';
import { z } from 'zod';
import type { HrRead, HrRow } from '../../core/people/hr-read.ts';
import { compareHrIds } from '../../core/values/hr-id.ts';
import { readJson } from '../http/read-json.ts';
import type { WireRequest } from '../http/request.ts';
import { type Client, send } from '../http/send.ts';
import { readCustomFields } from './custom-fields.ts';
import { scheduledFields } from './scheduled-report.ts';
import { nameIn, textOf } from './vocabulary.ts';
import { FieldValue, IdValue } from './wire-values.ts';

const AT_ONCE = 4;

/** See HrReader.readPeople. Nothing is said about people as a whole: `total` is what was found, no column is called hidden. */
export async function readPeople(
  client: Client,
  ids: string[],
  fields: string[],
  custom: Record<string, string>,
): Promise<HrRead> {
  const scheduled: HrRead['scheduled'] = new Map();
  const people = await pMap(
    [...new Set(ids)].sort(compareHrIds),
    (id) => readPerson(client, id, fields, custom),
    {
      concurrency: AT_ONCE,
    },
  );
  // An unknown company answers like an unknown person, and must not read as "nobody is there".
  if (people.includes(undefined)) await proveCompany(client);
  const rows = people.flatMap((person) => {
    if (person === undefined) return [];
    scheduled.set(person.row.id, person.scheduled);
    return [person.row];
  });
  return { total: rows.length, rows, scheduled, hiddenColumns: [] };
}

/** The cheapest question that only a known company answers: whose key this is. */
async function proveCompany(client: Client): Promise<void> {
  await send(client, { route: 'GET /v1/employees/{id}', params: { id: '0' } });
}

async function readPerson(
  client: Client,
  id: string,
  fields: string[],
  custom: Record<string, string>,
): Promise<{ row: HrRow; scheduled: Record<string, string> } | undefined> {
  const names = new Map(
    fields
      .filter((field) => field !== 'id' && !Object.hasOwn(custom, field))
      .map((field) => [field, nameIn('report', field)]),
  );
  for (const [name, field] of Object.entries(custom)) names.set(name, field);

  const later = new Map(scheduledFields([...names.keys()]).map((field) => [field, nameIn('report', field)]));
  // Side by side: in the urgent lane seconds count, and neither answer decides whether the other is asked for.
  const [current, future] = await Promise.all([
    readOne(client, id, names, true),
    later.size === 0 ? undefined : readOne(client, id, later, false),
  ]);
  if (current === 'unknown') return undefined;
  if (current === 'forbidden') return { row: { id, values: {}, hidden: [...names.keys()] }, scheduled: {} };
  const row = { id, ...current };

  // A custom name may be one that only the dataset knows.
  const unseen = Object.keys(custom).filter((name) => row.hidden.includes(name));
  if (unseen.length > 0) {
    const asked = Object.fromEntries(unseen.map((name) => [name, custom[name] ?? name]));
    const further = await readCustomFields(client, asked, id);
    const values = further.values.get(id);
    if (values !== undefined) {
      Object.assign(row.values, values);
      row.hidden = row.hidden.filter((name) => !unseen.includes(name) || further.hidden.includes(name));
    }
  }

  if (future === undefined) return { row, scheduled: {} };
  if (typeof future === 'string' || future.hidden.includes('terminationDate'))
    row.hidden = [...new Set([...row.hidden, 'terminationDate'])];
  return { row, scheduled: typeof future === 'string' ? {} : future.values };
}

/**
 * A field that was asked for and is not among the keys of the answer is one that the key may not see (OpenAPI document);
 * so is taken one whose value is none.
 */
async function readOne(
  client: Client,
  id: string,
  names: Map<string, string>,
  onlyCurrent: boolean,
): Promise<{ values: Record<string, string>; hidden: string[] } | 'unknown' | 'forbidden'> {
  const request: WireRequest = {
    route: 'GET /v1/employees/{id}',
    params: { id },
    query: { fields: [...names.values()].join(','), ...(onlyCurrent ? {} : { onlyCurrent: 'false' }) },
    accept: [403, 404],
  };
  const answer = await send(client, request);
  if (answer.status === 404) return 'unknown';
  if (answer.status === 403) return 'forbidden';
  const record: Record<string, unknown> = readJson(
    client.service,
    request,
    answer,
    z.looseObject({ id: IdValue }),
  );
  const values: Record<string, string> = {};
  const hidden: string[] = [];
  for (const [field, name] of names) {
    const value = FieldValue.safeParse(record[name]);
    const text = value.success ? textOf(value.data) : undefined;
    if (!value.success) hidden.push(field);
    else if (text !== undefined) values[field] = text;
  }
  return { values, hidden };
}

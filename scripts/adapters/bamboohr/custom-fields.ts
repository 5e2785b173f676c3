/**
 * Custom fields, which the list does not know: the employee dataset. A field that the key may not see is an error
 * there and not a silent null, so one bad name fails the whole request; then each is tried alone, and those that fail
 * are hidden columns.
 */
import { z } from 'zod';
import { refusal } from '../../core/values/failure.ts';
import { readJson } from '../http/read-json.ts';
import type { Answer, WireRequest } from '../http/request.ts';
import { type Client, send } from '../http/send.ts';
import { textOf } from './vocabulary.ts';
import { FieldValue, IdValue } from './wire-values.ts';

/** The most that one page may have (OpenAPI document). */
const PAGE_SIZE = 1_000;
const WALKS = 3;
/** No permission, unknown dataset, unknown or forbidden field, invalid filter. */
const REFUSED = [400, 403, 404, 422];

export interface CustomRead {
  /** Employee id -> our field name -> value. A person who is not in the map was not in the dataset. */
  values: Map<string, Record<string, string>>;
  /** Our names of the fields that could not be had. */
  hidden: string[];
}

/** `custom`: our name -> BambooHR's. `only` restricts the read to one employee id. */
export async function readCustomFields(
  client: Client,
  custom: Record<string, string>,
  only?: string,
): Promise<CustomRead> {
  const names = Object.keys(custom);
  if (names.length === 0) return { values: new Map(), hidden: [] };
  const whole = await walk(client, custom, only);
  if (whole !== undefined) return { values: whole, hidden: [] };
  const readable: Record<string, string> = {};
  for (const name of names) {
    const field = custom[name] ?? name;
    const probe = await send(client, requestOf([field], 1, 1, only));
    if (probe.status < 300) readable[name] = field;
  }
  const hidden = names.filter((name) => !Object.hasOwn(readable, name));
  if (Object.keys(readable).length === 0) return { values: new Map(), hidden };
  return {
    values: (await walk(client, readable, only)) ?? new Map<string, Record<string, string>>(),
    hidden,
  };
}

async function walk(
  client: Client,
  custom: Record<string, string>,
  only: string | undefined,
): Promise<CustomRead['values'] | undefined> {
  let torn = '';
  for (let attempt = 1; attempt <= WALKS; attempt += 1) {
    const result = await walkOnce(client, custom, only);
    if (result === 'refused') return undefined;
    if (typeof result !== 'string') return result;
    torn = result;
  }
  throw refusal(
    'incomplete-read',
    `BambooHR's employee dataset could not be read whole in ${WALKS} attempts: ${torn}`,
  );
}

async function walkOnce(
  client: Client,
  custom: Record<string, string>,
  only: string | undefined,
): Promise<CustomRead['values'] | string> {
  const values: CustomRead['values'] = new Map();
  const fields = Object.values(custom);
  const schema = dataPage(fields);
  let total: number | undefined;
  for (let page = 1; ; page += 1) {
    const request = requestOf(fields, page, PAGE_SIZE, only);
    const answer = await send(client, request);
    if (isRefused(answer)) return 'refused';
    const { data, meta } = readJson(client.service, request, answer, schema);
    total ??= meta.totalItems;
    if (meta.totalItems !== total) return `the total went from ${total} to ${meta.totalItems}`;
    for (const { fields: row } of data) {
      if (values.has(row.eeid)) return `an employee came twice among ${values.size + 1} rows`;
      values.set(row.eeid, valuesOf(row, custom));
    }
    if (page >= meta.totalPages || data.length === 0) break;
  }
  return values.size === total ? values : `${values.size} rows where BambooHR counts ${total}`;
}

function valuesOf(row: Record<string, unknown>, custom: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(custom).flatMap(([name, field]) => {
      const text = textOf(row[field] as string | number | boolean | null | undefined);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

function requestOf(fields: string[], page: number, pageSize: number, only: string | undefined): WireRequest {
  return {
    route: 'POST /v2/datasets/employee/data',
    repeat: 'read',
    accept: REFUSED,
    body: {
      // The order is unspecified otherwise, and every field of orderBy has to be among the fields.
      fields: ['eeid', ...fields.filter((field) => field !== 'eeid')],
      orderBy: 'eeid asc',
      page,
      pageSize,
      ...(only === undefined ? {} : { filter: `eeid eq ${/^\d+$/.test(only) ? only : `'${only}'`}` }),
    },
  };
}

function isRefused(answer: Answer): boolean {
  return REFUSED.includes(answer.status);
}

function dataPage(fields: string[]) {
  return z.looseObject({
    data: z.array(
      z.looseObject({
        fields: z.looseObject({
          ...Object.fromEntries(fields.map((field) => [field, FieldValue.optional()])),
          eeid: IdValue,
        }),
      }),
    ),
    meta: z.looseObject({ totalItems: z.int().min(0), totalPages: z.int().min(0) }),
  });
}

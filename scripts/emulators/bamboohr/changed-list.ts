/** `employees/changed`: ids only, and the only read that still knows deleted ones. */
import type { Answer } from '../kit/service.ts';
import { escapeXml, legacyError, wantsJson, xmlAnswer } from './answers.ts';
import { offsetInstant } from './calendar.ts';
import { compareIds } from './company.ts';
import { readerFor, type Route, type RouteRequest } from './route.ts';

const TYPES = ['inserted', 'updated', 'deleted', 'all'];

export const changedListRoutes: Route[] = [
  { method: 'GET', template: '/v1/employees/changed', area: 'changed', answer: answerChanged },
];

/** Source: OpenAPI document. `since` includes its own instant; a "+" that was not encoded makes it invalid. */
function answerChanged(request: RouteRequest): Answer {
  const { call, caller, world } = request;
  const since = readSince(call.query.get('since'));
  if (since === undefined) return legacyError(400, 'The since parameter is missing or not a valid date');
  const type = call.query.get('type') ?? 'all';
  if (!TYPES.includes(type)) return legacyError(400, `The type parameter is invalid: ${TYPES.join(', ')}`);
  const reader = readerFor(request, 'current');
  const rows: { id: string; action: string; lastChanged: string }[] = [];
  for (const employee of world.company.employees.values()) {
    if (!isSince(employee.lastChanged, since) || !caller.sees(employee, reader)) continue;
    const action = isSince(employee.inserted, since) ? 'Inserted' : 'Updated';
    rows.push({ id: employee.id, action, lastChanged: offsetInstant(employee.lastChanged) });
  }
  for (const [id, at] of world.company.deleted)
    if (isSince(at, since)) rows.push({ id, action: 'Deleted', lastChanged: offsetInstant(at) });
  const wanted = rows
    .filter((row) => type === 'all' || row.action.toLowerCase() === type)
    .sort((left, right) => compareIds(left.id, right.id));
  const latest = wanted.reduce(
    (newest, { lastChanged }) => (lastChanged > newest ? lastChanged : newest),
    offsetInstant(since.toISOString()),
  );
  if (wantsJson(call))
    return {
      status: 200,
      json: { latest, employees: Object.fromEntries(wanted.map((row) => [row.id, row])) },
    };
  const lines = wanted.map(
    (row) => ` <employee id="${escapeXml(row.id)}" action="${row.action}" lastChanged="${row.lastChanged}"/>`,
  );
  return xmlAnswer(`<employees latest="${latest}">\n${lines.join('\n')}\n</employees>`);
}

/** An ISO 8601 instant; a bare day is one too. */
export function readSince(text: string | null): Date | undefined {
  if (text === null || !/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text))
    return undefined;
  const since = new Date(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(since.getTime()) ? undefined : since;
}

/** Instants compare by the second, as they are shown. */
export function isSince(iso: string, since: Date): boolean {
  return Math.floor(Date.parse(iso) / 1000) >= Math.floor(since.getTime() / 1000);
}

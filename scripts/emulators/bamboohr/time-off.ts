/** `time_off/requests` and `time_off/whos_out`. */
import type { Answer } from '../kit/service.ts';
import { escapeXml, legacyError, wantsJson, xmlAnswer } from './answers.ts';
import { dayFrom, plainInstant } from './calendar.ts';
import type { Company } from './company.ts';
import { timeOffType } from './meta.ts';
import { firstLast } from './roster.ts';
import { readerFor, type Route, type RouteRequest } from './route.ts';

const DAY_MS = 86_400_000;

export const timeOffRoutes: Route[] = [
  { method: 'GET', template: '/v1/time_off/requests', area: 'time_off', answer: answerRequests },
  { method: 'GET', template: '/v1/time_off/whos_out', area: 'time_off', answer: answerWhosOut },
];

interface TimeOff {
  id: string;
  employeeId: string;
  name: string;
  start: string;
  end: string;
  status: string;
  typeId: string;
  source: Record<string, unknown>;
}

/** Overlap: `start` is held against each request's end, `end` against its start. Ids and amounts are text (recorded). */
function answerRequests(request: RouteRequest): Answer {
  const { call, caller, world } = request;
  const start = dayFrom(call.query.get('start'));
  const end = dayFrom(call.query.get('end'));
  if (start === undefined || end === undefined || start > end)
    return legacyError(400, 'The start and end parameters are required and must be valid dates');
  const wanted = (name: string): Set<string> | undefined => {
    const text = call.query.get(name);
    return text === null ? undefined : new Set(text.split(',').map((part) => part.trim()));
  };
  const [ids, employees, types, statuses] = ['id', 'employeeId', 'type', 'status'].map(wanted);
  const reader = readerFor(request, 'current');
  const found = listTimeOff(world.company, call.now).filter((entry) => {
    const employee = world.company.employees.get(entry.employeeId);
    return (
      entry.end >= start &&
      entry.start <= end &&
      ids?.has(entry.id) !== false &&
      employees?.has(entry.employeeId) !== false &&
      types?.has(entry.typeId) !== false &&
      statuses?.has(entry.status) !== false &&
      (employee === undefined || caller.sees(employee, reader))
    );
  });
  const withoutNotes = Boolean(call.query.get('excludeNote'));
  const rows = found.map((entry) => renderRequest(world.company, entry, withoutNotes));
  if (wantsJson(call)) return { status: 200, json: rows };
  const lines = found.map(
    (entry) =>
      ` <request id="${escapeXml(entry.id)}">\n  <employee id="${escapeXml(entry.employeeId)}">${escapeXml(entry.name)}</employee>\n` +
      `  <status>${escapeXml(entry.status)}</status>\n  <start>${entry.start}</start>\n  <end>${entry.end}</end>\n </request>`,
  );
  return xmlAnswer(`<requests>\n${lines.join('\n')}\n</requests>`);
}

function renderRequest(company: Company, entry: TimeOff, withoutNotes: boolean): Record<string, unknown> {
  const { source } = entry;
  const type = timeOffType(company, entry.typeId);
  const unit = String(nested(source, 'amount', 'unit') ?? type?.['units'] ?? 'days');
  const perDay = unit === 'hours' ? '8' : '1';
  const dates = isObject(source['dates'])
    ? Object.fromEntries(Object.entries(source['dates']).map(([day, amount]) => [day, String(amount)]))
    : Object.fromEntries(daysBetween(entry.start, entry.end).map((day) => [day, perDay]));
  const total = Object.values(dates).reduce((sum, amount) => sum + Number(amount), 0);
  return {
    id: entry.id,
    employeeId: entry.employeeId,
    status: {
      lastChanged: String(nested(source, 'status', 'lastChanged') ?? source['created'] ?? entry.start),
      lastChangedByUserId: String(nested(source, 'status', 'lastChangedByUserId') ?? '1'),
      status: entry.status,
    },
    name: entry.name,
    start: entry.start,
    end: entry.end,
    created: String(source['created'] ?? entry.start),
    type: {
      id: entry.typeId,
      name: String(nested(source, 'type', 'name') ?? type?.['name'] ?? ''),
      icon: String(nested(source, 'type', 'icon') ?? type?.['icon'] ?? 'time-off-calendar'),
    },
    amount: { unit, amount: String(nested(source, 'amount', 'amount') ?? total) },
    actions: source['actions'] ?? {
      view: true,
      edit: true,
      cancel: false,
      approve: false,
      deny: false,
      bypass: false,
    },
    dates,
    ...(withoutNotes ? {} : { notes: source['notes'] ?? {} }),
  };
}

/** No leave type, and by default only whom the key owner's saved calendar filter lets through (OpenAPI document). */
function answerWhosOut(request: RouteRequest): Answer {
  const { call, caller, world } = request;
  const { company } = world;
  if (company.whosOutDisabled) return legacyError(403, "Who's Out is disabled");
  const start = dayFrom(call.query.get('start')) ?? company.calendar.dayOf(call.now);
  const end = dayFrom(call.query.get('end')) ?? addDays(start, 14);
  const saved = call.query.get('filter') === 'off' ? undefined : company.whosOutFilter;
  const reader = readerFor(request, 'current');
  const people = listTimeOff(company, call.now).filter((entry) => {
    const employee = company.employees.get(entry.employeeId);
    return (
      entry.status === 'approved' &&
      entry.end >= start &&
      entry.start <= end &&
      saved?.includes(entry.employeeId) !== false &&
      (employee === undefined || caller.sees(employee, reader))
    );
  });
  const holidays = company.holidays.flatMap((holiday, index) => {
    const from = dayFrom(holiday['start']);
    const to = dayFrom(holiday['end']) ?? from;
    if (from === undefined || to === undefined || to < start || from > end) return [];
    const id = Number(holiday['id'] ?? index + 1);
    return [{ id, type: 'holiday', name: String(holiday['name'] ?? ''), start: from, end: to }];
  });
  const rows = [
    ...people.map((entry) => ({
      id: Number(entry.id),
      type: 'timeOff',
      employeeId: Number(entry.employeeId),
      name: entry.name,
      start: entry.start,
      end: entry.end,
    })),
    ...holidays,
  ].sort((left, right) =>
    left.start < right.start ? -1 : left.start > right.start ? 1 : left.id - right.id,
  );
  if (wantsJson(call)) return { status: 200, json: rows };
  const lines = rows.map(
    (row) =>
      ` <item type="${row.type}">\n  <request id="${row.id}"/>\n  <name>${escapeXml(row.name)}</name>\n  <start>${row.start}</start>\n  <end>${row.end}</end>\n </item>`,
  );
  return xmlAnswer(`<calendar>\n${lines.join('\n')}\n</calendar>`);
}

/** Requests of the seed, in the vendor's shape or flat (`status: "approved", type: "80"`). */
function listTimeOff(company: Company, now: Date): TimeOff[] {
  return company.timeOffRequests.map((source, index) => {
    const employeeId = String(source['employeeId'] ?? '');
    const employee = company.employees.get(employeeId);
    const start = dayFrom(source['start']) ?? plainInstant(now).slice(0, 10);
    const status = nested(source, 'status', 'status') ?? source['status'] ?? 'approved';
    const typeId = nested(source, 'type', 'id') ?? source['type'] ?? '78';
    return {
      id: String(source['id'] ?? 1600 + index),
      employeeId,
      name: String(source['name'] ?? (employee === undefined ? '' : firstLast(employee))),
      start,
      end: dayFrom(source['end']) ?? start,
      status: String(status),
      typeId: String(typeId),
      source,
    };
  });
}

function nested(source: Record<string, unknown>, outer: string, inner: string): unknown {
  const value = source[outer];
  return isObject(value) ? value[inner] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function daysBetween(start: string, end: string): string[] {
  const days: string[] = [];
  for (let day = start; day <= end && days.length < 400; day = addDays(day, 1)) days.push(day);
  return days;
}

function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** Whom a delivery is about: ids and nothing else, whatever shape and encoding the webhook was given. */
import { HrId } from '../values/hr-id.ts';

export type EmployeesInBody =
  | { found: true; employees: string[] }
  | { found: false; reason: 'unreadable' | 'other-event' | 'no-ids' };

/**
 * Reads both kinds of payload (BambooHR's OpenAPI document and guides, a real capture of 2022):
 *
 *   event    `{"type": "employee.updated", "data": {"employeeId": "5", …}}`
 *   field    `{"employees": [{"id": "5", "fields": {…}}, …]}`, several people at once, no type
 *   form     the same two, as `data[employeeId]=5` and `employees[0][id]=5`
 *
 * The encoding is tried, not believed: a form labelled as JSON is still a leaver. Values of fields are never looked
 * at, so bytes that are not UTF-8 in somebody's name do not matter. Ids that are no ids are passed over. Every event
 * about employees counts, also ones not known today: it is a hint to look, never an order to act.
 */
export function readEmployees(rawBody: Uint8Array): EmployeesInBody {
  const text = new TextDecoder().decode(rawBody).trim();
  const mentions = readJson(text) ?? readForm(text);
  if (mentions === undefined) return { found: false, reason: 'unreadable' };
  if (mentions.type !== undefined && !/^employee(_with_fields)?\./.test(mentions.type))
    return { found: false, reason: 'other-event' };
  const employees = new Set<string>();
  for (const mention of mentions.ids) {
    // A number too large for JSON would come out as another one, or as the word Infinity.
    const id = HrId.safeParse(Number.isSafeInteger(mention) ? String(mention) : mention);
    if (id.success) employees.add(id.data);
  }
  if (employees.size === 0) return { found: false, reason: 'no-ids' };
  return { found: true, employees: [...employees] };
}

interface Mentions {
  type: string | undefined;
  ids: unknown[];
}

function readJson(text: string): Mentions | undefined {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(payload)) return undefined;
  const rows = [...listOf(payload['employees']).map((row) => (isRecord(row) ? row['id'] : undefined))];
  const data = isRecord(payload['data']) ? [payload['data']['employeeId']] : [];
  return { type: textOf(payload['type']), ids: [...data, ...rows] };
}

function readForm(text: string): Mentions | undefined {
  if (!text.includes('=')) return undefined;
  const form = new URLSearchParams(text);
  const ids = [...form]
    .filter(([key]) => key === 'data[employeeId]' || /^employees\[\d+\]\[id\]$/.test(key))
    .map(([, value]) => value);
  return { type: form.get('type') ?? undefined, ids };
}

/** PHP writes a list with gaps as an object. */
function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isRecord(value) ? Object.values(value) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

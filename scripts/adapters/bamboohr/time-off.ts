/** `GET /v1/time_off/requests`: approved time off of the types that count as leave. The type ends here: it may be medical. */
import { z } from 'zod';
import { Day } from '../../core/values/calendar.ts';
import { compareHrIds } from '../../core/values/hr-id.ts';
import { compareText } from '../../core/values/finding.ts';
import { readJson } from '../http/read-json.ts';
import type { WireRequest } from '../http/request.ts';
import { type Client, send } from '../http/send.ts';
import { IdValue } from './wire-values.ts';

const Requests = z.array(
  z.looseObject({
    employeeId: IdValue,
    start: Day,
    end: Day,
    status: z.looseObject({ status: z.string() }),
    type: z.looseObject({ id: z.union([z.string(), z.number()]).transform(String) }),
  }),
);

/**
 * See HrReader.readTimeOff. `start` filters on a request's end and `end` on its start, so the two give what touches
 * the days. Status and type are looked at again here: a filter that is ignored must not make a vacation a leave.
 */
export async function readTimeOff(
  client: Client,
  from: string,
  to: string,
  types: string[],
): Promise<{ person: string; start: string; end: string }[]> {
  if (types.length === 0) return [];
  const request: WireRequest = {
    route: 'GET /v1/time_off/requests',
    query: { start: from, end: to, status: 'approved', type: types.join(','), excludeNote: '1' },
  };
  const found = readJson(client.service, request, await send(client, request), Requests);
  return found
    .filter(
      ({ status, type, start, end }) =>
        status.status === 'approved' && types.includes(type.id) && start <= to && end >= from,
    )
    .map(({ employeeId, start, end }) => ({ person: employeeId, start, end }))
    .sort((a, b) => compareHrIds(a.person, b.person) || compareText(a.start, b.start));
}

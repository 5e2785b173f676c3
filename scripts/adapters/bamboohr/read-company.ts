/** Everyone, in as few requests as the proof of completeness allows: the list, the scheduled read, custom fields when there are any. */
import type { HrRead, HrRow } from '../../core/people/hr-read.ts';
import { compareHrIds } from '../../core/values/hr-id.ts';
import type { Client } from '../http/send.ts';
import { readCustomFields } from './custom-fields.ts';
import { hiddenInAll, readEmployeeList } from './employee-list.ts';
import { readScheduled, type ScheduledRead } from './scheduled-report.ts';

/** See HrReader.readCompany. */
export async function readCompany(
  client: Client,
  fields: string[],
  custom: Record<string, string>,
): Promise<HrRead> {
  const standard = fields.filter((field) => !Object.hasOwn(custom, field));
  const list = await readEmployeeList(client, standard);
  const further = await readCustomFields(client, custom);
  const scheduled = await readScheduled(client, standard);
  const rows = list.rows
    .map((row) => withScheduledDoubt(withCustom(row, custom, further), scheduled))
    .sort((a, b) => compareHrIds(a.id, b.id));
  const hidden = new Set([...hiddenInAll(rows, fields), ...list.hiddenColumns, ...further.hidden]);
  // Without it an exit to come would look cancelled, and what was armed for it would be disarmed.
  if (scheduled.missing.includes('terminationDate')) hidden.add('terminationDate');
  return {
    total: list.total,
    rows,
    scheduled: scheduled.values,
    hiddenColumns: fields.filter((field) => hidden.has(field)),
  };
}

/** A person whom the dataset leaves out has hidden custom fields, not empty ones. */
function withCustom(
  row: HrRow,
  custom: Record<string, string>,
  further: { values: Map<string, Record<string, string>>; hidden: string[] },
): HrRow {
  const names = Object.keys(custom);
  if (names.length === 0) return row;
  const values = further.values.get(row.id);
  const hidden = values === undefined ? names : names.filter((name) => further.hidden.includes(name));
  return { ...row, values: { ...row.values, ...values }, hidden: [...row.hidden, ...hidden] };
}

/** A person whom the report leaves out may have a last day that we cannot see. */
function withScheduledDoubt(row: HrRow, scheduled: ScheduledRead): HrRow {
  const seen = !scheduled.everyone || scheduled.values.has(row.id);
  if (seen || row.hidden.includes('terminationDate')) return row;
  return { ...row, hidden: [...row.hidden, 'terminationDate'] };
}

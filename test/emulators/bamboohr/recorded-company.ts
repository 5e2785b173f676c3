/** The recorded demo tenant (114 people, 2026-06-02) as a seed, and its recorded exchanges. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../../../shared/reference/recordings');

/** False where the reference material is not beside the project: tests that need it say so and skip. */
export const hasRecordings = existsSync(FOLDER);

export interface Recording {
  name: string;
  source: string;
  request: { method: string; path?: string; url?: string; params?: Record<string, string>; data?: unknown };
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

type Facts = Record<string, unknown>;

export function readRecording<Body = unknown>(name: string): Recording & { body: Body } {
  const text = readFileSync(join(FOLDER, `${name}.json`), 'utf8');
  return { name, ...(JSON.parse(text) as Omit<Recording, 'name'>) } as Recording & { body: Body };
}

/** Every recorded exchange; the webhook vector is none. */
export function readExchanges(): Recording[] {
  return readdirSync(FOLDER)
    .map((file) => file.replace(/\.json$/, ''))
    .filter((name) => name !== 'webhook_hmac_vector')
    .sort()
    .map((name) => readRecording(name));
}

/** Instant of the newest recording: rows of the three reads agree then. */
export const RECORDED_AT = '2026-06-02T17:12:39Z';

/** The `bamboohr` part of a seed: facts from report, list and dataset (rows come in one order), rows from the table. */
export function recordedSeed(): Facts {
  const report = readRecording<{ employees: Facts[] }>('post_v1_reports_custom').body.employees;
  const list = readRecording<{ data: Facts[] }>('get_v1_employees_list').body.data;
  const dataset = readRecording<{ data: { fields: Facts }[] }>('post_v2_datasets_employee_data').body.data;
  const rows = readRecording<Facts[]>('get_v1_employees_all_tables_jobInfo').body;
  const employees = report.map((facts, index) => {
    const { terminationDate: _, ...reported } = facts;
    const listed = list[index] ?? {};
    const data = dataset[index]?.fields ?? {};
    if (listed['employeeId'] !== facts['id']) throw new Error(`recordings disagree at row ${index}`);
    const { lastChanged, preferredName, mobilePhone } = data;
    return { ...reported, status: listed['status'], preferredName, mobilePhone, lastChanged };
  });
  return {
    company: 'nagoinc',
    timezone: 'America/Denver',
    employees,
    tables: { jobInfo: rows },
    fields: readRecording('get_v1_meta_fields').body,
    lists: readRecording('get_v1_meta_lists').body,
    datasetFields: readRecording<{ fields: unknown }>('get_v1_2_datasets_employee_fields').body.fields,
    timeOffTypes: readRecording<{ timeOffTypes: unknown }>('get_v1_meta_time_off_types').body.timeOffTypes,
    timeOffRequests: readRecording('get_v1_time_off_requests').body,
  };
}

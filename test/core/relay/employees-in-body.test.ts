import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEmployees } from '../../../scripts/core/relay/employees-in-body.ts';
import { HrId } from '../../../scripts/core/values/hr-id.ts';
import { RECORDED } from './recorded-delivery.ts';

function read(text: string): string[] | string {
  const found = readEmployees(new TextEncoder().encode(text));
  return found.found ? found.employees : found.reason;
}

const cases: [name: string, body: string, expected: string[] | string][] = [
  ['the recorded field payload', RECORDED.body, ['5']],
  [
    'the document’s event payload',
    '{"type":"employee.updated","timestamp":"2026-01-31T18:42:00+0000","data":{"companyId":"12345","employeeId":"67890","changedFields":["firstName"]}}',
    ['67890'],
  ],
  ['a creation', '{"type":"employee.created","data":{"companyId":"1","employeeId":"7"}}', ['7']],
  ['a deletion', '{"type":"employee.deleted","data":{"companyId":"1","employeeId":"7"}}', ['7']],
  ['an event not known today', '{"type":"employee.rehired","data":{"employeeId":"7"}}', ['7']],
  ['a creation with values', '{"type":"employee_with_fields.created","employees":[{"id":"7"}]}', ['7']],
  ['an update with values', '{"type":"employee_with_fields.updated","employees":[{"id":"7"}]}', ['7']],
  ['a type that is no text', '{"type":5,"data":{"employeeId":"7"}}', ['7']],
  ['both kinds in one', '{"data":{"employeeId":"7"},"employees":[{"id":"5"},{"id":"7"}]}', ['7', '5']],
  [
    'values that look like ids',
    '{"employees":[{"id":"5","fields":{"id":{"value":"9"},"employeeId":"9"}}],"id":"9","employeeId":"9"}',
    ['5'],
  ],
  ['white space around it', ' \r\n{"employees":[{"id":"5"}]}\r\n', ['5']],
  ['a number as id', '{"type":"employee.updated","data":{"employeeId":7}}', ['7']],
  [
    'several people, one of them twice',
    '{"employees":[{"id":"5","action":"Updated"},{"id":6},{"id":"5","action":"Created"}]}',
    ['5', '6'],
  ],
  ['a PHP list with gaps', '{"employees":{"0":{"id":"5"},"3":{"id":"6"}}}', ['5', '6']],
  ['a byte order mark', '\ufeff{"employees":[{"id":"5"}]}', ['5']],
  [
    'a form event',
    'type=employee.updated&data[companyId]=1&data[employeeId]=42&data[changedFields][0]=status',
    ['42'],
  ],
  ['an encoded form event', 'type=employee.updated&data%5BemployeeId%5D=42', ['42']],
  [
    'a form with several people',
    'employees[0][id]=5&employees[0][action]=Updated&employees[1][id]=6',
    ['5', '6'],
  ],
  [
    'a form of twelve people',
    Array.from({ length: 12 }, (_, row) => `employees[${row}][id]=${row + 100}`).join('&'),
    Array.from({ length: 12 }, (_, row) => String(row + 100)),
  ],
  ['an encoded form of several people', 'employees%5B0%5D%5Bid%5D=5&employees%5B1%5D%5Bid%5D=6', ['5', '6']],
  ['a form of updates with values', 'type=employee_with_fields.updated&employees[0][id]=5', ['5']],
  ['a form that ends with a line break', 'employees[0][id]=5\r\n', ['5']],
  ['a form that begins with one', '\r\nemployees[0][id]=5', ['5']],
  [
    'a form with values that look like ids',
    'id=9&employees[0][id]=5&employees[0][fields][id]=9&employees[0][id][value]=9&my_employees[0][id]=9&employees[x][id]=9&employees[][id]=9&data[employeeId][0]=9',
    ['5'],
  ],
  ['a form without anybody', 'type=employee.updated&data[companyId]=1', 'no-ids'],
  ['a form with an id that is none', 'data[employeeId]=../../etc&employees[0][id]=', 'no-ids'],
  [
    'an event about former employees',
    '{"type":"former_employee.updated","data":{"employeeId":"1"}}',
    'other-event',
  ],
  [
    'an event about lists of employees',
    '{"type":"employees.updated","data":{"employeeId":"1"}}',
    'other-event',
  ],
  ['an event without a name', '{"type":"","data":{"employeeId":"1"}}', 'other-event'],
  ['data that is a list', '{"type":"employee.updated","data":["7"]}', 'no-ids'],
  ['employees that are a text', '{"employees":"5"}', 'no-ids'],
  ['a list', '[{"id":"5"}]', 'unreadable'],
  ['a company event', '{"type":"company.updated","data":{"companyId":"1"}}', 'other-event'],
  [
    'a company event with an employee in it',
    '{"type":"company.updated","data":{"employeeId":"1"}}',
    'other-event',
  ],
  ['a form of the company', 'type=company-integrations.updated&data[companyId]=1', 'other-event'],
  ['nobody', '{"employees":[]}', 'no-ids'],
  ['an object of something else', '{"hello":"world"}', 'no-ids'],
  [
    'ids that are none',
    '{"employees":[{"id":"../../etc"},{"id":""},{"id":null},{"id":{}},{"id":1.5},{"id":"5\\n6"}]}',
    'no-ids',
  ],
  [
    'numbers too large for JSON, which come out as somebody else’s id',
    '{"employees":[{"id":12345678901234567890},{"id":1e999}]}',
    'no-ids',
  ],
  ['one id among those that are none', '{"employees":[{"id":"../x"},{"id":"8"},null,"9"]}', ['8']],
  ['nothing', '', 'unreadable'],
  ['a sentence', 'hello', 'unreadable'],
  ['a bare number', '5', 'unreadable'],
  ['null', 'null', 'unreadable'],
  ['broken JSON', '{"employees":[{"id":"5"', 'unreadable'],
];

describe('employees in a body', () => {
  it.each(cases)('%s', (_, body, expected) => {
    expect(read(body)).toEqual(expected);
  });

  it('does not mind bytes that are not UTF-8 in somebody’s name', () => {
    const body = Buffer.from(
      '{"employees":[{"id":"5","fields":{"Last name":{"value":"Mu\xf1oz"}}}]}',
      'latin1',
    );
    expect(readEmployees(body)).toEqual({ found: true, employees: ['5'] });
  });

  it('never throws, and never lets through what is no HR id', () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
      fc
        .array(fc.record({ id: fc.anything() }))
        .map((employees) => new TextEncoder().encode(safeJson({ employees }))),
      fc
        .string()
        .map((id) => new TextEncoder().encode(new URLSearchParams({ 'data[employeeId]': id }).toString())),
    );
    fc.assert(
      fc.property(hostile, (body) => {
        const found = readEmployees(body);
        if (found.found) for (const id of found.employees) expect(HrId.safeParse(id).success).toBe(true);
      }),
    );
  });
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

import { beforeAll, describe, expect, test } from 'vitest';
import { type Bamboo, person, startBamboo } from './start-bamboohr.ts';

let bamboo: Bamboo;
beforeAll(async () => {
  bamboo = await startBamboo({
    employees: [person('1'), person('2'), person('3', { status: 'Inactive' })],
    timeOffRequests: [
      { id: '1', employeeId: '1', start: '2026-11-01', end: '2026-11-10', status: 'approved', type: '80' },
      { id: '2', employeeId: '2', start: '2026-11-24', end: '2026-11-25', status: 'requested', type: '78' },
      {
        id: '3',
        employeeId: '3',
        start: '2026-11-24',
        end: '2027-01-31',
        status: { status: 'approved' },
        type: { id: '80' },
      },
    ],
    holidays: [{ id: 9, name: 'Thanksgiving', start: '2026-11-26' }],
    whosOutFilter: ['1'],
  });
});

type Rows = Record<string, unknown>[];

describe('time_off/requests', () => {
  // SPEC: start is held against each request's end, end against its start: overlap, inclusive on both sides.
  test.each([
    ['start=2026-11-10&end=2026-11-24', ['1', '2', '3']],
    ['start=2026-11-11&end=2026-11-23', []],
    ['start=2026-12-01&end=2026-12-01', ['3']],
    ['start=2026-01-01&end=2026-12-31&status=approved', ['1', '3']],
    ['start=2026-01-01&end=2026-12-31&type=78,80&employeeId=2', ['2']],
    ['start=2026-01-01&end=2026-12-31&id=3', ['3']],
  ])('%s', async (query, expected) => {
    const rows = await bamboo.get<Rows>(`/api/v1/time_off/requests?${query}`);
    expect(rows.map(({ id }) => id)).toEqual(expected);
  });

  // REC get_v1_time_off_requests.json: ids and amounts are strings although the document says numbers; notes {} .
  test('shape as recorded', async () => {
    const [row] = await bamboo.get<Rows>('/api/v1/time_off/requests?start=2026-11-24&end=2026-11-25&id=2');
    expect(row).toMatchObject({
      id: '2',
      employeeId: '2',
      name: 'First2 Last2',
      status: { status: 'requested' },
      type: { id: '78', name: 'Vacation', icon: 'palm-trees' },
      amount: { unit: 'hours', amount: '16' },
      dates: { '2026-11-24': '8', '2026-11-25': '8' },
      notes: {},
    });
    const [bare] = await bamboo.get<Rows>(
      '/api/v1/time_off/requests?start=2026-11-24&end=2026-11-25&excludeNote=1',
    );
    expect(bare).not.toHaveProperty('notes');
  });

  // SPEC + apideck: start and end are required.
  test.each(['', 'start=2026-01-01', 'start=2026-13-01&end=2026-12-31', 'start=2026-02-01&end=2026-01-01'])(
    '400 for %j',
    async (query) => {
      expect((await bamboo.ask(`/api/v1/time_off/requests?${query}`)).status).toBe(400);
    },
  );
});

describe('time_off/whos_out', () => {
  // SPEC: approved only, today to two weeks ahead, narrowed by the key owner's saved filter unless filter=off; no type.
  test('is narrowed by the saved filter, holidays are not', async () => {
    const narrowed = await bamboo.get<Rows>('/api/v1/time_off/whos_out');
    expect(narrowed).toEqual([
      { id: 9, type: 'holiday', name: 'Thanksgiving', start: '2026-11-26', end: '2026-11-26' },
    ]);
    const all = await bamboo.get<Rows>('/api/v1/time_off/whos_out?filter=off');
    expect(all[0]).toEqual({
      id: 3,
      type: 'timeOff',
      employeeId: 3,
      name: 'First3 Last3',
      start: '2026-11-24',
      end: '2027-01-31',
    });
    const past = await bamboo.get<Rows>('/api/v1/time_off/whos_out?start=2026-11-01&end=2026-11-02');
    expect(past.map(({ id }) => id)).toEqual([1]);
  });

  test('403 when the feature is off', async () => {
    const off = await startBamboo({ whosOutDisabled: true });
    expect((await off.ask('/api/v1/time_off/whos_out')).status).toBe(403);
  });
});

// REC get_v1_meta_time_off_types.json.
test('meta/time_off/types', async () => {
  const answer = await bamboo.get<{ timeOffTypes: Rows; defaultHours: Rows }>('/api/v1/meta/time_off/types');
  expect(answer.timeOffTypes.find(({ name }) => name === 'FMLA')).toEqual({
    id: '80',
    name: 'FMLA',
    units: 'hours',
    color: '56afdd',
    icon: 'family',
    source: 'internal',
  });
  expect(answer.defaultHours).toContainEqual({ name: 'default', amount: '8' });
});

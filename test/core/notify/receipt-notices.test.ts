import { describe, expect, it } from 'vitest';
import { receiptNotices } from '../../../scripts/core/notify/receipt-notices.ts';
import { planName } from '../../../scripts/core/plan/plan-file.ts';
import type { RecordedPlan } from '../../../scripts/core/record/ledger.ts';
import { act, arms, creates, joins, recorded, suspends } from '../../notify/record.ts';

function told(record: RecordedPlan[], news = record): string[] {
  return receiptNotices(record, new Set(news.map(({ plan }) => planName(plan)))).map(
    ({ event, people, futureExit, codes }) =>
      [
        event,
        futureExit === true ? 'future' : '',
        ...(codes ?? []),
        ...people.map(({ person, did }) => `${person} ${did}`),
      ]
        .filter((part) => part !== '')
        .join(' | '),
  );
}

const returns = act('reinstate', '1', { after: { state: 'ACTIVATED' } });
const strips = act('leave-group', '1', {
  target: 'g1',
  before: { group: 'All', taken: 'left', ours: true, hireDate: '2020-01-06' },
});

const pauses = act('leave-group', '1', {
  target: 'g1',
  before: { group: 'All', taken: 'leave', ours: true, hireDate: '2020-01-06' },
});

describe('what a receipt tells', () => {
  it.each<[string, RecordedPlan[], string[]]>([
    ['a joiner made ahead', [recorded([creates('1')])], ['provisioned | 1 account made, staged']],
    [
      'a joiner made on the day',
      [recorded([creates('1', 'ACTIVATED')])],
      ['provisioned | 1 account made, active'],
    ],
    ['a first day', [recorded([act('activate', '1')])], ['provisioned | 1 account active']],
    ['found done by the next run', [recorded([suspends('1')], 'already')], ['offboarded | 1 suspended']],
    ['a leaver', [recorded([suspends('1'), strips])], ['offboarded | 1 suspended']],
    ['a leave', [recorded([suspends('1', 'leave')])], ['suspended | 1 suspended']],
    ['ended by hand before HR knows', [recorded([suspends('1', 'manual')])], ['offboarded | 1 suspended']],
    ['a return', [recorded([returns])], ['reinstated | 1 reinstated']],
    ['a leaver whom an armed job suspended', [recorded([strips])], ['offboarded | 1 access taken away']],
    ['a leave that an armed job began', [recorded([pauses])], ['suspended | 1 access taken away']],
    ['an update alone', [recorded([act('update', '1', { target: 'jobTitle', after: 'X' })])], []],
    ['skipped', [recorded([suspends('1')], 'skipped')], []],
    ['failed', [recorded([suspends('1')], 'failed', { outcome: 'partial' })], ['failed | 1 suspend']],
    [
      'refused',
      [recorded([suspends('1')], 'not-attempted', { outcome: 'refused' })],
      ['guardrail-refused | not-permitted'],
    ],
    [
      'expired',
      [recorded([suspends('1')], 'not-attempted', { outcome: 'expired' })],
      ['guardrail-refused | approval-expired'],
    ],
    [
      'starts and last days apart',
      [recorded([arms('1', 'ACTIVATED'), arms('2', 'SUSPENDED')])],
      ['schedule-armed | 1 will be activated', 'schedule-armed | future | 2 will be suspended'],
    ],
    [
      'a last day that is cancelled is told to nobody',
      [
        recorded([
          act('unschedule', '2', {
            target: 'job',
            before: { state: 'SUSPENDED', at: '2026-12-01T00:00:00Z' },
          }),
        ]),
      ],
      [],
    ],
  ])('%s', (_name, record, expected) => {
    expect(told(record)).toEqual(expected);
  });

  it('an arming of a last day that failed is counted, and says neither who nor what', () => {
    const record = [
      recorded([arms('2', 'SUSPENDED'), joins('1', 'Sales')], 'failed', { outcome: 'partial' }),
    ];
    const [notice] = receiptNotices(record, new Set(record.map(({ plan }) => planName(plan))));
    expect(notice).toMatchObject({
      event: 'failed',
      others: 1,
      counts: { 'action failed': 1 },
      people: [{ person: '1' }],
    });
    expect(JSON.stringify(notice)).not.toContain('"2"');
  });

  it('the rest of an exit does not tell it again, a new exit after a return does', () => {
    const at = (hour: number): { finishedAt: string } => ({ finishedAt: `2026-11-23T${10 + hour}:00:00Z` });
    const first = recorded([suspends('1')], 'done', { lane: 'urgent', ...at(0) });
    const rest = recorded([strips], 'done', at(1));
    const back = recorded([returns], 'done', at(2));
    const again = recorded([strips], 'done', { asOf: '2026-11-24', ...at(3) });
    expect(told([first, rest], [rest])).toEqual([]);
    expect(told([first, rest, back, again], [again])).toEqual(['offboarded | 1 access taken away']);
    expect(told([rest, first], [rest])).toEqual([]);
    const leave = recorded([pauses], 'done', at(0));
    const moreAt = (hour: number): RecordedPlan =>
      recorded([pauses], 'done', { asOf: `2026-11-2${hour}`, ...at(hour) });
    const [more, later] = [moreAt(1), moreAt(4)];
    expect(told([leave, more])).toEqual(['suspended | 1 access taken away']);
    expect(told([leave, rest])).toEqual([
      'suspended | 1 access taken away',
      'offboarded | 1 access taken away',
    ]);
    expect(told([leave, back, later], [later])).toEqual(['suspended | 1 access taken away']);
  });

  it('provisioned carries groups, device groups and other bindings that were given by then, and no failed ones', () => {
    const lost = joins('1', 'Lost');
    const device = act('bind', '1', { target: 'system_group:d1', after: { name: 'Laptops' } });
    const policy = act('bind', '1', { target: 'policy:p1', after: { name: 'Disk Encryption' } });
    const record = [
      recorded(
        [creates('1'), joins('1', 'Sales'), joins('1', 'All Staff'), lost, device, policy],
        { [lost.id]: 'failed' },
        { outcome: 'partial' },
      ),
    ];
    const notices = receiptNotices(record, new Set(record.map(({ plan }) => planName(plan))));
    expect(notices[0]?.people).toEqual([
      {
        person: '1',
        did: 'account made, staged',
        account: record[0]?.plan.actions[0]?.account,
        username: 'user1',
        email: 'user1@example.com',
        groups: ['All Staff', 'Sales'],
        deviceGroups: ['Laptops'],
        bindings: ['Disk Encryption'],
      },
    ]);
  });

  it('keys do not depend on when, by whom or how often it is derived', () => {
    const a = recorded([suspends('1'), suspends('2')], 'done', { finishedAt: '2026-11-23T12:00:00Z' });
    const b = recorded([suspends('1'), suspends('2')], 'already', {
      finishedAt: '2026-11-23T13:00:00Z',
      run: 'https://x/y',
    });
    const key = (record: RecordedPlan): string | undefined =>
      receiptNotices([record], new Set([planName(record.plan)]))[0]?.key;
    expect(key(a)).toBe(key(b));
    expect(key(a)).not.toBe(key(recorded([suspends('1')])));
  });
});

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Commit, commitMessage } from '../../../scripts/core/render/commit-message.ts';
import { countPeople } from '../../../scripts/core/render/count-people.ts';
import { HOSTILE, nineActions } from './plan-world.ts';

const DIGEST = '3f9c1a2b'.repeat(8);
const RUN = 'https://github.com/acme/identity/actions/runs/123/attempts/1';
const COUNTS = { done: 8, already: 0, skipped: 1, failed: 0, 'not-attempted': 0 };

const MESSAGES: [string, Commit, string][] = [
  [
    'sync: 1 joiner, 2 movers, 1 leaver',
    {
      kind: 'sync',
      counts: countPeople(nineActions()),
      facts: 4,
      plans: [DIGEST],
      asOf: '2026-11-23',
      run: RUN,
    },
    `Plan-Digest: ${DIGEST}\nSource: bamboohr\nAs-Of: 2026-11-23\nRun: ${RUN}\n`,
  ],
  [
    'sync: facts of 1 person, no action',
    {
      kind: 'sync',
      counts: countPeople([]),
      facts: 1,
      plans: [],
      asOf: '2026-11-23',
      mappingPullRequest: 12,
    },
    'Source: bamboohr\nAs-Of: 2026-11-23\nMapping-Pull-Request: 12\n',
  ],
  [
    'receipt(3f9c1a2): 8 done, 0 failed, 1 skipped',
    {
      kind: 'receipt',
      plan: DIGEST,
      counts: COUNTS,
      outcome: 'complete',
      approvedBy: ['ann', 'bob-x'],
      mergedBy: 'rollcall[bot]',
      run: RUN,
    },
    `Plan-Digest: ${DIGEST}\nOutcome: complete\nApproved-by: ann\nApproved-by: bob-x\nMerged-by: rollcall[bot]\nRun: ${RUN}\n`,
  ],
  [
    'receipt(3f9c1a2): 8 done, 0 failed, 1 skipped, 2 already, 3 not tried',
    {
      kind: 'receipt',
      plan: DIGEST,
      counts: { ...COUNTS, already: 2, 'not-attempted': 3 },
      outcome: 'partial',
      approvedBy: [],
    },
    `Plan-Digest: ${DIGEST}\nOutcome: partial\n`,
  ],
  [
    'offboard(1042): suspended ahead of review',
    {
      kind: 'urgent',
      plan: DIGEST,
      people: ['1042'],
      suspended: true,
      outcome: 'complete',
      trigger: 'bamboohr-webhook',
      run: RUN,
    },
    `Plan-Digest: ${DIGEST}\nOutcome: complete\nTrigger: bamboohr-webhook\nPerson: 1042\nRun: ${RUN}\n`,
  ],
  [
    'offboard(2 people): not suspended, see the receipt',
    {
      kind: 'urgent',
      plan: DIGEST,
      people: ['1042', '1043'],
      suspended: false,
      outcome: 'partial',
      trigger: 'manual',
    },
    `Plan-Digest: ${DIGEST}\nOutcome: partial\nTrigger: manual\nPerson: 1042\nPerson: 1043\n`,
  ],
  [
    'hold(1042): by ann until 2026-12-01',
    { kind: 'hold', person: '1042', by: 'ann', until: '2026-12-01', pullRequest: 214 },
    'Person: 1042\nRequested-by: ann\nUntil: 2026-12-01\nPull-Request: 214\n',
  ],
  [
    'release(1042): by ann',
    { kind: 'release', person: '1042', by: 'ann' },
    'Person: 1042\nRequested-by: ann\n',
  ],
];

test.each(MESSAGES)('%s', (subject, commit, trailers) => {
  const message = commitMessage(commit);
  expect(message).toBe(`${subject}\n\n${trailers}`);
  // git itself must find every trailer and nothing else.
  expect(execFileSync('git', ['interpret-trailers', '--parse'], { input: message, encoding: 'utf8' })).toBe(
    trailers,
  );
});

test('a subject that would be too long says less, and the trailers still say all', () => {
  const long = 'x'.repeat(64);
  const urgent = commitMessage({
    kind: 'urgent',
    plan: DIGEST,
    people: [long],
    suspended: true,
    outcome: 'complete',
    trigger: 'manual',
  });
  expect(urgent).toMatch(/^offboard\(1 person\): suspended ahead of review\n/);
  expect(urgent).toContain(`\nPerson: ${long}\n`);
  const many = {
    joiner: 10_000,
    mover: 10_000,
    leaver: 10_000,
    leave: 10_000,
    return: 10_000,
    adoption: 10_000,
    rescheduled: 10_000,
    groups: 10_000,
  };
  const sync = commitMessage({ kind: 'sync', counts: many, facts: 0, plans: [DIGEST], asOf: '2026-11-23' });
  expect(sync).toMatch(/^sync: 10000 joiners, 10000 movers, 10000 leavers, 50000 others\n/);
});

/** Every place of every kind of commit that a text can be put into. */
const PLACES: [string, (text: string) => Commit][] = [
  [
    'plan of a sync',
    (text) => ({ kind: 'sync', counts: countPeople([]), facts: 0, plans: [text], asOf: '2026-11-23' }),
  ],
  ['day of a sync', (asOf) => ({ kind: 'sync', counts: countPeople([]), facts: 0, plans: [], asOf })],
  [
    'run of a sync',
    (run) => ({ kind: 'sync', counts: countPeople([]), facts: 0, plans: [], asOf: '2026-11-23', run }),
  ],
  [
    'plan of a receipt',
    (plan) => ({ kind: 'receipt', plan, counts: COUNTS, outcome: 'complete', approvedBy: [] }),
  ],
  [
    'outcome of a receipt',
    (text) => ({
      kind: 'receipt',
      plan: DIGEST,
      counts: COUNTS,
      outcome: text as 'complete',
      approvedBy: [],
    }),
  ],
  [
    'approver',
    (text) => ({ kind: 'receipt', plan: DIGEST, counts: COUNTS, outcome: 'complete', approvedBy: [text] }),
  ],
  [
    'merger',
    (mergedBy) => ({
      kind: 'receipt',
      plan: DIGEST,
      counts: COUNTS,
      outcome: 'complete',
      approvedBy: [],
      mergedBy,
    }),
  ],
  [
    'person of an exit',
    (text) => ({
      kind: 'urgent',
      plan: DIGEST,
      people: [text],
      suspended: true,
      outcome: 'complete',
      trigger: 'manual',
    }),
  ],
  [
    'one of many exits',
    (text) => ({
      kind: 'urgent',
      plan: DIGEST,
      people: ['1', text],
      suspended: true,
      outcome: 'complete',
      trigger: 'manual',
    }),
  ],
  [
    'trigger',
    (text) => ({
      kind: 'urgent',
      plan: DIGEST,
      people: ['1'],
      suspended: true,
      outcome: 'complete',
      trigger: text as 'manual',
    }),
  ],
  ['person on hold', (person) => ({ kind: 'hold', person, by: 'ann', until: '2026-12-01' })],
  ['who holds', (by) => ({ kind: 'hold', person: '1042', by, until: '2026-12-01' })],
  ['day of a hold', (until) => ({ kind: 'hold', person: '1042', by: 'ann', until })],
  ['who releases', (by) => ({ kind: 'release', person: '1042', by })],
];

describe.each(PLACES)('hostile text as %s', (_name, commitWith) => {
  test('is refused, and the refusal does not repeat it', () => {
    for (const text of [
      ...HOSTILE,
      'a b',
      'ann ',
      'ann\n',
      '@ann',
      'skip-checks: true',
      '---',
      'Ünï',
      '#1',
      '-x',
    ]) {
      let thrown: unknown;
      try {
        commitMessage(commitWith(text));
      } catch (error) {
        thrown = error;
      }
      expect(thrown, JSON.stringify(text)).toBeInstanceOf(RangeError);
      if (text.trim().length > 3) expect((thrown as RangeError).message).not.toContain(text.trim());
    }
  });

  test('never makes a message that says more than one line for each trailer', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.stringMatching(/^[A-Za-z0-9[\]_-]{1,50}$/)),
        (text) => {
          let message: string;
          try {
            message = commitMessage(commitWith(text));
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            return;
          }
          const [subject = '', empty, ...trailers] = message.split('\n');
          expect(subject.length).toBeLessThanOrEqual(75);
          expect(subject).toMatch(/^[a-z]+(\([A-Za-z0-9 _-]+\))?: [A-Za-z0-9 ,_-]+$/);
          expect(empty).toBe('');
          expect(trailers.pop()).toBe('');
          for (const trailer of trailers) expect(trailer).toMatch(/^[A-Z][A-Za-z-]+: [\x21-\x7e]+$/);
          expect(message).not.toMatch(/skip-checks:|\[(?!bot\])|#|@|^---/m);
        },
      ),
    );
  });
});

test('numbers that are no counts are refused', () => {
  for (const facts of [1.5, -1, Number.NaN, Infinity, 1e21])
    expect(() =>
      commitMessage({ kind: 'sync', counts: countPeople([]), facts, plans: [], asOf: '2026-11-23' }),
    ).toThrow(RangeError);
  expect(() => commitMessage({ kind: 'release', person: '1', by: 'ann', pullRequest: 0 })).toThrow(
    RangeError,
  );
});

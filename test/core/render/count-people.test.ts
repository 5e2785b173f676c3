import { expect, test } from 'vitest';
import type { Action } from '../../../scripts/core/plan/action.ts';
import { countPeople, countsText, pullRequestTitle } from '../../../scripts/core/render/count-people.ts';
import { HOSTILE, nineActions, wish } from './plan-world.ts';

const TAKEN = (taken: string): Action['before'] => ({ group: 'x', taken, hireDate: '' });

test.each<[string, Parameters<typeof wish>[0][]]>([
  ['1 joiner', [{ kind: 'create' }, { kind: 'join-group' }]],
  ['1 joiner', [{ kind: 'activate' }, { kind: 'update', target: 'a' }]],
  ['1 joiner', [{ kind: 'schedule', target: 'ACTIVATED' }]],
  ['1 mover', [{ kind: 'join-group' }, { kind: 'leave-group', before: TAKEN('moved') }]],
  ['1 mover', [{ kind: 'set-manager' }]],
  ['1 mover', [{ kind: 'unbind', before: TAKEN('unmapped') }]],
  [
    '1 leaver',
    [
      { kind: 'suspend', before: { stage: 'left' } },
      { kind: 'leave-group', before: TAKEN('left') },
    ],
  ],
  ['1 leaver', [{ kind: 'suspend', before: null }]],
  ['1 leaver', [{ kind: 'leave-group', before: TAKEN('left') }]],
  ['1 leaver', [{ kind: 'schedule', target: 'SUSPENDED' }]],
  ['1 leaver', [{ kind: 'delete' }]],
  [
    '1 on leave',
    [
      { kind: 'suspend', before: { stage: 'leave' } },
      { kind: 'leave-group', before: TAKEN('leave') },
    ],
  ],
  ['1 return', [{ kind: 'reinstate' }, { kind: 'join-group', before: { restored: true } }]],
  ['1 adoption', [{ kind: 'adopt' }]],
  ['1 rescheduled', [{ kind: 'unschedule', before: { state: 'ACTIVATED' } }]],
  ['1 mover', [{ kind: 'unschedule' }, { kind: 'rename' }]],
  ['1 new group', [{ kind: 'create-group', person: null }]],
  ['nothing to do', []],
])('%s', (text, wishes) => {
  expect(countsText(countPeople(wishes.map((one) => wish(one))))).toBe(text);
});

test('a title counts people, each once, in whatever order their actions stand', () => {
  expect(pullRequestTitle(nineActions())).toBe('Sync: 1 joiner, 2 movers, 1 leaver');
  expect(pullRequestTitle(nineActions().reverse())).toBe('Sync: 1 joiner, 2 movers, 1 leaver');
});

test('no text of HR reaches a title', () => {
  const actions = HOSTILE.map((text, index) =>
    wish({
      kind: 'update',
      person: String(index + 1),
      target: text,
      before: text,
      after: text,
      because: `${text}.`,
    }),
  );
  expect(pullRequestTitle(actions)).toBe(`Sync: ${HOSTILE.length} movers`);
});

/** The count itself: a scoreboard that cannot count is always zero. */
import { describe, expect, test } from 'vitest';
import { type DirectoryState, factsOf, type LoggedRequest, namesOf } from '../../scripts/disasters/facts.ts';
import { judge } from '../../scripts/disasters/score.ts';
import { makeWishes, type Wishes } from '../../scripts/disasters/wishes.ts';

const ADA = 'a'.repeat(24);
const BOB = 'b'.repeat(24);
const STAFF = 'c'.repeat(24);

function stateOf(change: (state: DirectoryState) => DirectoryState = (state) => state): DirectoryState {
  return change({
    users: [
      { _id: ADA, username: 'ada', employeeIdentifier: '1', state: 'ACTIVATED', department: 'Sales' },
      { _id: BOB, username: 'bob', employeeIdentifier: '2', state: 'ACTIVATED' },
    ],
    userGroups: [{ id: STAFF, name: 'Staff', members: ['ada', 'bob'] }],
    scheduled: [],
    associations: [{ user: ADA, type: 'system', target: 'd'.repeat(24) }],
  });
}

function score(
  what: (wishes: Wishes) => void,
  after: DirectoryState,
  requests: Partial<LoggedRequest>[] = [],
): { wrong: string[]; missed: string[] } {
  const state = stateOf();
  const before = factsOf(state);
  const { wishes, wanted } = makeWishes(before, state, new Set());
  what(wishes);
  return judge(wanted, {
    before,
    after: factsOf(after),
    requests: requests.map((request) => ({ method: 'PUT', path: '/', body: {}, status: 200, ...request })),
    names: new Map([...namesOf(state), ...namesOf(after)]),
  });
}

const suspended = stateOf((state) => ({
  ...state,
  users: state.users.map((user) => (user._id === ADA ? { ...user, state: 'SUSPENDED' } : user)),
}));
const out: DirectoryState = {
  ...suspended,
  userGroups: [{ id: STAFF, name: 'Staff', members: ['bob'] }],
  associations: [],
};

describe('the end state', () => {
  test('nothing wanted and nothing changed is nothing', () => {
    expect(score(() => undefined, stateOf())).toEqual({ wrong: [], missed: [] });
  });

  test('whatever changed without being wanted is wrong, each fact once', () => {
    expect(score(() => undefined, out).wrong).toEqual([
      `bound hr:1 system ${'d'.repeat(24)}`,
      `member ${STAFF} hr:1`,
      'user hr:1 state',
    ]);
  });

  test('an exit that was carried out is neither; one that was half carried out is missed by half', () => {
    expect(score((wishes) => wishes.exit('1'), out)).toEqual({ wrong: [], missed: [] });
    expect(score((wishes) => wishes.exit('1'), suspended).missed).toEqual([
      `bound hr:1 system ${'d'.repeat(24)}`,
      `member ${STAFF} hr:1`,
    ]);
    expect(score((wishes) => wishes.exit('1'), stateOf()).missed).toHaveLength(3);
  });

  test('the right field with the wrong value is both', () => {
    const moved = stateOf((state) => ({
      ...state,
      users: state.users.map((user) => (user._id === ADA ? { ...user, department: 'IT' } : user)),
    }));
    expect(score((wishes) => wishes.field('1', 'department', 'UX'), moved)).toEqual({
      wrong: ['user hr:1 department'],
      missed: ['user hr:1 department'],
    });
  });

  test('a second account for the same person does not hide behind the first', () => {
    const doubled = stateOf((state) => ({
      ...state,
      users: [...state.users, { _id: 'e'.repeat(24), username: 'ada2', employeeIdentifier: '1' }],
    }));
    expect(score(() => undefined, doubled).wrong).toContain(`user hr:1#${'e'.repeat(24)}`);
  });

  test('two jobs where one was wanted are wrong', () => {
    const job = { user: ADA, state: 'SUSPENDED', scheduledDate: '2026-12-01T06:59:00Z' };
    const wish = (wishes: Wishes): void => wishes.armed('1', 'SUSPENDED', '2026-12-01T06:59:00Z');
    expect(
      score(
        wish,
        stateOf((state) => ({ ...state, scheduled: [job] })),
      ),
    ).toEqual({ wrong: [], missed: [] });
    expect(
      score(
        wish,
        stateOf((state) => ({ ...state, scheduled: [job, job] })),
      ).wrong,
    ).toHaveLength(1);
  });
});

describe('the log', () => {
  const suspend = { path: `/api/systemusers/${ADA}`, body: { state: 'SUSPENDED' } };

  test('what was done and undone leaves no trace in the end state, and counts', () => {
    const back = { ...suspend, body: { state: 'ACTIVATED' } };
    expect(score(() => undefined, stateOf(), [suspend, back]).wrong).toEqual(['user hr:1 state']);
  });

  test('what JumpCloud refused, what was only asked, and what says what was there already is nothing', () => {
    const requests = [
      { ...suspend, status: 400 },
      { method: 'POST', path: '/api/search/systemusers', body: { filter: {} } },
      { path: `/api/systemusers/${BOB}`, body: { state: 'ACTIVATED' } },
    ];
    expect(score(() => undefined, stateOf(), requests).wrong).toEqual([]);
  });

  test('a removal counts, a join of somebody who is in does not, and a route that nobody knows does', () => {
    const members = { method: 'POST', path: `/api/v2/usergroups/${STAFF}/members` };
    const wrong = (request: Partial<LoggedRequest>): string[] =>
      score(() => undefined, stateOf(), [request]).wrong;
    expect(wrong({ ...members, body: { op: 'remove', type: 'user', id: BOB } })).toEqual([
      `member ${STAFF} hr:2`,
    ]);
    expect(wrong({ ...members, body: { op: 'add', type: 'user', id: BOB } })).toEqual([]);
    expect(wrong({ method: 'POST', path: '/api/v2/usergroups', body: { name: 'New' } })).toEqual([
      'unknown POST api/v2/usergroups',
    ]);
  });
});

/** Accounts that are ours and that JumpCloud does not show: said, and beyond a few nobody is made anew. */
import { expect, test } from 'vitest';
import { doubtGone } from '../../../scripts/core/plan/gone-accounts.ts';
import { emptyLedger, type PersonLedger, type TakenThing } from '../../../scripts/core/record/ledger.ts';
import { settle } from '../../simulate.ts';
import { change, employee, planWorld, policyOf, type World, worldOf } from '../../world.ts';

const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-22' };

/** Everybody's account made by us, then those of the last `lost` people not shown. */
function losing(lost: number, of = 20): World {
  const world = worldOf(Array.from({ length: of }, (_, index) => employee(String(index + 1))));
  world.live.accounts = [];
  for (const group of world.live.groups.values()) group.members.clear();
  settle(world, 4);
  lose(world, (anchor) => Number(anchor) > of - lost);
  return world;
}

function lose(world: World, isLost: (anchor: string) => boolean): void {
  world.live.accounts = world.live.accounts.filter(({ anchor }) => !isLost(anchor));
}

const codesOf = (world: World, input: Parameters<typeof planWorld>[1] = {}): string[] =>
  planWorld(world, input).findings.map(({ code, severity, person = '' }) =>
    `${code} ${severity} ${person}`.trim(),
  );
const madeBy = (world: World): (string | null)[] =>
  planWorld(world).actions.flatMap(({ kind, person }) => (kind === 'create' ? [person] : []));

test('a few are said, and made anew once somebody has approved it', () => {
  const world = losing(2);
  expect(codesOf(world)).toEqual(['account-gone warning 19', 'account-gone warning 20']);
  expect(madeBy(world)).toEqual(['19', '20']);
});

test('beyond a few nobody is made anew, whoever has an account goes on, and a true joiner is made', () => {
  const world = losing(6);
  change(world, '1', { jobTitle: 'Lead' });
  world.rows.push(employee('30'));
  change(world, '2', GONE);
  expect(codesOf(world)).toEqual(['accounts-gone critical']);
  const planned = planWorld(world);
  expect(planned.held.map(({ person, code }) => `${person} ${code}`)).toEqual(
    ['15', '16', '17', '18', '19', '20'].map((person) => `${person} accounts-gone`),
  );
  expect(madeBy(world)).toEqual(['30']);
  expect(planned.actions.map(({ kind, person }) => `${kind} ${person}`)).toEqual(
    expect.arrayContaining(['suspend 2', 'update 1']),
  );
});

test('what counts grows with the company', () => {
  expect(codesOf(losing(6, 120))).toHaveLength(6);
  expect(codesOf(losing(7, 120))).toEqual(['accounts-gone critical']);
});

test('an override lets it pass, by name', () => {
  const world = losing(6);
  world.policy = policyOf({
    guardrails:
      'overrides:\n  - { code: accounts-gone, owner: ann, reason: another organisation, expires: 2026-12-31 }',
  });
  expect(codesOf(world)[0]).toMatch(/^account-gone warning 15/);
  const codes = planWorld(world).findings.map(({ code }) => code);
  expect(codes.filter((code) => code.startsWith('override'))).toEqual(['override-used']);
  expect(madeBy(world)).toHaveLength(6);
});

test('a leaver whose account is nowhere is critical for a month: perhaps the key does not see it', () => {
  const world = losing(0);
  change(world, '2', GONE);
  lose(world, (anchor) => anchor === '2');
  expect(codesOf(world)).toEqual(['account-gone critical 2']);
  expect(planWorld(world).actions).toEqual([]);
  world.asOf = '2026-12-22';
  expect(codesOf(world)).toEqual(['account-gone critical 2']);
  world.asOf = '2026-12-23';
  expect(codesOf(world)).toEqual([]);
});

test('whom the record shows out may be tidied away, many at once', () => {
  const world = losing(0);
  for (const id of ['1', '2', '3', '4', '5', '6', '7']) change(world, id, GONE);
  settle(world);
  expect(world.live.accounts.filter(({ state }) => state === 'SUSPENDED')).toHaveLength(7);
  lose(world, (anchor) => Number(anchor) < 8);
  expect(codesOf(world)).toEqual([]);
});

const SUSPENDED = { at: '2026-11-22T12:00:00Z', why: 'left', hireDate: '2020-01-06' };
const TAKEN: TakenThing = {
  type: 'group',
  target: 'g',
  name: 'VPN',
  why: 'left',
  ours: false,
  hireDate: '2020-01-06',
  at: '2026-11-22T12:00:00Z',
};
const job = (state: string): PersonLedger['armed'] =>
  new Map([['j', { state, at: '2026-11-23T06:59:00Z', why: 'left', hireDate: '2020-01-06' }]]);

test.each<[string, Partial<PersonLedger>, Record<string, string>, string[]]>([
  ['nothing shows them out', {}, GONE, ['account-gone critical']],
  ['suspended by us', { suspended: SUSPENDED }, GONE, []],
  ['stripped of what they had', { taken: [TAKEN] }, GONE, []],
  [
    'stripped in an earlier employment',
    { taken: [{ ...TAKEN, hireDate: '2015-01-01' }] },
    GONE,
    ['account-gone critical'],
  ],
  ['stripped by a leave alone', { taken: [{ ...TAKEN, why: 'leave' }] }, GONE, ['account-gone critical']],
  ['a job of ours suspends them', { armed: job('SUSPENDED') }, GONE, []],
  ['a job of ours opens it', { armed: job('ACTIVATED') }, GONE, ['account-gone critical']],
  [
    'on leave',
    { suspended: { ...SUSPENDED, why: 'leave' } },
    { employmentStatus: 'Furloughed' },
    ['account-gone warning'],
  ],
  ['not ours by any receipt', { account: undefined }, GONE, []],
])('by the record: %s', (_name, record, facts, said) => {
  const world = worldOf([employee('1', { hireDate: '2020-01-06' })]);
  change(world, '1', facts);
  const { policy, asOf } = world;
  const mine: PersonLedger = { ...emptyLedger('1'), account: 'a1', ...record };
  const { findings, held } = doubtGone({
    people: new Map(world.people.map((person) => [person.employee.id, person])),
    matches: new Map([
      ['1', { kind: 'none', ...(mine.account === undefined ? {} : { gone: mine.account }) }],
    ]),
    ledger: { people: new Map([['1', mine]]) },
    policy,
    asOf,
  });
  expect(findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(said);
  expect(held.size).toBe(0);
});

test('the urgent lane, which reads a few, takes nobody for gone', () => {
  const world = losing(0);
  change(world, '2', GONE);
  lose(world, () => true);
  expect(planWorld(world, { lane: 'urgent', only: new Set(['2']) })).toMatchObject({
    findings: [],
    held: [],
  });
});

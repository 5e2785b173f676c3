import { describe, expect, it } from 'vitest';
import { endOfBlock } from '../../../scripts/adapters/files/git-blame.ts';
import { type Explanation, explainPerson } from '../../../scripts/core/explain/explanation.ts';
import { renderExplanation } from '../../../scripts/core/explain/explanation-terminal.ts';
import { findPerson } from '../../../scripts/core/explain/find-person.ts';
import { RuleFailure } from '../../../scripts/core/mappings/rule-failure.ts';
import { personNameOf } from '../../../scripts/core/render/plan-view.ts';
import {
  ATTRIBUTES,
  change,
  employee,
  GROUPS,
  ledgerOf,
  LIFECYCLE,
  type Row,
  sourcesOf,
  type World,
  type WorldOptions,
  worldOf,
} from '../../world.ts';
import { settle } from '../../simulate.ts';

function explain(world: World, id: string, failure?: RuleFailure): Explanation {
  const sources = sourcesOf();
  return explainPerson({
    person: world.people.find((person) => person.employee.id === id)!,
    failure,
    policy: world.policy,
    sources,
    recorded: world.recorded,
    open: [],
    ledger: ledgerOf(world),
    pins: {},
    commits: new Map(),
    names: new Map(world.people.map((person) => [person.employee.id, personNameOf(person)])),
    asOf: world.asOf,
    live: undefined,
  });
}
const one = (facts: Record<string, string | undefined>, options: WorldOptions = {}): Explanation =>
  explain(worldOf([employee('1', facts)], options), '1');

it.each([
  ['left', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' }],
  ['hold', { employmentStatus: 'Sabbatical' }],
])(
  '%s: attributes stay as they are, and nothing of them is called a difference or nothing',
  (stage, facts) => {
    const explanation = one(facts);
    expect(explanation.stage.stage).toBe(stage);
    const text = renderExplanation(explanation);
    expect(text).toContain('left in JumpCloud as they are');
    expect(text).not.toContain('(nothing)');
  },
);

describe('stage', () => {
  it.each<[string, Record<string, string | undefined>, string, string]>([
    ['active', {}, 'active', 'employment status Full-Time means working'],
    ['prehire', { hireDate: '2026-11-26' }, 'prehire', 'first day 2026-11-26 is still to come'],
    ['future', { hireDate: '2027-03-01' }, 'future', 'accounts are made 7 days before'],
    ['leave', { employmentStatus: 'Furloughed' }, 'leave', 'Furloughed means leave'],
    [
      'left',
      { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' },
      'left',
      'last day 2026-11-20 is over',
    ],
    ['unmapped', { employmentStatus: 'Odd' }, 'hold', 'Odd is not mapped'],
  ])('%s', (_name, facts, stage, words) => {
    const { stage: trace } = one(facts);
    expect(trace.stage).toBe(stage);
    expect(trace.because).toContain(words);
    expect(trace.hold).toBe(stage === 'hold' ? 'unmapped-status' : undefined);
  });
});

describe('a rule that cannot be worked out', () => {
  const second = "location.split(', ')[1]";
  it.each<[string, WorldOptions]>([
    ['attributes', { attributes: `${ATTRIBUTES}  costCenter: ${second}\n` }],
    ['groups/all', { groups: `${GROUPS}  - { group: UK, when: "${second} == 'UK'" }\n` }],
    ['naming', { naming: `username: { candidates: ["slug(${second})"] }` }],
    ['naming', { naming: `email: { candidates: ["'a@' + ${second} + '.example.com'"] }` }],
    ['lifecycle', { lifecycle: `${LIFECYCLE}scope: ${second} != 'XX'\n` }],
  ])('in %s is named, and the rest is explained', (file, options) => {
    const world = worldOf([employee('1')], options);
    change(world, '1', { location: 'Nowhereland' });
    const { stage, names, groups } = explain(world, '1');
    expect(stage).toMatchObject({ stage: 'hold', hold: 'rule-failed' });
    expect(stage.because).toContain(`mappings/${file}.yaml:1:1: the rule cannot be worked out`);
    expect(names).toHaveLength(2);
    expect(groups.find(({ name }) => name === 'Engineering')).toMatchObject({ rules: [{ holds: true }] });
    expect(groups.find(({ name }) => name === 'UK')?.rules ?? [{ holds: false }]).toMatchObject([
      { holds: false },
    ]);
  });

  it('is named too where leave begins without it', () => {
    const failure = new RuleFailure({ file: 'mappings/a.yaml', line: 3, column: 5, message: 'why' });
    const { stage } = explain(worldOf([employee('1', { employmentStatus: 'Furloughed' })]), '1', failure);
    expect(stage).toMatchObject({
      stage: 'leave',
      because: expect.stringContaining('mappings/a.yaml:3:5: why'),
    });
  });
});

describe('attributes and groups', () => {
  it('a pin and an extra group name their exception', () => {
    const { attributes, groups } = one(
      {},
      {
        exceptions: `exceptions:
  - { kind: pin, person: "1", attribute: jobTitle, value: Chief, owner: it, reason: x, expires: 2027-01-01 }
  - { kind: group, person: "1", group: Sales, owner: it, reason: x, expires: 2027-01-01 }`,
      },
    );
    expect(attributes.find(({ name }) => name === 'jobTitle')).toMatchObject({
      value: 'Chief',
      pinnedBy: 'mappings/exceptions.yaml:1',
    });
    expect(groups.find(({ name }) => name === 'Sales')).toMatchObject({
      wanted: true,
      exceptions: ['mappings/exceptions.yaml:1'],
      rules: [{ holds: false }],
    });
  });

  it('what was done stands from the newest back', () => {
    const world = worldOf([employee('1'), employee('2', { managerId: '1' })]);
    world.live.accounts = [];
    for (const { members } of world.live.groups.values()) members.clear();
    settle(world);
    const { record, groups, waiting } = explain(world, '2');
    expect(record.map(({ at }) => at)).toEqual(
      record
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
    expect(record.at(-1)?.kind).toBe('create');
    expect(groups.every(({ given }) => given)).toBe(true);
    expect(waiting).toEqual([]);
  });

  it('no text of a stranger acts on a terminal', () => {
    const nasty = 'x\u001b[2J\u202e\u0007';
    const row: Row = employee('1', { firstName: nasty, jobTitle: nasty, location: nasty });
    // What normalisation lets through is still only shown.
    expect(renderExplanation(explain(worldOf([row]), '1'))).not.toMatch(/[\u001b\u202e\u0007]/);
  });
});

describe('finding', () => {
  const world = worldOf([
    employee('7', { firstName: 'Łucja', lastName: 'Żak', workEmail: 'lucja@example.com' }),
    employee('17', { firstName: 'Ann', lastName: 'Lee', workEmail: 'ann@example.com' }),
    employee('18', { firstName: 'Ann', lastName: 'Lee', workEmail: 'ann2@example.com' }),
  ]);
  const find = (query: string) => findPerson(query, world.people, ledgerOf(world));

  it.each([
    ['7', '7'],
    ['LUCJA@example.com', '7'],
    ['lucja', '7'],
    ['lucja zak', '7'],
  ])('%s', (query, id) => {
    expect(find(query)).toMatchObject({ kind: 'one', person: { employee: { id } } });
  });

  it('two of one name are both named, nobody of a slip is near, nothing is near nothing', () => {
    expect(find('ann lee')).toMatchObject({
      kind: 'many',
      near: [{ employee: { id: '17' } }, { employee: { id: '18' } }],
    });
    expect(find('lucia@example.com')).toMatchObject({ kind: 'none', near: [{ employee: { id: '7' } }] });
    expect(find(' ')).toEqual({ kind: 'none', near: [] });
    expect(find('zzzzzzzzzzzz')).toEqual({ kind: 'none', near: [] });
  });
});

describe('the block of a rule', () => {
  const text = [
    'groups:',
    '  - group: A',
    '    when: x',
    '',
    '    # why',
    '    because: y',
    '  - { group: B, when: z }',
    'attributes:',
    '  a: b',
  ];
  it.each([
    [2, 6],
    [7, 7],
    [9, 9],
  ])('line %i ends at %i', (line, end) => {
    expect(endOfBlock(text, line)).toBe(end);
  });
});

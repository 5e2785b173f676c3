/**
 * A rule that cannot be worked out over the facts of one person: who is held for it, who goes all the same, and that
 * nobody else notices. Every kind of rule, in the file that it stands in.
 */
import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../../../scripts/core/mappings/policy.ts';
import { RuleFailure, workedOut } from '../../../scripts/core/mappings/rule-failure.ts';
import { deriveCompany } from '../../../scripts/core/people/company.ts';
import { runExamples } from '../../../scripts/core/people/examples.ts';
import type { PersonFile } from '../../../scripts/core/people/person-file.ts';
import type { Finding } from '../../../scripts/core/values/finding.ts';
import { settle } from '../../simulate.ts';
import {
  accountId,
  ATTRIBUTES,
  change,
  employee,
  exportPeople,
  giveByHand,
  GROUPS,
  ledgerOf,
  LIFECYCLE,
  planWorld,
  policyOf,
  readOf,
  type Row,
  sourceOf,
  sourcesOf,
  summaryOf,
  type World,
  type WorldOptions,
  worldOf,
} from '../../world.ts';

/** Works for whoever has two words as location, as everybody has but whom a test changes. */
const SECOND = "location.split(', ')[1]";
const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };
const AWAY = { employmentStatus: 'Furloughed' };
const ODD = { location: 'Nowhereland' };

const RULES: [kind: string, file: string, options: WorldOptions][] = [
  ['attribute', 'attributes', { attributes: `${ATTRIBUTES}  costCenter: ${SECOND}\n` }],
  ['group', 'groups/all', { groups: `${GROUPS}  - { group: UK, when: "${SECOND} == 'UK'" }\n` }],
  [
    'device',
    'devices',
    { devices: `bindings: [{ bind: system_group, name: Laptops, when: "${SECOND} == 'UK'" }]` },
  ],
  ['user name', 'naming', { naming: `username: { candidates: ["slug(firstName + ${SECOND})"] }` }],
  [
    'address',
    'naming',
    { naming: `email: { candidates: ["firstName + '@' + ${SECOND} + '.example.com'"] }` },
  ],
];
const SCOPE: (typeof RULES)[number] = [
  'scope',
  'lifecycle',
  { lifecycle: `${LIFECYCLE}scope: ${SECOND} != 'XX'\n` },
];

const world = (options: WorldOptions): World =>
  worldOf([employee('1'), employee('2'), employee('3')], options);
const fileOf = ({ people }: World, id: string): PersonFile =>
  people.find((person) => person.employee.id === id)!;
/** What a plan does to one person. */
const deeds = (company: World, id: string): string[] =>
  summaryOf(planWorld(company)).filter((deed) => deed.split(' ')[1] === id);
const sayings = (findings: Finding[], code = 'rule-failed'): string[] =>
  findings.filter((finding) => finding.code === code).map(({ message }) => message);

test('whoever only looks at rules gets nothing from one that fails, and an error of ours is none of those', () => {
  expect(workedOut(() => 7)).toBe(7);
  const failing = () => {
    throw new RuleFailure({ file: 'f', line: 1, column: 1, message: 'm' });
  };
  expect(workedOut(failing)).toBeUndefined();
  expect(() =>
    workedOut(() => {
      throw new TypeError('ours');
    }),
  ).toThrow(TypeError);
});

describe('at work', () => {
  test.each([...RULES, SCOPE])(
    '%s: held, untouched and named, and everybody else goes on',
    (_, file, options) => {
      const company = world(options);
      const before = fileOf(company, '2');
      expect(planWorld(company).actions).toEqual([]);
      change(company, '1', { jobTitle: 'Lead' });
      change(company, '2', { ...ODD, jobTitle: 'Lead' });
      change(company, '3', GONE);

      const held = fileOf(company, '2');
      expect(held).toMatchObject({ stage: 'hold', hold: { code: 'rule-failed' } });
      expect(held.account).toEqual(before.account);
      const message = held.hold!.message;
      expect(message).toContain(`mappings/${file}.yaml:1:1: the rule cannot be worked out`);
      expect(message).not.toContain('Nowhereland');
      const planned = planWorld(company);
      expect(planned.held).toEqual([{ person: '2', code: 'rule-failed', message }]);
      expect(deeds(company, '2')).toEqual([]);
      expect(deeds(company, '1')).toEqual(['update 1 jobTitle auto']);
      expect(deeds(company, '3')).toContain('suspend 3 auto');
      // A plan over the same files comes out as export wrote them.
      expect(planned.people).toEqual(company.people);

      change(company, '2', { location: 'London, UK' });
      expect(fileOf(company, '2').stage).toBe('active');
      expect(deeds(company, '2')).toEqual(['update 2 jobTitle auto']);
    },
  );

  test('one finding of an export for each rule, however many people it fails for', () => {
    const [, , options] = RULES[0]!;
    const company = world({ ...options, ...RULES[1]![2] });
    const findings = exportFindings(company, [
      ...['1', '2'].map((id) => employee(id, ODD)),
      employee('3'),
      employee('4', { ...ODD, ...GONE }),
    ]);
    expect(sayings(findings)).toEqual([
      expect.stringMatching(/^mappings\/attributes\.yaml:1:1: .*; it fails for 2 people: write the rule/),
    ]);
  });

  test('scope of somebody who is new: on hold, neither taken in nor left out in silence', () => {
    const company = world(SCOPE[2]);
    company.rows.push(employee('4', ODD), employee('5', { location: 'Nowhere, XX' }));
    company.people = exportPeople(company);
    expect(company.people.map((person) => person.employee.id)).toEqual(['1', '2', '3', '4']);
    expect(fileOf(company, '4')).toMatchObject({ stage: 'hold', hold: { code: 'rule-failed' } });
    expect(fileOf(company, '4')).not.toHaveProperty('account');
    expect(planWorld(company)).toMatchObject({ actions: [], held: [{ person: '4', code: 'rule-failed' }] });
  });

  test('an address behind the one that was taken is not needed', () => {
    const company = world({
      naming: `email: { candidates: [workEmail, "firstName + '@' + ${SECOND} + '.example.com'"] }`,
    });
    change(company, '1', ODD);
    expect(fileOf(company, '1').stage).toBe('active');
    // Whose each of the addresses is, the plan asks all the same.
    expect(planWorld(company)).toMatchObject({ held: [] });
    expect(deeds(company, '1')).toContain('update 1 location review');
  });
});

function exportFindings(company: World, rows: Row[]): Finding[] {
  const verdict = deriveCompany({
    read: readOf(rows),
    previous: new Map(company.people.map((person) => [person.employee.id, person])),
    ledger: ledgerOf(company),
    policy: company.policy,
    asOf: company.asOf,
    timeOff: new Map(),
    deleted: new Set(),
    only: undefined,
  });
  if (!verdict.ok) throw verdict.failure;
  return verdict.findings;
}

describe('whoever leaves', () => {
  const urgent = (company: World): string[] =>
    summaryOf(planWorld(company, { lane: 'urgent', only: new Set(['2']) }));

  test.each(RULES)(
    '%s: out all the same, in every lane, with the names that were known',
    (_, __, options) => {
      for (const eve of [{}, ODD]) {
        const company = world(options);
        const { account } = fileOf(company, '2');
        change(company, '2', eve);
        change(company, '2', { ...ODD, ...GONE });
        expect(fileOf(company, '2')).toMatchObject({ stage: 'left', account: { state: 'suspended' } });
        expect(fileOf(company, '2')).not.toHaveProperty('hold');
        expect(fileOf(company, '2').account).toMatchObject({
          username: account!.username,
          email: account!.email,
        });
        const bound = company.live.bindings.get(accountId('person 2')) ?? [];
        const exit = [
          'suspend 2',
          ...Object.keys(account!.groups).map((group) => `leave-group 2 ${group}`),
          ...bound.map(({ type, id }) => `unbind 2 ${type}:${id}`),
        ];
        expect(deeds(company, '2').sort()).toEqual(exit.map((deed) => `${deed} auto`).sort());
        expect(urgent(company).sort()).toEqual(exit.map((deed) => `${deed} urgent`).sort());
        expect(planWorld(company)).toMatchObject({ held: [] });
        expect(sayings(planWorld(company).findings)).toEqual([]);
      }
    },
  );

  test('by hand: out, on hold for a rule or not', () => {
    const company = world(RULES[0]![2]);
    change(company, '2', ODD);
    const manual = { reason: 'security-incident', requestedBy: 'ann' };
    const planned = planWorld(company, { lane: 'urgent', only: new Set(['2']), manual });
    expect(summaryOf(planned)).toContain('suspend 2 urgent');
  });

  test('scope: of who was ours the exit is proposed, and whether they still are is for a reviewer to know', () => {
    const company = world(SCOPE[2]);
    change(company, '2', { ...ODD, ...GONE });
    const gone = fileOf(company, '2');
    expect(gone).toMatchObject({ stage: 'left', review: expect.stringContaining('scope') });
    expect(deeds(company, '2')).toContain('suspend 2 review');
    expect(deeds(company, '2').filter((deed) => !deed.endsWith(' review'))).toEqual([]);
    expect(sayings(exportFindings(company, company.rows))).toEqual([
      expect.stringMatching(/^mappings\/lifecycle\.yaml:1:1: .*; it fails for 1 person/),
    ]);
    // A plan over the same files comes out as export wrote them.
    expect(planWorld(company).people).toEqual(company.people);
  });

  test('scope: who never had an account of ours is held, and so is whoever has not left', () => {
    const company = world(SCOPE[2]);
    company.rows.push(employee('4', { ...ODD, ...GONE }));
    change(company, '2', { ...ODD, ...AWAY });
    for (const id of ['2', '4'])
      expect(fileOf(company, id)).toMatchObject({ stage: 'hold', hold: { code: 'rule-failed' } });
    expect(deeds(company, '2')).toEqual([]);
  });

  test('what the mappings name counts as given by them, what they do not name as given by hand', () => {
    const company = world(RULES[1]![2]);
    const chess = giveByHand(company, 'Chess', '2');
    change(company, '2', { ...ODD, ...GONE });
    // Written before `movedFrom` could tell.
    const people = company.people.map(({ movedFrom: _, ...person }) => person);
    const ours = Object.fromEntries(
      planWorld(company, { people })
        .actions.filter(({ kind, person }) => kind === 'leave-group' && person === '2')
        .map(({ before }) => before as { group: string; ours: boolean })
        .map((before) => [before.group, before.ours]),
    );
    expect(ours).toEqual({
      'All Staff': true,
      Engineering: true,
      'London Office': true,
      UK: true,
      Chess: false,
    });
    expect(chess).not.toBe('');
  });
});

describe('whoever goes on leave', () => {
  test.each(RULES)('%s: suspended; the rest stays as it was, and the rule is named', (_, file, options) => {
    for (const eve of [{}, ODD]) {
      const company = world({ ...options, lifecycle: `${LIFECYCLE}leave: { groups: keep }\n` });
      const { account } = fileOf(company, '2');
      change(company, '2', eve);
      change(company, '2', { ...ODD, ...AWAY });
      expect(fileOf(company, '2')).toMatchObject({ stage: 'leave' });
      expect(fileOf(company, '2').account).toEqual({ ...account, state: 'suspended' });
      const planned = planWorld(company);
      expect(deeds(company, '2')).toEqual(['suspend 2 auto']);
      expect(planned.held).toEqual([]);
      expect(sayings(planned.findings)).toEqual([
        expect.stringContaining(`mappings/${file}.yaml:1:1: the rule cannot be worked out`),
      ]);
      expect(planned.people).toEqual(company.people);
    }
  });

  test('what leave takes is taken, once and again', () => {
    const company = world(RULES[0]![2]);
    change(company, '2', { ...ODD, ...AWAY });
    const { account } = fileOf(company, '2');
    expect(account).toMatchObject({ state: 'suspended', groups: {}, attributes: { costCenter: 'UK' } });
    settle(company);
    expect(fileOf(company, '2').account).toEqual(account);
    change(company, '2', { ...GONE });
    settle(company);
    expect(ledgerOf(company).people.get('2')?.suspended?.why).toBe('left');
  });

  test('back while the rule still fails: held, and suspended until it is mended', () => {
    const company = world(RULES[0]![2]);
    change(company, '2', { ...ODD, ...AWAY });
    settle(company);
    change(company, '2', { employmentStatus: 'Full-Time' });
    expect(fileOf(company, '2')).toMatchObject({ stage: 'hold', account: { state: 'suspended' } });
    expect(deeds(company, '2')).toEqual([]);
  });

  test('who had no account at work is held: nobody knows what it should be', () => {
    const company = world(RULES[0]![2]);
    change(company, '2', GONE);
    settle(company);
    change(company, '2', {
      ...ODD,
      ...AWAY,
      status: 'Active',
      hireDate: '2026-11-23',
      terminationDate: undefined,
    });
    expect(fileOf(company, '2')).toMatchObject({ stage: 'hold', hold: { code: 'rule-failed' } });
  });
});

describe('an edit of the mappings', () => {
  const [, , failing] = RULES[0]!;

  test('an example that a rule fails for is a problem at the place of the rule', () => {
    const examples = sourceOf(
      'mappings/examples.yaml',
      `examples: [{ name: nowhere, employee: { location: Nowhereland, status: Active, employmentStatus: Full-Time, hireDate: "2020-01-01" }, expect: { stage: hold } }]`,
    );
    const result = compilePolicy({ ...sourcesOf(failing), examples });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(runExamples(result.policy, examples)).toMatchObject({
      failed: 1,
      problems: [
        {
          file: 'mappings/attributes.yaml',
          message: expect.stringMatching(/^example "nowhere": the rule cannot be worked out/),
        },
      ],
    });
  });

  test('that mends the rule is what ends the hold, so what follows from it is reviewed', () => {
    const company = world(failing);
    change(company, '2', ODD);
    company.policy = policyOf({
      attributes: `${ATTRIBUTES}  costCenter: "location.contains(', ') ? ${SECOND} : 'none'"\n`,
      guardrails: 'auto: { updates: [costCenter, location] }',
    });
    company.people = exportPeople(company);
    expect(fileOf(company, '2').stage).toBe('active');
    expect(deeds(company, '2')).toEqual([
      'leave-group 2 London Office review',
      'update 2 costCenter review',
      'update 2 location review',
    ]);
    change(company, '2', GONE);
    expect(deeds(company, '2')).toContain('suspend 2 auto');
  });

  test('what may be its doing is reviewed, and an exit is not', () => {
    const company = worldOf([employee('1', ODD), employee('2', ODD)]);
    company.policy = policyOf(failing);
    // HR mends one in the same hour; the other leaves.
    company.rows = [employee('1', { jobTitle: 'Lead' }), employee('2', { ...ODD, ...GONE })];
    company.people = exportPeople(company);
    expect(fileOf(company, '1').mappingChanged).toEqual(
      expect.arrayContaining(['attribute:costCenter', 'attribute:jobTitle', 'attribute:location']),
    );
    expect(deeds(company, '1')).toContain('update 1 jobTitle review');
    expect(deeds(company, '2')).toContain('suspend 2 auto');
  });
});

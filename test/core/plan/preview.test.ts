/** What an edit of the mappings would do, and that a rule that cannot be worked out is a problem while it can be mended. */
import { expect, test } from 'vitest';
import { previewMappings } from '../../../scripts/core/plan/preview.ts';
import { settle } from '../../simulate.ts';
import {
  ATTRIBUTES,
  change,
  employee,
  ledgerOf,
  LIFECYCLE,
  policyOf,
  type World,
  type WorldOptions,
  worldOf,
} from '../../world.ts';

const ODD = { location: 'Nowhereland' };
const GONE = { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' };
const FAILING = { attributes: `${ATTRIBUTES}  costCenter: location.split(', ')[1]\n` };

const preview = (world: World, before: WorldOptions, after: WorldOptions) =>
  previewMappings({
    people: world.people,
    ledger: ledgerOf(world),
    before: policyOf(before),
    after: policyOf(after),
    asOf: world.asOf,
    examples: { passed: 0, failed: 0 },
    problems: [],
  });
const problemsOf = (...given: Parameters<typeof preview>) => preview(...given).problems;

/** Everybody of these mappings stands on its first line. */
const at = (file: string) => ({ at: { file: `mappings/${file}.yaml`, line: 1 } });

test('who gains and loses what by which line, in the order of ids, and nobody else', () => {
  const world = worldOf([employee('10'), employee('9'), employee('3', { department: 'Sales' })]);
  const edited = {
    groups: `groups:
  - { group: All Staff, when: "true" }
  - { group: Engineering, when: "department == 'Sales'" }
  - { group: London Office, when: "location.startsWith('London')" }
  - { group: Anglers, when: "false" }
`,
    attributes: ATTRIBUTES.replace('jobTitle: jobTitle', "jobTitle: jobTitle + '!'"),
  };
  const { people, names, tried, added, released } = preview(world, {}, edited);
  const title = { name: 'jobTitle', before: 'Engineer', after: 'Engineer!', ...at('attributes') };
  const loses = [{ group: 'Engineering', because: 'department is Engineering', ...at('groups/all') }];
  const none = { binds: [], unbinds: [] };
  expect(people).toEqual([
    {
      person: '3',
      ...none,
      joins: [{ group: 'Engineering', because: 'department is Sales', ...at('groups/all') }],
      // Sales is released: no rule names it any more, so nobody is taken out.
      leaves: [],
      values: [title],
    },
    { person: '9', ...none, joins: [], leaves: loses, values: [title] },
    { person: '10', ...none, joins: [], leaves: loses, values: [title] },
  ]);
  expect([...names.keys()].sort()).toEqual(['10', '3', '9']);
  expect(names.get('3')).toMatchObject({ name: 'First3 Last3' });
  expect(tried).toBe(3);
  expect(added).toEqual(['Anglers']);
  expect(released).toEqual([{ group: 'Sales', people: 0, ...at('groups/all') }]);
});

test('a group that is released says how many it was given to', () => {
  const world = worldOf([employee('1'), employee('2')]);
  change(world, '1', { department: 'Sales' });
  change(world, '2', { department: 'Sales' });
  settle(world);
  const without = `groups: [{ group: All Staff, when: "true" }, { group: Engineering, when: "false" }, { group: London Office, when: "false" }]`;
  expect(preview(world, {}, { groups: without }).released).toEqual([
    { group: 'Sales', people: 2, ...at('groups/all') },
  ]);
});

test('an edit of lifecycle: stage and account, and why somebody is held; who is as before is not named', () => {
  const world = worldOf([employee('1'), employee('2', { employmentStatus: 'Contractor' }), employee('3')]);
  const named = (meaning: string) => LIFECYCLE.replace('Contractor: working', meaning);
  const of = (lifecycle: string) =>
    preview(world, {}, { lifecycle }).people.map(({ person, stage, account }) => ({
      person,
      stage,
      account,
    }));
  expect(of(named('Contractor: leave'))).toEqual([
    {
      person: '2',
      stage: { before: 'active', after: 'leave' },
      account: { before: 'active', after: 'suspended' },
    },
  ]);
  expect(of(named('Intern: working'))).toEqual([
    { person: '2', stage: { before: 'active', after: 'hold', because: 'unmapped-status' } },
  ]);
  expect(preview(world, {}, {})).toMatchObject({ people: [], added: [], released: [], tried: 3 });
  expect(preview(world, {}, {}).names.size).toBe(0);
});

test('protected and privileged groups of either side are told as sensitive, each once', () => {
  const world = worldOf([employee('1')]);
  const { sensitive } = preview(
    world,
    { guardrails: 'protected: { groups: [Sales], privilegedGroups: [Engineering] }' },
    { guardrails: 'protected: { groups: [Sales, All Staff] }' },
  );
  expect(sensitive).toEqual(['All Staff', 'Engineering', 'Sales']);
});

test('whoever would be put on hold is named, at the place of the rule; a leaver needs no rule', () => {
  const world = worldOf([employee('1', ODD), employee('2', { ...ODD, ...GONE }), employee('3')]);
  expect(problemsOf(world, {}, {})).toEqual([]);
  expect(problemsOf(world, {}, FAILING)).toEqual([
    expect.objectContaining({
      file: 'mappings/attributes.yaml',
      line: 1,
      message:
        'the rule cannot be worked out over the facts that it reads (index out of bounds); it fails for 1',
    }),
  ]);
});

test('some of many are named, on leave or not', () => {
  const rows = Array.from({ length: 8 }, (_, index) =>
    employee(String(index + 1), index < 7 ? { ...ODD, employmentStatus: 'Furloughed' } : {}),
  );
  expect(problemsOf(worldOf(rows), {}, FAILING).map(({ message }) => message)).toEqual([
    expect.stringMatching(/; it fails for 1, 2, 3, 4, 5 and 2 more$/),
  ]);
});

test('an edit does not answer for what stands on main already', () => {
  const world = worldOf([employee('1', ODD)], FAILING);
  expect(problemsOf(world, FAILING, FAILING)).toEqual([]);
});

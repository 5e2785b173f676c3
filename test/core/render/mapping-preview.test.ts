import { describe, expect, test } from 'vitest';
import { renderMappingPreview } from '../../../scripts/core/render/mapping-preview.ts';
import type { PersonName } from '../../../scripts/core/render/plan-view.ts';
import { groupChanges, previewHeadline } from '../../../scripts/core/render/preview-headline.ts';
import type { PreviewDelta, PreviewPerson } from '../../../scripts/core/render/preview-view.ts';
import { FILTERS, filteredText, htmlOf, tagsOf } from './github-reading.ts';
import { expectGolden } from './golden.ts';
import { HOSTILE } from './plan-world.ts';

function personOf(person: string, part: Partial<PreviewPerson> = {}): PreviewPerson {
  return { person, joins: [], leaves: [], binds: [], unbinds: [], values: [], ...part };
}

function deltaOf(people: PreviewPerson[], part: Partial<PreviewDelta> = {}): PreviewDelta {
  return {
    people,
    names: new Map(people.map(({ person }): [string, PersonName] => [person, { name: `Person ${person}` }])),
    tried: 114,
    added: [],
    released: [],
    sensitive: [],
    problems: [],
    ...part,
  };
}

const AT = { file: 'mappings/groups/engineering.yaml', line: 12 };
const OLD = { file: 'mappings/groups/engineering.yaml', line: 9 };

function reorganisation(): PreviewDelta {
  const moving = Array.from({ length: 14 }, (_unused, index) =>
    personOf(String(1001 + index), {
      joins:
        index < 9
          ? [
              {
                group: 'Engineering EU',
                because: 'department is Engineering and country is in the EU',
                at: AT,
              },
            ]
          : [{ group: 'Production Admins', because: 'department is Operations', at: AT }],
      leaves: index < 9 ? [{ group: 'Engineering', because: 'department is Engineering', at: OLD }] : [],
      values: index === 0 ? [{ name: 'costCenter', before: null, after: 'EU-1', at: AT }] : [],
    }),
  );
  const stages = [
    personOf('1099', {
      stage: { before: 'active', after: 'left', because: 'Contractor is now terminated' },
      account: { before: 'active', after: 'suspended' },
    }),
  ];
  return deltaOf([...moving, ...stages], {
    sensitive: ['Production Admins'],
    added: ['Engineering EU'],
    released: [{ group: 'Old Guard', people: 3, at: OLD }],
    examples: { passed: 7, failed: 0 },
  });
}

test('an edit that moves people, as its author sees it', () => {
  const delta = reorganisation();
  expect(previewHeadline(delta)).toBe(
    'changes the stage or account of 1 person; moves 14 people: -Engineering 9, +Engineering EU 9, +Production Admins 5; changes values of 1 person; releases 1 group',
  );
  expectGolden('preview.md', renderMappingPreview(delta));
});

test('an edit that changes nothing says so', () => {
  expect(renderMappingPreview(deltaOf([]))).toMatch(
    /^\*\*This edit changes nothing for anybody\.\*\* Tried on 114 people\./,
  );
});

test('with an error nothing is said about people', () => {
  const text = renderMappingPreview(
    deltaOf([personOf('1001')], {
      problems: [
        {
          file: 'mappings/groups/a.yaml',
          line: 3,
          column: 11,
          message: 'unknown field "departmnt"',
          remedy: 'did you mean department?',
        },
      ],
    }),
  );
  expect(text).toContain('**1 problem in the mappings.**');
  expect(text).toContain('> - <strong>mappings/groups/a.yaml:&#8203;3:&#8203;11</strong> unknown field');
  expect(text).not.toContain('Person 1001');
});

test('groups are summed with their most frequent reason first', () => {
  const people = [
    personOf('1', { joins: [{ group: 'A', because: 'x' }] }),
    personOf('2', { joins: [{ group: 'A', because: 'y' }] }),
    personOf('3', { joins: [{ group: 'A', because: 'y' }], leaves: [{ group: 'A', because: 'z' }] }),
  ];
  expect(
    groupChanges({ people }).map(({ sign, ids, reasons }) => [
      sign,
      ids,
      reasons.map(({ because, count }) => [because, count]),
    ]),
  ).toEqual([
    [
      '+',
      ['1', '2', '3'],
      [
        ['y', 2],
        ['x', 1],
      ],
    ],
    ['-', ['3'], [['z', 1]]],
  ]);
});

test('ten thousand people fit, with everyone named whose stage or privileges change', () => {
  const people = Array.from({ length: 10_000 }, (_unused, index) =>
    personOf(String(10_000 + index * 3), {
      joins: [{ group: `Group ${index % 300}`, because: 'a rule', at: AT }],
      values: [{ name: 'department', before: `Old ${index}`, after: `New ${index}` }],
      ...(index % 10 === 0
        ? {
            stage: { before: 'active' as const, after: 'left' as const },
            account: { before: 'active' as const, after: 'suspended' as const },
          }
        : {}),
    }),
  );
  const text = renderMappingPreview(deltaOf(people, { sensitive: ['Group 7'] }));
  expect(text.length).toBeLessThanOrEqual(60_000);
  const words = new Set(text.split(/[\s,:]+/));
  for (const { person, stage, joins } of people)
    if (stage !== undefined || joins[0]?.group === 'Group 7') expect(words.has(person), person).toBe(true);
  const tags = tagsOf(htmlOf(text));
  for (const tag of ['details', 'table', 'pre', 'blockquote'])
    expect(tags.filter((one) => one === tag).length).toBe(tags.filter((one) => one === `/${tag}`).length);
});

describe('hostile text', () => {
  function poisoned(text: string): string {
    const delta = reorganisation();
    const membership = {
      group: `g${text}`,
      because: `b${text}`,
      at: { file: `mappings/groups/${text}`, line: 1 },
    };
    return htmlOf(
      renderMappingPreview({
        ...delta,
        people: [
          personOf('1001', {
            joins: [membership],
            leaves: [{ ...membership, group: `h${text}` }],
            binds: [{ binding: `policy:${text}`, because: `b${text}` }],
            values: [{ name: `custom.${text}`, before: `x${text}`, after: `y${text}` }],
            stage: { before: 'active', after: 'left', because: text },
          }),
        ],
        names: new Map([['1001', { name: `n${text}` }]]),
        added: [`a${text}`],
        released: [{ group: `r${text}`, people: 1 }],
        sensitive: [membership.group],
      }),
    );
  }
  const skeleton = tagsOf(poisoned('plain'));

  test.each(HOSTILE.map((text, index) => [index, text] as const))(
    'number %i changes nothing but the words',
    (_index, text) => {
      const html = poisoned(text);
      expect(tagsOf(html).filter((tag) => !/span$/.test(tag))).toEqual(skeleton);
      for (const [name, pattern] of FILTERS) expect(filteredText(html), name).not.toMatch(pattern);
    },
  );
});

import { describe, expect, test } from 'vitest';
import type { Action } from '../../../scripts/core/plan/action.ts';
import { actionId } from '../../../scripts/core/plan/action.ts';
import { planName } from '../../../scripts/core/plan/plan-file.ts';
import { renderPlanMarkdown, type PlanMarkdownOptions } from '../../../scripts/core/render/plan-markdown.ts';
import { renderPlanTerminal } from '../../../scripts/core/render/plan-terminal.ts';
import { type PersonName, planViewOf } from '../../../scripts/core/render/plan-view.ts';
import { columnsOf } from '../../../scripts/core/render/escape-terminal.ts';
import { FILTERS, filteredText, htmlOf, tagsOf } from './github-reading.ts';
import { expectGolden } from './golden.ts';
import { bigPlan, FINDINGS, HELD, HOSTILE, NAMES, nineActions, planOf, wish } from './plan-world.ts';

const OPTIONS: PlanMarkdownOptions = {
  expireHours: 72,
  required: 1,
  planUrl: (path) => `https://github.com/acme/identity/blob/rollcall/sync/${path}`,
};

function viewOf(actions: Action[], names: ReadonlyMap<string, PersonName> = NAMES) {
  return planViewOf('2026-11-23', [planOf(actions, { findings: FINDINGS, held: HELD })], names);
}

test('nine actions, as a reviewer sees them', () => {
  const view = viewOf(nineActions());
  expectGolden('nine-actions.md', renderPlanMarkdown(view, OPTIONS));
  expectGolden('nine-actions.txt', renderPlanTerminal(view));
  expect(renderPlanMarkdown(view, OPTIONS)).toBe(renderPlanMarkdown(view, OPTIONS));
});

test('a reorganisation, grouped and drawn', () => {
  const names = new Map<string, PersonName>();
  const actions: Action[] = [];
  for (let index = 0; index < 40; index += 1) {
    const person = String(2_000 + index);
    names.set(person, { name: `Person ${index}`, department: 'Sales' });
    actions.push(
      wish({
        kind: 'update',
        person,
        target: 'department',
        before: 'Sales | "EMEA"',
        after: index < 25 ? 'Revenue' : 'Success',
        because: 'the department was renamed',
        cause: 'hr',
      }),
    );
  }
  actions.push(
    wish({
      kind: 'create-group',
      person: null,
      account: null,
      target: 'Success',
      after: { name: 'Success' },
      because: 'create: true',
    }),
  );
  const view = planViewOf('2026-11-23', [planOf(actions)], names);
  expectGolden(
    'reorganisation.md',
    renderPlanMarkdown(view, { ...OPTIONS, required: 2, mappingPullRequest: 12 }),
  );
  expectGolden('reorganisation.txt', renderPlanTerminal(view));
});

test('nothing to do says so and still shows who is on hold', () => {
  const view = planViewOf('2026-11-23', [], NAMES, { findings: FINDINGS, held: HELD });
  const text = renderPlanMarkdown(view, OPTIONS);
  expect(text).toMatch(/^\*\*Nothing to do\*\* as of 2026-11-23\./);
  expect(text).toContain('1050 Sam Doe');
  expect(text).not.toContain('Approve');
  expect(renderPlanTerminal(view)).toMatch(/^Nothing to do as of 2026-11-23\.\n/);
});

test('an auto plan asks for no approval', () => {
  const view = planViewOf('2026-11-23', [planOf(nineActions(), { lane: 'auto' })], NAMES);
  expect(renderPlanMarkdown(view, OPTIONS)).not.toContain('Approve and merge');
});

/** Every fence and details block is closed, and GitHub's limit is kept with room to spare. */
function expectWhole(markdown: string): void {
  expect(markdown.length).toBeLessThanOrEqual(60_000);
  const tags = tagsOf(htmlOf(markdown));
  for (const tag of ['details', 'summary', 'pre', 'code', 'blockquote', 'strong'])
    expect(tags.filter((one) => one === tag).length, tag).toBe(
      tags.filter((one) => one === `/${tag}`).length,
    );
  let open = '';
  for (const line of markdown.split('\n')) {
    const ticks = /^(`{3,})/.exec(line)?.[1];
    if (ticks !== undefined) open = open === '' ? ticks : ticks === open ? '' : open;
  }
  expect(open).toBe('');
  expect(markdown.endsWith('\n')).toBe(true);
}

describe.each([10, 1_000, 10_000])('%i changes', (size) => {
  const { actions, names } = bigPlan(size);
  const plan = planOf(actions);
  const view = planViewOf('2026-11-23', [plan], names);
  const text = renderPlanMarkdown(view, OPTIONS);

  test('stay whole and under the limit', () => {
    expectWhole(text);
  });

  test('name every suspension and every privileged grant', () => {
    const suspended = actions.filter(({ kind }) => kind === 'suspend');
    const granted = actions.filter(({ kind, risk }) => kind === 'join-group' && risk === 'high');
    expect(suspended.length).toBe(Math.round(size * 0.3));
    for (const [title, named] of [
      ['suspension', suspended],
      ['privileged', granted],
    ] as const) {
      const section = text.split('\n### ').find((part) => part.split('\n')[0]?.includes(title)) ?? '';
      // Whole words: an id inside another one names nobody.
      const words = new Set(section.split(/[\s:]+/));
      for (const { person } of named) expect(words.has(person ?? ''), `${title} ${person}`).toBe(true);
    }
  });

  test('link the committed plan, and account for who is not shown', () => {
    expect(text).toContain(
      `https://github.com/acme/identity/blob/rollcall/sync/state/plans/${planName(plan)}`,
    );
    const words = new Set(text.split(/[\s:<>]+/));
    const missing = new Set(
      actions.flatMap(({ person }) => (person === null || words.has(person) ? [] : [person])),
    );
    const counted = [
      ...text.matchAll(/_(\d+) more people are not shown here|<strong>(\d+) people<\/strong>/g),
    ];
    const sum = counted.reduce((total, [, shown, bulk]) => total + Number(shown ?? bulk), 0);
    expect(sum).toBeGreaterThanOrEqual(missing.size);
  });

  test('come out of a terminal with the suspensions named', () => {
    const printed = renderPlanTerminal(view);
    const words = new Set(printed.split(/\s+/));
    for (const { person, kind } of actions)
      if (kind === 'suspend') expect(words.has(person ?? ''), person ?? '').toBe(true);
  });
});

test('ten thousand suspensions with ids in a row are named by runs; scattered ones that cannot fit are said to be missing', () => {
  const suspensions = (step: number) =>
    Array.from({ length: 10_000 }, (_unused, index) =>
      wish({
        kind: 'suspend',
        person: String(100_000 + index * step),
        before: { stage: 'left' },
        after: { state: 'SUSPENDED' },
        because: 'left',
      }),
    );
  const inARow = renderPlanMarkdown(viewOf(suspensions(1)), OPTIONS);
  expectWhole(inARow);
  expect(inARow).toContain('100000-109999');
  const scattered = renderPlanMarkdown(viewOf(suspensions(7)), OPTIONS);
  expectWhole(scattered);
  expect(scattered).toContain(
    '### 10000 suspensions\n\nToo many to name in a pull request: [the committed plan](',
  );
});

test('no budget, however odd, cuts anything', () => {
  const { actions, names } = bigPlan(200);
  const findings = Array.from({ length: 300 }, (_unused, index) => ({
    ...FINDINGS[index % 3]!,
    message: `message ${index}`,
  }));
  const held = Array.from({ length: 300 }, (_unused, index) => ({
    ...HELD[0]!,
    person: String(50_000 + index),
    code: `code-${index % 60}`,
  }));
  const view = planViewOf('2026-11-23', [planOf(actions, { findings, held })], names);
  for (let budget = 4_000; budget < 60_000; budget += 1_913) {
    const text = renderPlanMarkdown(view, { ...OPTIONS, budget });
    expect(text.length).toBeLessThanOrEqual(budget);
    expectWhole(text);
    for (const { person, kind } of actions) if (kind === 'suspend') expect(text).toContain(person);
  }
});

describe('hostile text in every field', () => {
  const clean = renderPlanMarkdown(viewOf(nineActions()), OPTIONS);
  const skeleton = tagsOf(htmlOf(clean)).filter((tag) => !/span$/.test(tag));

  /** The same plan with `text` in every place that HR, JumpCloud or a mapping fills. */
  function poisoned(text: string) {
    const because = text === '' ? '-' : text;
    const replace = (value: Action['before']): Action['before'] => {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return value === null ? null : text;
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) =>
          key === 'taken' || key === 'stage' || key === 'attributes' ? [key, inner] : [key, replace(inner)],
        ),
      );
    };
    const actions = nineActions().map((action) => {
      const after = action.kind === 'set-manager' ? action.after : replace(action.after);
      const changed = { ...action, before: replace(action.before), after, because };
      return { ...changed, id: actionId(changed) };
    });
    const names = new Map(
      [...NAMES.keys()].map((id): [string, PersonName] => [
        id,
        { name: `N${text}`, department: `D${text}`, jobTitle: `J${text}` },
      ]),
    );
    const findings = FINDINGS.map((finding) => ({ ...finding, subject: text, message: because }));
    return planViewOf(
      '2026-11-23',
      [planOf(actions, { findings, held: HELD.map((hold) => ({ ...hold, message: because })) })],
      names,
    );
  }

  test.each(HOSTILE.map((text, index) => [index, text] as const))(
    'number %i changes nothing but the words',
    (_index, text) => {
      const markdown = renderPlanMarkdown(poisoned(text), OPTIONS);
      expectWhole(markdown);
      const html = htmlOf(markdown);
      expect(tagsOf(html).filter((tag) => !/span$/.test(tag))).toEqual(skeleton);
      expect(
        [...html.matchAll(/href="([^"]*)"/g)].every(([, url]) =>
          url?.startsWith('https://github.com/acme/identity/blob/'),
        ),
      ).toBe(true);
      for (const [name, pattern] of FILTERS) expect(filteredText(html), name).not.toMatch(pattern);
    },
  );

  test.each(HOSTILE.map((text, index) => [index, text] as const))(
    'number %i cannot move a terminal',
    (_index, text) => {
      const printed = renderPlanTerminal(poisoned(text));
      expect(printed).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029]/,
      );
      expect(printed.split('\n').length).toBeLessThan(120);
    },
  );
});

test('a terminal of 80 columns is not overrun, and colour changes nothing but colour', () => {
  const view = viewOf(nineActions());
  const narrow = renderPlanTerminal(view, { width: 80 });
  for (const line of narrow.split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(80);
  const coloured = renderPlanTerminal(view, { width: 80, colour: true });
  expect(coloured).not.toBe(narrow);
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(narrow);
});

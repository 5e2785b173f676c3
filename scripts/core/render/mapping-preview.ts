/**
 * The comment and check of a pull request that edits mappings/: whom the edit moves, why, and what it releases.
 * Like a plan it is never cut, and like a plan it is only shown: merging it changes no access by itself.
 */
import { compareText } from '../values/finding.ts';
import { alert, code, details, escapeMarkdown, fence, strong } from './escape-markdown.ts';
import { idLines } from './id-list.ts';
import {
  BODY_BUDGET,
  fixedSection,
  layOut,
  type Section,
  sectionOfForms,
  sectionOfLines,
} from './lay-out.ts';
import { clampPair, clampText } from './visible-text.ts';
import { attributeWords } from './attribute-words.ts';
import { labelOf } from './plan-view.ts';
import { groupChanges, groups, people, previewHeadline } from './preview-headline.ts';
import type { Place, PreviewDelta, PreviewPerson } from './preview-view.ts';

export interface PreviewMarkdownOptions {
  budget?: number;
}

export function renderMappingPreview(delta: PreviewDelta, options: PreviewMarkdownOptions = {}): string {
  const budget = options.budget ?? BODY_BUDGET;
  const headline = `**This edit ${escapeMarkdown(previewHeadline(delta))}.**`;
  if (delta.problems.length > 0)
    return layOut(
      [
        fixedSection(
          `**${escapeMarkdown(previewHeadline(delta))}.** Nothing can be said about people until they are mended.`,
        ),
        problemSection(delta),
      ],
      budget,
    );
  const sensitive = new Set(delta.sensitive);
  return layOut(
    [
      fixedSection(`${headline} Tried on ${people(delta.tried)}.${examplesText(delta)}`),
      stageSection(delta),
      sensitiveSection(delta, sensitive),
      releasedSection(delta),
      addedSection(delta),
      groupSection(delta),
      valueSection(delta),
      bindingSection(delta),
      peopleSection(delta),
      fixedSection(
        'Merging this changes no access: the sync that follows proposes the plan that it causes, for review, and names this pull request.',
      ),
    ],
    budget,
  );
}

function examplesText({ examples }: PreviewDelta): string {
  if (examples === undefined) return '';
  return ` Examples: ${examples.passed} passed, ${examples.failed} failed.`;
}

function problemSection(delta: PreviewDelta): Section {
  const lines = delta.problems.map(
    ({ file, line, column, message, remedy }) =>
      `- ${strong(`${file}:${line}:${column}`)} ${escapeMarkdown(clampText(message, 400))}${remedy === undefined ? '' : ` (${escapeMarkdown(clampText(remedy, 200))})`}`,
  );
  return sectionOfLines(1, 1, lines, {
    wrap: (shown, over) => alert('CAUTION', over === '' ? shown : [...shown, over]),
    over: (left) => `- ${left} more: ${code('npm run check')} lists them all.`,
  });
}

/** Stages and accounts are said loudest: one wrong status in lifecycle.yaml ends the access of a department. */
function stageSection(delta: PreviewDelta): Section {
  const changed = delta.people.filter(({ stage, account }) => stage !== undefined || account !== undefined);
  if (changed.length === 0) return fixedSection('');
  const transitions = new Map<string, PreviewPerson[]>();
  for (const person of changed) {
    const words = [
      ...(person.stage === undefined ? [] : [`stage ${person.stage.before} -> ${person.stage.after}`]),
      ...(person.account === undefined
        ? []
        : [`account ${person.account.before} -> ${person.account.after}`]),
    ].join(', ');
    const same = transitions.get(words);
    if (same === undefined) transitions.set(words, [person]);
    else same.push(person);
  }
  const head = alert('CAUTION', [
    `This edit changes the stage or account of ${people(changed.length)}: ${[...transitions].map(([words, who]) => `${escapeMarkdown(words)} (${who.length})`).join('; ')}.`,
  ]);
  const named = [...transitions].flatMap(([words, who]) =>
    who.map(
      ({ person, stage }) =>
        `! ${labelOf(person, delta.names)}: ${words}${stage?.because === undefined ? '' : ` (${clampText(stage.because, 160)})`}`,
    ),
  );
  const ids = [...transitions].flatMap(([words, who]) => [
    `${words}:`,
    ...idLines(who.map(({ person }) => person)),
  ]);
  return sectionOfForms(
    1,
    0.5,
    [`${head}\n\n${fence('diff', named)}`, `${head}\n\n${fence('text', ids)}`],
    head,
  );
}

function sensitiveSection(delta: PreviewDelta, sensitive: ReadonlySet<string>): Section {
  const touched = groupChanges(delta).filter(({ group }) => sensitive.has(group));
  if (touched.length === 0) return fixedSection('');
  const head = alert('CAUTION', [
    `It touches privileged or protected groups: ${touched.map(({ sign, group, ids }) => `${escapeMarkdown(`${sign}${clampText(group, 80)}`)} ${ids.length}`).join(', ')}.`,
  ]);
  const form = (linesOf: (ids: string[]) => string[]): string =>
    `${head}\n\n${fence(
      'text',
      touched.flatMap(({ sign, group, ids }) => [
        `${sign} ${clampText(group, 80)}, ${people(ids.length)}:`,
        ...linesOf(ids),
      ]),
    )}`;
  return sectionOfForms(
    2,
    0.4,
    [form((ids) => ids.map((id) => labelOf(id, delta.names))), form((ids) => idLines(ids))],
    head,
  );
}

function releasedSection({ released }: PreviewDelta): Section {
  const lines = released.map(
    ({ group, people: members, at }) =>
      `- ${strong(clampText(group, 80))} is released: ${people(members)} keep it and Rollcall no longer looks after it${placeText(at)}`,
  );
  return sectionOfLines(3, 0.2, lines, {
    wrap: (shown, over) => alert('WARNING', over === '' ? shown : [...shown, over]),
    over: (left) => `- ${groups(left)} more are released.`,
  });
}

function addedSection({ added }: PreviewDelta): Section {
  const lines = added.map((group) => `- ${escapeMarkdown(clampText(group, 80))}`);
  return sectionOfLines(6, 0.1, lines, {
    wrap: (shown, over) =>
      ['### Groups named for the first time', '', ...shown, ...(over === '' ? [] : [over])].join('\n'),
    over: (left) => `- ${left} more.`,
  });
}

function groupSection(delta: PreviewDelta): Section {
  const changes = groupChanges(delta);
  const rows = changes.map(({ sign, group, ids, reasons }) => {
    const [first] = reasons;
    const more = reasons.length > 1 ? ` and ${reasons.length - 1} more reasons` : '';
    const why =
      first === undefined
        ? ''
        : `${escapeMarkdown(clampText(first.because, 160))}${placeText(first.at)}${more}`;
    return `| ${sign === '+' ? '+' : '−'}${ids.length} | ${escapeMarkdown(clampText(group, 80))} | ${sign === '+' ? why : `no longer: ${why}`} |`;
  });
  return sectionOfLines(4, 0.3, rows, {
    wrap: (shown, over) =>
      [
        '### Groups',
        '',
        '| people | group | because |',
        '|---|---|---|',
        ...shown,
        ...(over === '' ? [] : ['', over]),
      ].join('\n'),
    over: (left) => `_${left} more changes of groups._`,
  });
}

function valueSection(delta: PreviewDelta): Section {
  const byChange = new Map<string, string[]>();
  for (const { person, values } of delta.people)
    for (const { name, before, after, at } of values) {
      const [a, b] = clampPair(before ?? '(none)', after ?? '(none)');
      const key = `| ${escapeMarkdown(attributeWords(name))} | ${escapeMarkdown(a)} | ${escapeMarkdown(b)} |${placeText(at)} |`;
      const ids = byChange.get(key);
      if (ids === undefined) byChange.set(key, [person]);
      else ids.push(person);
    }
  const rows = [...byChange]
    .sort(([keyA, a], [keyB, b]) => b.length - a.length || compareText(keyA, keyB))
    .map(([key, ids]) => {
      const only = ids.length === 1 ? ids[0] : undefined;
      return `| ${only === undefined ? people(ids.length) : escapeMarkdown(labelOf(only, delta.names))} ${key}`;
    });
  return sectionOfLines(5, 0.25, rows, {
    wrap: (shown, over) =>
      [
        '### Values',
        '',
        '| who | what | before | after | rule |',
        '|---|---|---|---|---|',
        ...shown,
        ...(over === '' ? [] : ['', over]),
      ].join('\n'),
    over: (left) => `_${left} more changes of values._`,
  });
}

function bindingSection(delta: PreviewDelta): Section {
  const byChange = new Map<string, number>();
  for (const { binds, unbinds } of delta.people)
    for (const [sign, { binding, because, at }] of [
      ...binds.map((bind) => ['+', bind] as const),
      ...unbinds.map((unbind) => ['−', unbind] as const),
    ]) {
      const key = `${escapeMarkdown(clampText(binding, 80))} | ${escapeMarkdown(clampText(because, 160))}${placeText(at)} |`;
      byChange.set(`${sign} ${key}`, (byChange.get(`${sign} ${key}`) ?? 0) + 1);
    }
  const rows = [...byChange]
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, count]) => `| ${key.slice(0, 1)}${count} | ${key.slice(2)}`);
  return sectionOfLines(7, 0.15, rows, {
    wrap: (shown, over) =>
      [
        '### Devices and applications',
        '',
        '| people | what | because |',
        '|---|---|---|',
        ...shown,
        ...(over === '' ? [] : ['', over]),
      ].join('\n'),
    over: (left) => `_${left} more._`,
  });
}

function peopleSection(delta: PreviewDelta): Section {
  const lines = delta.people
    .filter(
      ({ joins, leaves, binds, unbinds }) => joins.length + leaves.length + binds.length + unbinds.length > 0,
    )
    .map(({ person, joins, leaves, binds, unbinds }) => {
      const parts = [
        ...leaves.map(({ group }) => `-${clampText(group, 60)}`),
        ...joins.map(({ group }) => `+${clampText(group, 60)}`),
        ...unbinds.map(({ binding }) => `-${clampText(binding, 60)}`),
        ...binds.map(({ binding }) => `+${clampText(binding, 60)}`),
      ];
      return `${labelOf(person, delta.names)}: ${parts.join(', ')}`;
    });
  return sectionOfLines(8, 0.3, lines, {
    wrap: (shown, over) =>
      details(
        `Who: ${people(lines.length)}`,
        [...(shown.length === 0 ? [] : [fence('text', shown)]), ...(over === '' ? [] : [over])].join('\n\n'),
      ),
    over: (left) => `_${people(left)} more; the plan that follows the merge names everyone._`,
  });
}

function placeText(at: Place | undefined): string {
  return at === undefined ? '' : ` (${escapeMarkdown(`${at.file}:${at.line}`)})`;
}

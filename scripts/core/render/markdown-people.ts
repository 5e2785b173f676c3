/** People with their changes, and bulk edits, as a pull request shows them. */
import type { Action } from '../plan/action.ts';
import type { BulkEdit } from './bulk-edits.ts';
import { describeAction } from './describe-action.ts';
import { details, escapeMarkdown, fence, strong } from './escape-markdown.ts';
import { idLines } from './id-list.ts';
import { fitMost, fixedSection, type Section, sectionOfLines } from './lay-out.ts';
import { diffLine } from './markdown-risk.ts';
import { jobOf, labelOf, type PeopleNames, type PersonChanges } from './plan-view.ts';
import { riskClassOf } from './risky-changes.ts';

/** Up to so many people are shown unfolded. */
const OPEN_UP_TO = 12;

interface Block {
  full: string;
  folded: string;
  /** One line, not escaped: it stands in a fence. */
  compact: string;
}

/**
 * As many people as fit with every change, the next ones on a line each, then how many more there are. People whose
 * every change stands by name among the risks already are left out; with many people, those with one change share a block.
 */
export function peopleSections(changes: PersonChanges[], people: PeopleNames, rest: string): Section[] {
  const shown = changes.filter(({ actions }) => actions.some((action) => riskClassOf(action) === undefined));
  if (shown.length <= OPEN_UP_TO) return [blocksSection(shown, people, rest)];
  return [
    blocksSection(
      shown.filter(({ actions }) => !isOneLine(actions)),
      people,
      rest,
    ),
    linesSection(
      shown.flatMap(({ actions }) => (isOneLine(actions) ? actions : [])),
      people,
      rest,
    ),
  ];
}

function isOneLine(actions: Action[]): boolean {
  return actions.length === 1 && actions[0]?.kind !== 'create';
}

function over(left: number, rest: string): string {
  return `_${left} more ${left === 1 ? 'person is' : 'people are'} not shown here: ${rest} has every change._`;
}

function linesSection(actions: Action[], people: PeopleNames, rest: string): Section {
  const lines = actions.map((action) => {
    const { sign, line } = describeAction(action, people);
    return diffLine(sign, `${labelOf(action.person ?? '', people)}: ${line}`);
  });
  const heading = `### ${headcount(lines.length)} with one change`;
  return sectionOfLines(9, 0.3, lines, {
    wrap: (shown, more) =>
      [heading, ...(shown.length === 0 ? [] : [fence('diff', shown)]), ...(more === '' ? [] : [more])].join(
        '\n\n',
      ),
    over: (left) => over(left, rest),
  });
}

function headcount(count: number): string {
  return count === 1 ? '1 person' : `${count} people`;
}

function blocksSection(changes: PersonChanges[], people: PeopleNames, rest: string): Section {
  if (changes.length === 0) return fixedSection('');
  const blocks = changes.map((change) => blockOf(change, people));
  const heading = `### ${headcount(changes.length)}, change by change`;
  const least = `${heading}\n\n${over(blocks.length, rest)}`;
  return {
    priority: 9,
    share: 0.5,
    least,
    last: least,
    render(room) {
      const open = [heading, ...blocks.map(({ full }) => full)].join('\n\n');
      if (blocks.length <= OPEN_UP_TO && open.length <= room) return open;
      return fitBlocks(heading, blocks, room, rest) ?? least;
    },
  };
}

/** The first ones folded and all others on a line each; without room for that, as many lines as there is room for. */
function fitBlocks(heading: string, blocks: Block[], room: number, rest: string): string | undefined {
  const lines = blocks.map(({ compact }) => compact);
  const linesUpTo = (from: number, to: number): string[] =>
    from === to ? [] : [fence('text', lines.slice(from, to))];
  const named = fitMost(
    blocks.map(({ folded }) => folded),
    room,
    (count) =>
      [
        heading,
        ...blocks.slice(0, count).map(({ folded }) => folded),
        ...linesUpTo(count, blocks.length),
      ].join('\n\n'),
  );
  return (
    named ??
    fitMost(lines, room, (count) =>
      [
        heading,
        ...linesUpTo(0, count),
        ...(count === blocks.length ? [] : [over(blocks.length - count, rest)]),
      ].join('\n\n'),
    )
  );
}

function blockOf({ person, actions, risk }: PersonChanges, people: PeopleNames): Block {
  const descriptions = actions.map((action) => describeAction(action, people));
  const label = labelOf(person, people);
  const job = jobOf(person, people);
  const lines = descriptions.flatMap(({ sign, line, details: facts }) => [
    diffLine(sign, line),
    ...facts.map((fact) => diffLine(sign, `    ${fact}`)),
  ]);
  const tally = (['+', '-', '~'] as const)
    .map((sign) => ({ sign, count: descriptions.filter((one) => one.sign === sign).length }))
    .filter(({ count }) => count > 0)
    .map(({ sign, count }) => `${sign === '~' ? '±' : sign === '-' ? '−' : '+'}${count}`)
    .join(' ');
  const title = [
    strong(label),
    ...(job === '' ? [] : [escapeMarkdown(job)]),
    ...(risk === 'high' ? ['high risk'] : []),
  ].join(' · ');
  const body = fence('diff', lines);
  const told = descriptions.slice(0, 3).map(({ what }) => what);
  const more = descriptions.length - told.length;
  return {
    full: `${title}\n\n${body}`,
    folded: details(`${title} · ${tally}`, body),
    compact: `${label}: ${[...told, ...(more > 0 ? [`${more} more`] : [])].join('; ')}`,
  };
}

/** Bulk edits with the names below each, with the ids, or on a line each. */
export function bulkSection(bulk: BulkEdit[], people: PeopleNames, rest: string): Section {
  if (bulk.length === 0) return fixedSection('');
  const heading = `### The same change for many: ${bulk.length === 1 ? '1 edit' : `${bulk.length} edits`}`;
  const summaryOf = ({ description, actions }: BulkEdit): string =>
    `<strong>${actions.length} people</strong>: ${escapeMarkdown(description.line)}`;
  const unfold = (linesOf: (ids: string[]) => string[]): string =>
    [
      heading,
      ...bulk.map((edit) => details(summaryOf(edit), fence('text', linesOf(peopleIn(edit.actions))))),
    ].join('\n\n');
  const forms = [unfold((ids) => ids.map((id) => labelOf(id, people))), unfold(idLines)];
  const lines = bulk.map((edit) => `- ${summaryOf(edit)}`);
  const moreEdits = (left: number): string =>
    `- ${left} more ${left === 1 ? 'edit' : 'edits'} of this kind: ${rest} has every change.`;
  const least = `${heading}\n\n${moreEdits(bulk.length)}`;
  return {
    priority: 8,
    share: 0.25,
    least,
    last: least,
    render: (room) =>
      forms.find((text) => text.length <= room) ??
      fitMost(lines, room, (count) => {
        const left = lines.length - count;
        return `${heading}\n\n${[...lines.slice(0, count), ...(left === 0 ? [] : [moreEdits(left)])].join('\n')}`;
      }) ??
      least,
  };
}

function peopleIn(actions: Action[]): string[] {
  return actions.flatMap(({ person }) => (person === null ? [] : [person]));
}

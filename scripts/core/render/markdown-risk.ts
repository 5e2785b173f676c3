/** The part of a pull request that is never left out: suspensions, deletions, privileged grants, each by name. */
import type { Action } from '../plan/action.ts';
import { describeAction, type Description } from './describe-action.ts';
import { details, fence } from './escape-markdown.ts';
import { idLines, idRangeLines } from './id-list.ts';
import { type Section, sectionOfForms } from './lay-out.ts';
import { jobOf, labelOf, type PeopleNames } from './plan-view.ts';
import { type RiskyChanges, riskyChanges } from './risky-changes.ts';

/** Up to so many lines are shown unfolded. */
const OPEN_UP_TO = 60;

/**
 * A section for each class of risk. From the richest form to the leanest: a line with name, job and because; a line
 * with the name; ids under each kind of change; runs of ids. `rest` names the committed plan, in Markdown.
 */
export function riskSections(actions: Action[], people: PeopleNames, rest: string): Section[] {
  return riskyChanges(actions).map((risky, index) => riskSection(risky, people, rest, index + 1));
}

/** Before and after of a line in a `diff` fence: green, red, or orange for a change. */
export function diffLine(sign: Description['sign'], text: string): string {
  return `${sign === '~' ? '!' : sign} ${text}`;
}

function riskSection(
  { title, actions }: RiskyChanges,
  people: PeopleNames,
  rest: string,
  priority: number,
): Section {
  const heading = `### ${title}`;
  const described = actions.map((action) => ({ action, description: describeAction(action, people) }));
  const lineOf = ({ action, description }: (typeof described)[number], rich: boolean): string => {
    const who = action.person === null ? '' : `${labelOf(action.person, people)}`;
    const job = rich && action.person !== null ? jobOf(action.person, people) : '';
    const said = rich ? description.line : description.what;
    return diffLine(description.sign, who === '' ? said : `${who}${job === '' ? '' : ` (${job})`}: ${said}`);
  };
  const form = (lines: string[], language: 'diff' | 'text'): string => {
    const block = fence(language, lines);
    return `${heading}\n\n${lines.length > OPEN_UP_TO ? details('Each of them', block) : block}`;
  };
  return sectionOfForms(
    priority,
    0.6,
    [
      form(
        described.map((one) => lineOf(one, true)),
        'diff',
      ),
      form(
        described.map((one) => lineOf(one, false)),
        'diff',
      ),
      form(namedByChange(described, idLines), 'text'),
      form(namedByChange(described, idRangeLines), 'text'),
    ],
    `${heading}\n\nToo many to name in a pull request: ${rest} names each of them.`,
  );
}

function namedByChange(
  described: { action: Action; description: Description }[],
  linesOf: (ids: string[]) => string[],
): string[] {
  const byChange = new Map<string, string[]>();
  for (const { action, description } of described) {
    const key = `${description.sign} ${description.what}`;
    const ids = byChange.get(key);
    const id = action.person ?? '';
    if (ids === undefined) byChange.set(key, id === '' ? [] : [id]);
    else if (id !== '') ids.push(id);
  }
  return [...byChange].flatMap(([change, ids]) =>
    ids.length === 0 ? [change] : [`${change}, ${ids.length} people:`, ...linesOf(ids)],
  );
}

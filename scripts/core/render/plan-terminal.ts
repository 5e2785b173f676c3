/** What `plan` prints for people: counts, findings, people on hold, people by risk, bulk edits. */
import { type Held, peopleOf } from '../plan/plan-file.ts';
import type { Finding } from '../values/finding.ts';
import { groupBulkEdits } from './bulk-edits.ts';
import { countPeople, countsText } from './count-people.ts';
import { describeAction, type Description } from './describe-action.ts';
import { escapeTerminal, type Paint, paintWith, wrapText } from './escape-terminal.ts';
import { idLines } from './id-list.ts';
import { actionsOf, changesByPerson, jobOf, labelOf, type PlanView } from './plan-view.ts';
import { riskyChanges } from './risky-changes.ts';

export interface TerminalOptions {
  colour?: boolean;
  /** Columns; lines are broken between words. */
  width?: number;
  /** People shown with every change; suspensions and privileged grants are named for all. */
  people?: number;
}

/** Text for a terminal, with a final line break. */
export function renderPlanTerminal(view: PlanView, options: TerminalOptions = {}): string {
  const paint = paintWith(options.colour ?? false);
  const width = options.width ?? 100;
  const parts = [
    headLines(view, paint),
    findingLines(view.findings, view, paint, width),
    heldLines(view.held, view, paint, width),
    ...changeParts(view, paint, width, options.people ?? 100),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headLines(view: PlanView, paint: Paint): string[] {
  const actions = actionsOf(view);
  if (actions.length === 0) return [paint('bold', `Nothing to do as of ${view.asOf}.`)];
  const lines = [paint('bold', `As of ${view.asOf}: ${countsText(countPeople(actions))}`)];
  for (const plan of view.plans) {
    const people = peopleOf(plan).length;
    const kinds = Object.entries(plan.counts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, count]) => `${count} ${kind}`);
    lines.push(
      `  ${plan.lane} ${plan.digest.slice(0, 7)}: ${plan.actions.length} actions for ${people} people`,
      `    ${kinds.join(', ')}`,
    );
  }
  return lines;
}

function findingLines(findings: Finding[], view: PlanView, paint: Paint, width: number): string[] {
  if (findings.length === 0) return [];
  const style = { critical: 'red', warning: 'yellow', info: 'dim' } as const;
  const lines = findings.flatMap(({ severity, code, person, subject, message }) => {
    const about = [person === undefined ? undefined : labelOf(person, view.people), subject]
      .filter((part) => part !== undefined)
      .map((part) => ` ${escapeTerminal(part)}`)
      .join('');
    return wrapText(
      `  ${severity} ${escapeTerminal(code)}${about}: ${escapeTerminal(message)}`,
      width,
      6,
    ).map((line) => paint(style[severity], line));
  });
  return [paint('bold', `Findings (${findings.length})`), ...lines];
}

function heldLines(held: Held[], view: PlanView, paint: Paint, width: number): string[] {
  if (held.length === 0) return [];
  return [
    paint('bold', `On hold (${held.length}): nothing given, nothing taken until decided`),
    ...held.flatMap(({ person, code, message }) =>
      wrapText(
        `  ${labelOf(person, view.people)}: ${escapeTerminal(message)} (${escapeTerminal(code)})`,
        width,
        6,
      ),
    ),
  ];
}

function changeParts(view: PlanView, paint: Paint, width: number, limit: number): string[][] {
  const actions = actionsOf(view);
  const { bulk, single } = groupBulkEdits(actions, view.people);
  const groups = single
    .filter((action) => action.person === null)
    .flatMap((action) => changeLines(describeAction(action, view.people), paint, width));
  const changes = changesByPerson(single);
  const people = changes.slice(0, limit).map(({ person, actions: theirs, risk }) => {
    const job = jobOf(person, view.people);
    const title = `${labelOf(person, view.people)}${job === '' ? '' : `, ${job}`}`;
    return [
      `${paint('bold', title)}${risk === 'high' ? paint('red', '  high risk') : ''}`,
      ...theirs.flatMap((action) => changeLines(describeAction(action, view.people), paint, width)),
    ];
  });
  const edits = bulk.map(({ description, actions: same }) => [
    paint('bold', `The same change for ${same.length} people`),
    ...changeLines(description, paint, width),
    ...idLines(
      same.flatMap(({ person }) => (person === null ? [] : [person])),
      width - 6,
    ).map((line) => `      ${line}`),
  ]);
  const left = changes.slice(limit);
  return [
    groups.length === 0 ? [] : [paint('bold', 'New groups'), ...groups],
    ...people,
    leftLines(left, paint, width),
    ...edits,
  ];
}

/** People beyond the limit: how many, and by id those whose changes must be named. */
function leftLines(left: ReturnType<typeof changesByPerson>, paint: Paint, width: number): string[] {
  if (left.length === 0) return [];
  const risky = riskyChanges(left.flatMap(({ actions }) => actions)).flatMap(({ title, actions }) => [
    `  ${title} among them:`,
    ...idLines(
      actions.flatMap(({ person }) => (person === null ? [] : [person])),
      width - 6,
    ).map((line) => `      ${line}`),
  ]);
  return [paint('bold', `… and ${left.length} more people: the plan file has every change`), ...risky];
}

function changeLines({ sign, line, details }: Description, paint: Paint, width: number): string[] {
  const style = sign === '+' ? 'green' : sign === '-' ? 'red' : 'yellow';
  const [first = '', ...others] = wrapText(`  ${sign} ${line}`, width, 6);
  return [
    paint(style, first),
    ...others.map((other) => paint(style, other)),
    ...details.flatMap((detail) => wrapText(`      ${detail}`, width, 8)).map((text) => paint('dim', text)),
  ];
}

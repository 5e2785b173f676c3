/**
 * The pull request body, and the summary of a job: what a reviewer needs in the order in which they need it.
 * Output only: nothing is ever read back from it. The same plans give the same bytes.
 *
 * | stands                                      | served with room                        |
 * |---------------------------------------------|-----------------------------------------|
 * | 1 counts, on one line                       | always                                  |
 * | 2 critical findings, warnings               | 5th, 7th                                |
 * | 3 suspensions, deletions, privileged grants | 1st to 5th: named whatever the size     |
 * | 4 people on hold                            | 6th                                     |
 * | 5 new groups                                | 8th                                     |
 * | 6 people, change by change                  | 9th                                     |
 * | 7 bulk edits                                | 8th                                     |
 * | 8 chart of moves                            | 8th                                     |
 * | 9 notes                                     | 10th                                    |
 * | 10 what to do next, the committed plan      | always                                  |
 */
import { ActionKind, type Action } from '../plan/action.ts';
import { countByKind, type Plan, planName } from '../plan/plan-file.ts';
import { groupBulkEdits } from './bulk-edits.ts';
import { countPeople, countsText } from './count-people.ts';
import { describeAction } from './describe-action.ts';
import { code, fence, link } from './escape-markdown.ts';
import {
  BODY_BUDGET,
  fixedSection,
  layOut,
  type Section,
  sectionOfForms,
  sectionOfLines,
} from './lay-out.ts';
import { findingSections, heldSection } from './markdown-findings.ts';
import { bulkSection, peopleSections } from './markdown-people.ts';
import { diffLine, riskSections } from './markdown-risk.ts';
import { movesOf, renderMovesChart } from './moves-chart.ts';
import { actionsOf, changesByPerson, type PlanView } from './plan-view.ts';

export interface PlanMarkdownOptions {
  /** Where a plan file can be looked at; undefined: its path alone is named. */
  planUrl?: (path: string) => string;
  /** Hours after which an approval no longer counts (guardrails.yaml). */
  expireHours: number;
  /** Approvals that this plan needs. */
  required: number;
  /** The mapping pull request that caused the plan. */
  mappingPullRequest?: number;
  /** Characters at most; the default is for a pull request body. */
  budget?: number;
}

export function renderPlanMarkdown(view: PlanView, options: PlanMarkdownOptions): string {
  const actions = actionsOf(view);
  const rest = restOf(view.plans, options);
  const { bulk, single } = groupBulkEdits(actions, view.people);
  const findings = findingSections(view.findings, view.people, rest);
  return layOut(
    [
      fixedSection(headline(view, actions, options)),
      findings.critical,
      findings.warning,
      ...riskSections(actions, view.people, rest),
      heldSection(view.held, view.people, rest),
      newGroupsSection(actions, view, rest),
      ...peopleSections(changesByPerson(single), view.people, rest),
      bulkSection(bulk, view.people, rest),
      chartSection(actions),
      findings.info,
      fixedSection(whatNext(view, actions, options)),
    ],
    options.budget ?? BODY_BUDGET,
  );
}

function headline(view: PlanView, actions: Action[], options: PlanMarkdownOptions): string {
  const counts = countPeople(actions);
  if (actions.length === 0) return `**Nothing to do** as of ${view.asOf}.`;
  const people = changesByPerson(actions).length;
  const byKind = countByKind(actions);
  const kinds = ActionKind.options.flatMap((kind) =>
    byKind[kind] === undefined ? [] : [`${byKind[kind]} ${kind}`],
  );
  const cause =
    options.mappingPullRequest === undefined
      ? ''
      : ` Caused by the mappings of #${options.mappingPullRequest}.`;
  return `**${countsText(counts)}**: ${plural(actions.length, 'action', 'actions')} for ${plural(people, 'person', 'people')} (${kinds.join(', ')}), as of ${view.asOf}.${cause}`;
}

function newGroupsSection(actions: Action[], view: PlanView, rest: string): Section {
  const lines = actions
    .filter((action) => action.person === null)
    .map((action) => {
      const { sign, line } = describeAction(action, view.people);
      return diffLine(sign, line);
    });
  const heading = `### ${plural(lines.length, 'new group', 'new groups')}`;
  return sectionOfLines(8, 0.1, lines, {
    wrap: (shown, over) =>
      [heading, ...(shown.length === 0 ? [] : [fence('diff', shown)]), ...(over === '' ? [] : [over])].join(
        '\n\n',
      ),
    over: (left) => `_${left} more: ${rest} names them._`,
  });
}

function chartSection(actions: Action[]): Section {
  const chart = renderMovesChart(movesOf(actions));
  return chart === '' ? fixedSection('') : sectionOfForms(8, 0.1, [`### Who moves where\n\n${chart}`, '']);
}

function whatNext(view: PlanView, actions: Action[], options: PlanMarkdownOptions): string {
  const files = view.plans.map((plan) => `- ${planLink(plan, options)}`);
  if (actions.length === 0) return '';
  const review = view.plans.some((plan) => plan.lane === 'review');
  const person = changesByPerson(actions)[0]?.person ?? '1042';
  const steps = review
    ? [
        `- **Approve and merge** to have exactly this applied${options.required > 1 ? `; it needs ${options.required} approvals` : ''}. An approval expires after ${options.expireHours} hours, and nobody approves a change to their own access.`,
        `- **To hold one person** and merge the rest, comment ${code(`/hold ${person} until ${laterThan(view.asOf)} reason`)}; ${code(`/release ${person}`)} ends it. The plan is then made again at once.`,
        '- What HR withdraws before it is applied is skipped; what is new waits for its own approval.',
      ]
    : [
        '- These changes need no review: mappings/guardrails.yaml says so. The receipt says what became of them.',
      ];
  return ['### What to do next', '', ...steps, '', 'Every change with before and after:', '', ...files].join(
    '\n',
  );
}

/** A day to show in the example of a command: the first of the month after next. */
function laterThan(asOf: string): string {
  const [year, month] = asOf.split('-').map(Number);
  const next = (month ?? 1) + 2;
  return `${(year ?? 0) + (next > 12 ? 1 : 0)}-${String(next > 12 ? next - 12 : next).padStart(2, '0')}-01`;
}

function planLink(plan: Plan, options: PlanMarkdownOptions): string {
  const path = `state/plans/${planName(plan)}`;
  const url = options.planUrl?.(path);
  const short = `plan ${plan.digest.slice(0, 7)} of ${plan.asOf}`;
  return url === undefined ? `${code(path)} (${plan.lane})` : `${link(short, url)} (${plan.lane})`;
}

/** "the committed plan", as a link when there is one plan and its address is known. */
function restOf(plans: Plan[], options: PlanMarkdownOptions): string {
  const only = plans.length === 1 ? plans[0] : undefined;
  const url = only === undefined ? undefined : options.planUrl?.(`state/plans/${planName(only)}`);
  return url === undefined ? 'the committed plan' : link('the committed plan', url);
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What `explain` prints: the chain from above to below, one link a paragraph. */
import { hasProfile } from '../people/account.ts';
import { attributeWords } from '../render/attribute-words.ts';
import { escapeTerminal, type Paint, paintWith, wrapText } from '../render/escape-terminal.ts';
import { clampText } from '../render/visible-text.ts';
import type { AttributeTrace, GroupTrace, NameTrace } from './account-trace.ts';
import type { Explanation } from './explanation.ts';
import type { ActionTrace, DeedTrace, WaitingTrace } from './record-trace.ts';
import type { LineCommit } from './rule-trace.ts';

export interface TerminalOptions {
  colour?: boolean;
  width?: number;
  /** Deeds of the record that are shown. */
  deeds?: number;
}

interface Pen {
  paint: Paint;
  /** A line of ours and of strangers, escaped and wrapped. */
  line(text: string, indent?: number, style?: 'dim' | 'red' | 'green' | 'yellow'): string[];
}

export function penOf({ colour = false, width = 100 }: TerminalOptions): Pen {
  const paint = paintWith(colour);
  return {
    paint,
    line(text, indent = 2, style) {
      const lines = wrapText(`${' '.repeat(indent)}${escapeTerminal(text)}`, width, indent + 4);
      return style === undefined ? lines : lines.map((line) => paint(style, line));
    },
  };
}

export function renderExplanation(explanation: Explanation, options: TerminalOptions = {}): string {
  const pen = penOf(options);
  const { person, asOf } = explanation;
  const paragraphs = [
    [
      pen.paint('bold', escapeTerminal(`${person.id} ${clampText(person.name, 80)}`)),
      ...pen.line(
        `as of ${asOf}, from ${person.file}${explanation.live === null ? '; JumpCloud was not asked' : ''}`,
      ),
    ],
    factLines(explanation, pen),
    stageLines(explanation, pen),
    accountLines(explanation, pen),
    listLines('Attributes', profileLines(explanation, pen), pen),
    listLines(
      'Groups',
      explanation.groups.flatMap((trace) => groupLines(trace, pen)),
      pen,
    ),
    listLines(
      'Devices, policies and applications',
      Object.entries(explanation.bindings).flatMap(([name, because]) =>
        pen.line(`${clampText(name)}: ${clampText(because, 200)}`),
      ),
      pen,
    ),
    listLines(
      'Waiting',
      explanation.waiting.flatMap((waiting) => [
        ...pen.line(waitingWords(waiting), 2, 'dim'),
        ...waiting.actions.flatMap(({ line }) => pen.line(line, 4)),
      ]),
      pen,
    ),
    nextLines(explanation, pen),
    recordLines(explanation.record, options.deeds ?? 20, pen),
    whatIfLines(explanation, pen),
  ];
  return `${paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** ", 3f9c1a2 of 2026-10-02 by ann" */
export function commitWords(commit: LineCommit | undefined): string {
  if (commit === undefined) return '';
  return `, ${commit.commit.slice(0, 7)} of ${commit.at.slice(0, 10)} by ${clampText(commit.author, 60)}`;
}

function listLines(title: string, lines: string[], pen: Pen): string[] {
  return lines.length === 0 ? [] : [pen.paint('bold', title), ...lines];
}

function factLines({ facts }: Explanation, pen: Pen): string[] {
  const text = Object.entries(facts)
    .map(([name, value]) => `${name} ${clampText(value, 80)}`)
    .join(', ');
  return [pen.paint('bold', 'HR says'), ...pen.line(text)];
}

function stageLines({ stage }: Explanation, pen: Pen): string[] {
  const { because, place, commit, hold, review } = stage;
  return [
    `${pen.paint('bold', 'Stage')} ${hold === undefined ? stage.stage : pen.paint('yellow', `hold (${escapeTerminal(hold)})`)}`,
    ...pen.line(because),
    ...(place === undefined ? [] : pen.line(`${place}${commitWords(commit)}`, 2, 'dim')),
    ...(review === undefined ? [] : pen.line(`never without review: ${review}`, 2, 'yellow')),
  ];
}

function accountLines({ account, names, live }: Explanation, pen: Pen): string[] {
  const lines = [
    `${pen.paint('bold', 'Account')} ${account === null ? 'none is wanted' : account.state}`,
    ...names.flatMap((trace) => nameLines(trace, pen)),
    ...(account?.managerId === undefined ? [] : pen.line(`manager ${account.managerId}`)),
  ];
  if (live === null) return lines;
  const { account: has, match, message } = live;
  if (has === undefined) return [...lines, ...pen.line(`JumpCloud has no account (${match})`, 2, 'yellow')];
  const about = [
    `JumpCloud has ${clampText(has.username, 80)}, ${has.state}`,
    `employeeIdentifier ${has.employeeIdentifier === '' ? '(none)' : clampText(has.employeeIdentifier, 80)}`,
    `manager ${has.manager ?? '(none)'}`,
    ...(has.administrator ? ['a console administrator'] : []),
  ].join(', ');
  return [
    ...lines,
    ...pen.line(about),
    ...(match === 'linked' ? [] : pen.line(`${match}: ${message ?? ''}`, 2, 'yellow')),
  ];
}

function nameLines({ name, value, rule, live, differs }: NameTrace, pen: Pen): string[] {
  const from =
    rule === undefined
      ? 'given before, and kept'
      : `from ${clampText(rule.rule, 120)} (${rule.place}${commitWords(rule.commit)})`;
  return [
    ...pen.line(`${name} ${clampText(value)}`),
    ...pen.line(from, 6, 'dim'),
    ...(differs === true ? pen.line(`JumpCloud has ${clampText(live ?? '')}`, 6, 'yellow') : []),
  ];
}

/** "state/plans/…json (review): in the pull request of rollcall/sync, for approval" */
export function waitingWords({ plan, lane, branch }: WaitingTrace): string {
  const where =
    branch === undefined
      ? 'in this checkout, to be applied'
      : `in the pull request of ${branch}, for approval`;
  return `${plan} (${lane}): ${where}`;
}

function profileLines({ attributes, stage }: Explanation, pen: Pen): string[] {
  if (hasProfile(stage.stage)) return attributes.flatMap((trace) => attributeLines(trace, pen));
  const why =
    stage.stage === 'hold' ? 'nobody is touched while on hold' : `none are derived at stage ${stage.stage}`;
  return pen.line(`left in JumpCloud as they are: ${why}`);
}

function attributeLines(trace: AttributeTrace, pen: Pen): string[] {
  const { name, value, owner, rule, pinnedBy, live, differs } = trace;
  const from =
    pinnedBy !== undefined
      ? `pinned by ${pinnedBy}`
      : rule === undefined
        ? 'no mapping gives it any more; a receipt set it'
        : `from ${clampText(rule.rule, 160)} (${rule.place}${commitWords(rule.commit)})`;
  const owned = owner === 'people' ? '; people may change it' : owner === 'ignore' ? '; never touched' : '';
  return [
    ...pen.line(`${attributeWords(name)}: ${value === null ? '(nothing)' : clampText(value)}`),
    ...pen.line(`${from}${owned}`, 6, 'dim'),
    ...(differs === true
      ? pen.line(
          `JumpCloud has ${live === null || live === undefined ? 'nothing' : clampText(live)}`,
          6,
          'yellow',
        )
      : []),
  ];
}

function groupLines(
  { name, wanted, rules, exceptions, given, live, differs }: GroupTrace,
  pen: Pen,
): string[] {
  const title = `${wanted ? '+' : '-'} ${clampText(name)}${live === undefined ? '' : `, ${live}`}`;
  const why = rules
    .filter(({ holds }) => holds === wanted)
    .map(({ because, place, commit, reads, rule }) => {
      const read = Object.entries(reads)
        .map(([field, value]) => `${field} is ${value === '' ? 'empty' : clampText(value, 60)}`)
        .join(', ');
      const words = wanted
        ? clampText(because, 160)
        : `not ${clampText(rule, 160)}${read === '' ? '' : `: ${read}`}`;
      return `${words} (${place}${commitWords(commit)})`;
    });
  const reasons = [...why, ...exceptions.map((place) => `exception (${place})`)];
  return [
    ...pen.line(title, 2, differs === true ? 'yellow' : undefined),
    ...(reasons.length === 0 && !wanted ? pen.line('no mapping names it', 6, 'dim') : []),
    ...reasons.flatMap((reason) => pen.line(reason, 6, 'dim')),
    ...(given ? pen.line('given by Rollcall', 6, 'dim') : []),
  ];
}

function nextLines({ next }: Explanation, pen: Pen): string[] {
  if (next === null) return [];
  const { actions, held, findings } = next;
  const lines = [
    ...held.flatMap(({ code, message }) => pen.line(`on hold (${code}): ${message}`, 2, 'yellow')),
    ...findings.flatMap(({ code, message }) => pen.line(`${code}: ${message}`, 2, 'yellow')),
    ...actions.flatMap((action) => pen.line(actionWords(action))),
  ];
  return [pen.paint('bold', 'A plan made now'), ...(lines.length === 0 ? pen.line('nothing to do') : lines)];
}

function actionWords({ line, lane }: ActionTrace): string {
  return `${line}${lane === undefined ? '' : ` [${lane === 'auto' ? 'without review' : lane}]`}`;
}

function recordLines(record: DeedTrace[], limit: number, pen: Pen): string[] {
  if (record.length === 0) return [];
  const lines = record
    .slice(0, limit)
    .flatMap(({ at, outcome, line, reason, approvedBy, receipt }) => [
      ...pen.line(
        `${at.replace(/\.\d+Z$/, 'Z')} ${outcome}: ${line}${reason === undefined ? '' : ` (${clampText(reason, 160)})`}`,
        2,
        outcome === 'failed' ? 'red' : undefined,
      ),
      ...pen.line(
        `${receipt.slice(0, 'state/receipts/2026-11-23-3f9c1a2'.length)}…${approvedBy.length === 0 ? ', without review' : `, approved by ${approvedBy.join(', ')}`}`,
        6,
        'dim',
      ),
    ]);
  const more = record.length - limit;
  return [
    pen.paint('bold', 'Record, newest first'),
    ...lines,
    ...(more > 0 ? [`  … and ${more} more: --json has them all`] : []),
  ];
}

function whatIfLines({ whatIf }: Explanation, pen: Pen): string[] {
  if (whatIf === undefined) return [];
  const set = Object.entries(whatIf.set)
    .map(([name, value]) => `${name} were ${value === '' ? 'empty' : clampText(value, 80)}`)
    .join(' and ');
  const { stage, values, joins, leaves, binds, unbinds, unread, next } = whatIf;
  const lines = [
    ...unread.flatMap((name) => pen.line(`no mapping reads ${name}: it changes nothing`, 2, 'yellow')),
    ...(stage.before === stage.after
      ? []
      : pen.line(
          `~ stage: ${stage.before} -> ${stage.after}${stage.because === undefined ? '' : ` (${stage.because})`}`,
        )),
    ...values.flatMap(({ name, before, after }) =>
      pen.line(
        `~ ${attributeWords(name)}: ${clampText(before ?? '(none)', 80)} -> ${clampText(after ?? '(none)', 80)}`,
      ),
    ),
    ...joins.flatMap(({ group, because }) =>
      pen.line(`+ ${clampText(group)}: ${clampText(because, 160)}`, 2, 'green'),
    ),
    ...leaves.flatMap(({ group, because }) =>
      pen.line(`- ${clampText(group)}, had because ${clampText(because, 160)}`, 2, 'red'),
    ),
    ...binds.flatMap((name) => pen.line(`+ ${clampText(name)}`, 2, 'green')),
    ...unbinds.flatMap((name) => pen.line(`- ${clampText(name)}`, 2, 'red')),
  ];
  return [
    pen.paint('bold', escapeTerminal(`If ${set}`)),
    ...lines,
    ...(lines.length > unread.length ? [] : pen.line('nothing would change')),
    ...(next === null || next.length === 0
      ? []
      : [
          ...pen.line('the plan would then be:', 2, 'dim'),
          ...next.flatMap((action) => pen.line(actionWords(action), 4)),
        ]),
  ];
}

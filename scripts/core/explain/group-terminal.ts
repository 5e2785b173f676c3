/** What `explain --group` prints. */
import { escapeTerminal } from '../render/escape-terminal.ts';
import { clampText } from '../render/visible-text.ts';
import { commitWords, penOf, type TerminalOptions, waitingWords } from './explanation-terminal.ts';
import type { GroupExplanation, GroupMember, OtherMember } from './group-explanation.ts';

/** Members that are shown; --json has them all. */
const MEMBERS = 200;

export function renderGroup(explanation: GroupExplanation, options: TerminalOptions = {}): string {
  const pen = penOf(options);
  const { group, settings, rules, live, members, others, waiting, asOf } = explanation;
  const out = [
    pen.paint('bold', escapeTerminal(clampText(group))),
    ...pen.line(
      `as of ${asOf}: ${members.length} by the mappings${live === null ? '' : `, ${live.members} in JumpCloud (${live.method})`}`,
    ),
    ...(settings === null
      ? pen.line('no mapping names it', 2, 'yellow')
      : pen.line(`members: ${settings.members}`, 2, 'dim')),
    ...rules.flatMap(({ rule, place, people, commit }) => [
      ...pen.line(`${clampText(rule, 300)}: ${people} ${people === 1 ? 'person' : 'people'}`),
      ...pen.line(`${place}${commitWords(commit)}`, 6, 'dim'),
    ]),
  ];
  const section = (title: string, lines: string[]): void => {
    if (lines.length > 0) out.push('', pen.paint('bold', title), ...lines);
  };
  section(`In by the mappings (${members.length})`, [
    ...members
      .slice(0, MEMBERS)
      .flatMap((member) =>
        pen.line(
          memberWords(member),
          2,
          member.live === undefined || member.live === 'member' ? undefined : 'yellow',
        ),
      ),
    ...(members.length > MEMBERS ? [`  … and ${members.length - MEMBERS} more: --json has them all`] : []),
  ]);
  section(
    `In, and no rule says so (${others.length})`,
    others.flatMap((other) => pen.line(otherWords(other), 2, 'yellow')),
  );
  section(
    'Waiting',
    waiting.flatMap((each) => [
      ...pen.line(waitingWords(each), 2, 'dim'),
      ...each.actions.flatMap(({ line }) => pen.line(line, 4)),
    ]),
  );
  return `${out.join('\n')}\n`;
}

function memberWords({ person, name, because, given, live }: GroupMember): string {
  const grant =
    given === undefined
      ? ''
      : `; given ${given.at.slice(0, 10)}${given.approvedBy.length === 0 ? '' : `, approved by ${given.approvedBy.join(', ')}`}`;
  const state = live === undefined || live === 'member' ? '' : `; ${live} in JumpCloud`;
  return `${person} ${clampText(name, 60)}: ${clampText(because, 200)}${grant}${state}`;
}

function otherWords({ username, person, name, given, by }: OtherMember): string {
  const who =
    person === undefined
      ? `${clampText(username, 80)}, no employee`
      : `${person} ${clampText(name ?? '', 60)}`;
  const how = given
    ? 'Rollcall gave it and the rules no longer do'
    : by === undefined
      ? 'put there by hand'
      : `put there by ${clampText(by.who, 80)}${by.how === '' ? '' : ` ${by.how}`} on ${by.at.slice(0, 10)}`;
  return `${who}: ${how}`;
}

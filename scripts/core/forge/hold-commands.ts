/**
 * Commands in a comment on the pull request, one a line:
 *
 *     /hold 1042 until 2026-12-01 her start date is being discussed
 *     /release 1042
 *
 * Lines in quotes (`>`) and code blocks are not commands: people answer each other by quoting. What looks like a
 * command and is not one gets a mistake that says how to write it. The reason is a stranger's text: it goes into YAML
 * as one line, never into a commit message.
 */
import { isDay } from '../values/calendar.ts';
import { HrId } from '../values/hr-id.ts';

export type HoldCommand =
  | { kind: 'hold'; person: string; until: string; reason: string }
  | { kind: 'release'; person: string };

export interface CommandMistake {
  kind: 'mistake';
  /** What is wrong, in words of ours only. */
  message: string;
}

export const HOLD_SYNTAX = '/hold 1042 until 2026-12-01 why';
export const RELEASE_SYNTAX = '/release 1042';

const LONGEST_REASON = 300;
const MOST_COMMANDS = 20;

/** `today` is the day of the comment: a hold cannot end before it. */
export function parseHoldCommands(comment: string, today: string): (HoldCommand | CommandMistake)[] {
  const commands: (HoldCommand | CommandMistake)[] = [];
  let fence: string | undefined;
  for (const line of comment.split(/\r\n|[\n\r\u2028\u2029]/)) {
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || mark.startsWith(fence))) {
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    const [, verb, rest = ''] = /^ {0,3}\/(hold|release)(?![\w-])(.*)$/i.exec(line) ?? [];
    if (fence !== undefined || verb === undefined) continue;
    if (commands.length === MOST_COMMANDS) {
      commands.push({
        kind: 'mistake',
        message: `only the first ${MOST_COMMANDS} commands of a comment are read`,
      });
      break;
    }
    commands.push(verb.toLowerCase() === 'hold' ? parseHold(rest, today) : parseRelease(rest));
  }
  return commands;
}

function parseHold(rest: string, today: string): HoldCommand | CommandMistake {
  const [, person = '', until = '', why = ''] = /^\s+(\S+)\s+until\s+(\S+)(.*)$/i.exec(rest) ?? [];
  if (person === '') return mistake('a hold names one HR id and its last day', HOLD_SYNTAX);
  if (!HrId.safeParse(person).success)
    return mistake('the HR id is letters, digits, "_" and "-"', HOLD_SYNTAX);
  if (!isDay(until)) return mistake('the last day is written YYYY-MM-DD and must exist', HOLD_SYNTAX);
  if (until < today) return mistake('the last day has passed', HOLD_SYNTAX);
  const reason = cleanReason(why);
  if (reason === '') return mistake('say why in a few words: the hold is kept with its reason', HOLD_SYNTAX);
  return { kind: 'hold', person, until, reason };
}

function parseRelease(rest: string): HoldCommand | CommandMistake {
  const [, person = ''] = /^\s+(\S+)\s*$/.exec(rest) ?? [];
  return HrId.safeParse(person).success
    ? { kind: 'release', person }
    : mistake('a release names one HR id and nothing else', RELEASE_SYNTAX);
}

function mistake(message: string, syntax: string): CommandMistake {
  return { kind: 'mistake', message: `${message}. Write \`${syntax}\`` };
}

/** One line without control and direction characters, cut between characters. */
export function cleanReason(text: string): string {
  const clean = text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return [...clean].slice(0, LONGEST_REASON).join('').trim();
}

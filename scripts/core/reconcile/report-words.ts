/** The sentences that every form of the report shares; text of strangers in them is visible, not yet escaped. */
import { labelOf, type PeopleNames } from '../render/plan-view.ts';
import { clampText } from '../render/visible-text.ts';
import type { Drift, Remedy } from './drift.ts';
import { authorWords, type LogState, type Report } from './report.ts';

export const REMEDY_WORDS: Record<Remedy, string> = {
  auto: 'the next plan, without review',
  'pull-request': 'the next plan, for review',
  report: 'a person decides',
};

export function headline({ asOf, drift }: Report): string {
  if (drift.length === 0) return `In step as of ${asOf}: HR, mappings and JumpCloud agree`;
  const count = (severity: Drift['severity']): number =>
    drift.filter((item) => item.severity === severity).length;
  const [critical, warnings] = [count('critical'), count('warning')];
  const parts = [
    ...(critical === 0 ? [] : [`${critical} critical`]),
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`]),
  ];
  const detail = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return `Out of step as of ${asOf}: ${drift.length} ${drift.length === 1 ? 'difference' : 'differences'}${detail}`;
}

export function comparedWords({ compared }: Report): string {
  const { people, accounts, groups } = compared;
  return `compared ${people} people, ${accounts} accounts and the members of ${groups} managed groups, both ways`;
}

/** "2 the next plan, without review; 7 a person decides" */
export function remedyWords(drift: Drift[]): string {
  return (Object.keys(REMEDY_WORDS) as Remedy[])
    .map((remedy) => [drift.filter((item) => item.remedy === remedy).length, REMEDY_WORDS[remedy]] as const)
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count}: ${words}`)
    .join('; ');
}

/** Whom or what it is about. */
export function aboutWords({ person, username, target }: Drift, names: PeopleNames): string {
  if (person !== undefined) return labelOf(person, names);
  if (username !== undefined) return clampText(username, 80);
  return clampText(target ?? '', 120);
}

/** The message, and who did it; with the remedy where the plan has one. */
export function lineOf(drift: Drift): { message: string; author: string; remedy: string } {
  return {
    message: clampText(drift.message, 500),
    author: clampText(authorWords(drift), 200),
    remedy:
      drift.remedy === 'report'
        ? ''
        : `${REMEDY_WORDS[drift.remedy]}${drift.pending === true ? ', waiting in a plan' : ''}`,
  };
}

export function logWords(log: LogState): string {
  switch (log.state) {
    case 'not-needed':
      return '';
    case 'unavailable':
      return `Who changed what cannot be told: ${clampText(log.why, 300)}`;
    case 'read': {
      const own =
        log.own.length === 0
          ? 'no receipt of the time tells which key is ours'
          : `Rollcall writes as ${log.own.map((name) => clampText(name, 80)).join(', ')}, learnt from receipts`;
      const cut = log.complete ? '' : '; there were more events than are read, so older authors are missing';
      return `Who changed what: Directory Insights since ${log.since.slice(0, 10)}; ${own}${cut}`;
    }
  }
}

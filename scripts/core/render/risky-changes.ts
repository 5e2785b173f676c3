/**
 * The changes that a reviewer must see by name, whatever the size of the plan.
 *
 * | class              | what                                                                |
 * |--------------------|---------------------------------------------------------------------|
 * | suspension         | suspend                                                             |
 * | armed-suspension   | schedule SUSPENDED: access ends by itself at that time              |
 * | deletion           | delete                                                              |
 * | privileged-grant   | risk high and gives something: group, binding, account, activation  |
 * | other              | risk high and anything else: renames, protected values, revocations |
 */
import type { Action } from '../plan/action.ts';

export type RiskClass = 'suspension' | 'armed-suspension' | 'deletion' | 'privileged-grant' | 'other';

const RISK_WORDS: [RiskClass, string, string][] = [
  ['suspension', 'suspension', 'suspensions'],
  ['armed-suspension', 'armed suspension', 'armed suspensions'],
  ['deletion', 'deletion', 'deletions'],
  ['privileged-grant', 'privileged or high-risk grant', 'privileged or high-risk grants'],
  ['other', 'other high-risk change', 'other high-risk changes'],
];

export interface RiskyChanges {
  class: RiskClass;
  /** "3 suspensions". */
  title: string;
  actions: Action[];
}

/** Classes that occur, in the order of the table; actions in the order of the plan. */
export function riskyChanges(actions: Action[]): RiskyChanges[] {
  return RISK_WORDS.flatMap(([riskClass, one, many]) => {
    const theirs = actions.filter((action) => riskClassOf(action) === riskClass);
    if (theirs.length === 0) return [];
    return [
      { class: riskClass, title: `${theirs.length} ${theirs.length === 1 ? one : many}`, actions: theirs },
    ];
  });
}

export function riskClassOf({ kind, target, risk }: Action): RiskClass | undefined {
  switch (kind) {
    case 'suspend':
      return 'suspension';
    case 'delete':
      return 'deletion';
    case 'schedule':
      if (target === 'SUSPENDED') return 'armed-suspension';
      return risk === 'high' ? 'privileged-grant' : undefined;
    case 'create-group':
    case 'create':
    case 'adopt':
    case 'activate':
    case 'reinstate':
    case 'join-group':
    case 'bind':
      return risk === 'high' ? 'privileged-grant' : undefined;
    case 'update':
    case 'rename':
    case 'unschedule':
    case 'set-manager':
    case 'leave-group':
    case 'unbind':
      return risk === 'high' ? 'other' : undefined;
  }
}

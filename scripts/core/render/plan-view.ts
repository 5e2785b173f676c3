/** What every rendering of plans starts from: the plans, and names for the HR ids in them. */
import type { Action, Risk } from '../plan/action.ts';
import type { Held, Plan } from '../plan/plan-file.ts';
import type { PersonFile } from '../people/person-file.ts';
import { compareText, type Finding, orderFindings } from '../values/finding.ts';
import { compareHrIds } from '../values/hr-id.ts';
import { clampText } from './visible-text.ts';

/** Text of strangers: escape it wherever it is shown. */
export interface PersonName {
  name: string;
  username?: string;
  department?: string;
  jobTitle?: string;
}

/** HR id -> name. Ids that are not here are shown as ids. */
export type PeopleNames = ReadonlyMap<string, PersonName>;

export interface PlanView {
  asOf: string;
  /** None when there is nothing to do; then findings and people on hold are still worth showing. */
  plans: Plan[];
  findings: Finding[];
  held: Held[];
  people: PeopleNames;
}

/** Findings and holds that stand in several lanes' plans are shown once. */
export function planViewOf(
  asOf: string,
  plans: Plan[],
  people: PeopleNames,
  beside: { findings?: Finding[]; held?: Held[] } = {},
): PlanView {
  const held = new Map(
    [...plans.flatMap((plan) => plan.held), ...(beside.held ?? [])].map((hold) => [
      `${hold.person} ${hold.code} ${hold.message}`,
      hold,
    ]),
  );
  return {
    asOf,
    plans,
    findings: orderFindings([...plans.flatMap((plan) => plan.findings), ...(beside.findings ?? [])]),
    held: [...held.values()].sort((a, b) => compareHrIds(a.person, b.person) || compareText(a.code, b.code)),
    people,
  };
}

/** The name that people are called by, from a person file. */
export function personNameOf(file: PersonFile): PersonName {
  const { employee, account } = file;
  const first = employee['preferredName'] ?? employee['firstName'];
  const name = [first, employee['lastName']].filter((part) => part !== undefined && part !== '').join(' ');
  return {
    name,
    ...present('username', account?.username),
    ...present('department', employee['department']),
    ...present('jobTitle', employee['jobTitle']),
  };
}

function present<K extends string>(key: K, value: unknown): Partial<Record<K, string>> {
  return typeof value === 'string' && value !== '' ? ({ [key]: value } as Record<K, string>) : {};
}

/** "1042 Ada Lovelace", or the id alone; visible text, not escaped. */
export function labelOf(person: string, people: PeopleNames): string {
  const name = people.get(person)?.name ?? '';
  const id = clampText(person, 64);
  return name === '' ? id : `${id} ${clampText(name, 60)}`;
}

/** "Staff Engineer, Engineering", or '' when neither is known; visible text, not escaped. */
export function jobOf(person: string, people: PeopleNames): string {
  const known = people.get(person);
  return [known?.jobTitle, known?.department]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => clampText(part ?? '', 60))
    .join(', ');
}

export interface PersonChanges {
  person: string;
  actions: Action[];
  risk: Risk;
}

const RISKS: Risk[] = ['high', 'medium', 'low'];

/** The actions of each person in the order in which they run; the riskiest people first, then by id. */
export function changesByPerson(actions: Action[]): PersonChanges[] {
  const byPerson = new Map<string, Action[]>();
  for (const action of actions) {
    if (action.person === null) continue;
    const theirs = byPerson.get(action.person);
    if (theirs === undefined) byPerson.set(action.person, [action]);
    else theirs.push(action);
  }
  return [...byPerson]
    .map(([person, theirs]) => ({ person, actions: theirs, risk: highestRisk(theirs) }))
    .sort((a, b) => RISKS.indexOf(a.risk) - RISKS.indexOf(b.risk) || compareHrIds(a.person, b.person));
}

function highestRisk(actions: Action[]): Risk {
  return RISKS.find((risk) => actions.some((action) => action.risk === risk)) ?? 'low';
}

export function actionsOf(view: Pick<PlanView, 'plans'>): Action[] {
  return view.plans.flatMap((plan) => plan.actions);
}

/** One person's record, or one group's, oldest first. */
import { labelOf, type PeopleNames } from '../render/plan-view.ts';
import { clampText } from '../render/visible-text.ts';
import { compareText } from '../values/finding.ts';
import { textIn } from '../values/json-fields.ts';
import type { AccessOfPerson } from './access.ts';
import { instantText } from './instant-text.ts';
import { type Change, changesOf, type RecordedCase } from './population.ts';

/** A version of the person file on main. */
export interface FileVersion {
  at: string;
  commit: string;
  subject: string;
  stage: string;
  /** Names of the facts that differ from the version before; values stay in git. */
  facts: string[];
}

export interface Life {
  person: string;
  label: string;
  versions: FileVersion[];
  changes: Change[];
  /** As of the end of the day asked for. */
  access: AccessOfPerson | undefined;
}

export function changesAbout(
  cases: RecordedCase[],
  names: PeopleNames,
  wanted: (change: Change) => boolean,
): Change[] {
  return cases
    .flatMap((record) => changesOf(record, names).filter(wanted))
    .sort((a, b) => compareText(a.at, b.at) || compareText(a.action, b.action));
}

/** Joins and leaves of a group, by its name when it was done. */
export function groupChanges(cases: RecordedCase[], names: PeopleNames, group: string): Change[] {
  const ids = new Set(
    cases.flatMap(({ plan }) =>
      plan.actions.flatMap(({ id, kind, before, after, target }) => {
        const name =
          kind === 'join-group'
            ? textIn(after, 'group')
            : kind === 'leave-group'
              ? textIn(before, 'group')
              : kind === 'create-group'
                ? target
                : undefined;
        return name === group ? [`${plan.digest} ${id}`] : [];
      }),
    ),
  );
  return changesAbout(cases, names, ({ plan, action }) => ids.has(`${plan} ${action}`));
}

export function renderLife({ label, versions, changes, access }: Life, zone: string): string {
  return [
    clampText(label, 100),
    '',
    '  Facts and stage, as committed',
    ...versions.map(
      ({ at, commit, stage, facts, subject }) =>
        `    ${instantText(at, zone)}  ${commit.slice(0, 12)}  ${stage}${facts.length === 0 ? '' : `  (${clampText(facts.join(', '), 200)})`}  ${clampText(subject, 80)}`,
    ),
    '',
    '  Changes',
    ...changeLines(changes, zone, false),
    ...(access === undefined ? [] : ['', ...accessLines([access])]),
  ].join('\n');
}

export function renderGroup(
  group: string,
  changes: Change[],
  members: AccessOfPerson[],
  zone: string,
): string {
  return [
    `${clampText(group, 100)}: ${members.length} members`,
    '',
    ...members.flatMap((member) => {
      const why = member.groups.find((membership) => membership.group === group);
      return [
        `    ${labelText(member)}  ${member.account}  ${clampText(why?.because ?? '', 100)} [${why?.evidence ?? ''}]`,
      ];
    }),
    '',
    '  Changes',
    ...changeLines(changes, zone, true),
  ].join('\n');
}

export function accessLines(people: AccessOfPerson[]): string[] {
  return people.flatMap((person) => [
    `  ${labelText(person)}: account ${person.account}${person.username === '' ? '' : ` (${clampText(person.username, 60)})`}, ${person.stage}`,
    ...person.groups.map(
      ({ group, because, evidence }) =>
        `    ${clampText(group, 80)}: ${clampText(because, 120)} [${evidence}]`,
    ),
    ...person.notYet.map((group) => `    not yet: ${clampText(group, 80)}`),
  ]);
}

function labelText({ person, name }: AccessOfPerson): string {
  return labelOf(person, new Map(name === '' ? [] : [[person, { name }]]));
}

function changeLines(changes: Change[], zone: string, withName: boolean): string[] {
  if (changes.length === 0) return ['    none on record'];
  return changes.map(({ at, label, what, because, outcome, authorisation, approvedBy, plan }) => {
    const by =
      authorisation === 'approved'
        ? `approved by ${approvedBy.join(', ')}`
        : authorisation === 'policy'
          ? 'by guardrails.yaml'
          : authorisation === 'urgent'
            ? 'urgent'
            : 'approved by nobody';
    return `    ${instantText(at, zone)}  ${withName ? `${clampText(label, 100)}  ` : ''}${clampText(what, 300)}: ${clampText(because, 100)}  ${outcome}, ${clampText(by, 80)}  plan ${plan.slice(0, 12)}`;
  });
}

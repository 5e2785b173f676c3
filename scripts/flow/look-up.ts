/** Single questions to the archive: one person's life, one group's members, who had access on a day. */
import { type AccessOfPerson, accessAt } from '../core/audit/access.ts';
import { type FileVersion, groupChanges, type Life, changesAbout } from '../core/audit/life.ts';
import type { PersonFile } from '../core/people/person-file.ts';
import { labelOf, type PeopleNames, personNameOf } from '../core/render/plan-view.ts';
import type { Change } from '../core/audit/population.ts';
import { addDays, type Day, instantOf } from '../core/values/calendar.ts';
import { badUsage } from '../core/values/failure.ts';
import { compareText, type Finding } from '../core/values/finding.ts';
import { personFileOf } from '../core/values/hr-id.ts';
import type { Archive } from './archive.ts';
import { casesOf, namesOfPeople, readPeopleAt } from './gather-evidence.ts';
import type { RecordOfMain } from './verify-record.ts';

/** Everybody's access at the end of a day, company time; `unreadable` says who is not on the list. Throws exit 2 for a day before the first commit. */
export async function readAccessOn(
  archive: Archive,
  record: RecordOfMain,
  day: Day,
  timeZone: string,
): Promise<{ access: AccessOfPerson[]; unreadable: Finding[] }> {
  const until = Date.parse(instantOf(timeZone, addDays(day, 1), '00:00'));
  const commit = archive.history.mainline.findLast(({ at }) => Date.parse(at) < until);
  if (commit === undefined)
    throw badUsage(
      'before-history',
      `main has no commit of ${day} or before`,
      `ask for a day from ${archive.history.mainline[0]?.at.slice(0, 10) ?? ''} on`,
    );
  const { people, unreadable } = await readPeopleAt(archive, commit.id);
  const recorded = [...record.plans].map(([name, plan]) => ({ plan, receipt: record.receipts.get(name) }));
  const access = accessAt({
    people,
    recorded,
    at: new Date(until - 1).toISOString(),
    nameOf: (person) => personNameOf(person).name,
  });
  return { access, unreadable };
}

export async function readLife(
  archive: Archive,
  record: RecordOfMain,
  person: string,
  access: AccessOfPerson[],
): Promise<Life> {
  const path = personFileOf(person);
  const changes = record.changes.filter(({ change }) => change.path === path);
  const versions: FileVersion[] = [];
  let before: PersonFile | undefined;
  let newest: PersonFile | undefined;
  for (const { change, main, origin } of changes) {
    const file = change.after === null ? undefined : await archive.person(change.after);
    const { subject } = origin ?? main;
    versions.push({
      at: main.at,
      commit: main.id,
      subject,
      stage: file?.stage ?? (change.after === null ? 'file removed' : 'file does not read'),
      facts: factsThatDiffer(before, file),
    });
    before = file;
    newest = file ?? newest;
  }
  const names: PeopleNames = namesOfPeople(newest === undefined ? [] : [newest]);
  const own = changesAbout(casesOf(record), names, (each) => each.person === person);
  if (versions.length === 0 && own.length === 0)
    throw badUsage(
      'nobody',
      `nothing on record is about the HR id ${JSON.stringify(person.slice(0, 64))}`,
      'give an HR id: the name of a file below state/people, without .yaml',
    );
  return {
    person,
    label: labelOf(person, names),
    versions,
    changes: own,
    access: access.find((each) => each.person === person),
  };
}

/** Names only: values stay in git. */
function factsThatDiffer(before: PersonFile | undefined, after: PersonFile | undefined): string[] {
  if (before === undefined || after === undefined) return [];
  const [a, b] = [before.employee as Record<string, string>, after.employee as Record<string, string>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((name) => a[name] !== b[name])
    .sort(compareText);
}

export async function readGroup(
  archive: Archive,
  record: RecordOfMain,
  group: string,
  access: AccessOfPerson[],
): Promise<{ members: AccessOfPerson[]; changes: Change[] }> {
  const names = namesOfPeople((await readPeopleAt(archive, archive.head)).people);
  return {
    members: access.filter(({ groups }) => groups.some((membership) => membership.group === group)),
    changes: groupChanges(casesOf(record), names, group),
  };
}

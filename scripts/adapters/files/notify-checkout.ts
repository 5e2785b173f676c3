/** Everything that notify takes from a checkout, read once. */
import type { MessageContext } from '../../core/notify/compose-message.ts';
import { PersonFile } from '../../core/people/person-file.ts';
import type { RecordedPlan } from '../../core/record/ledger.ts';
import { personNameOf } from '../../core/render/plan-view.ts';
import { Day } from '../../core/values/calendar.ts';
import { Failure } from '../../core/values/failure.ts';
import { personFileOf } from '../../core/values/hr-id.ts';
import { readFile } from './read-folder.ts';
import { readRecord } from './record-folder.ts';
import { readYaml } from './yaml-source.ts';

/** `isAlarm`: a record that does not read must not keep the news of the failed run from being told. */
export function readRecordOrWarn(
  root: string,
  isAlarm: boolean,
): { recorded: RecordedPlan[]; warning?: string } {
  try {
    return { recorded: readRecord(root) };
  } catch (error) {
    if (!(error instanceof Failure) || !isAlarm) throw error;
    return { recorded: [], warning: `the record does not read, so nothing of it is told: ${error.message}` };
  }
}

/** What a message may say of a person; nobody's file is read before a message names them. */
export function peopleOfCheckout(root: string): Pick<MessageContext, 'nameOf' | 'startDayOf'> {
  const files = new Map<string, PersonFile | undefined>();
  const fileOf = (person: string): PersonFile | undefined => {
    if (!files.has(person)) files.set(person, readPerson(root, person));
    return files.get(person);
  };
  return {
    nameOf: (person) => {
      const file = fileOf(person);
      return file === undefined ? undefined : personNameOf(file).name;
    },
    startDayOf: (person) => {
      const day = Day.safeParse(fileOf(person)?.employee['hireDate']);
      return day.success ? day.data : undefined;
    },
  };
}

/** A file that does not read leaves the id; check names it, with its place. */
function readPerson(root: string, person: string): PersonFile | undefined {
  const file = readFile(root, personFileOf(person));
  if (file === undefined || !('text' in file)) return undefined;
  const read = readYaml(file.path, file.text, { excerpts: false });
  const parsed = read.ok ? PersonFile.safeParse(read.source.value) : undefined;
  return parsed?.success === true ? parsed.data : undefined;
}

/** Names of people for texts that are shown, from person files; a file that cannot be read leaves the id. */
import { PersonFile } from '../../core/people/person-file.ts';
import { type PeopleNames, type PersonName, personNameOf } from '../../core/render/plan-view.ts';
import { personFileOf } from '../../core/values/hr-id.ts';
import { readYaml } from './yaml-source.ts';

/** `texts`: path from the root -> text. Only the named people are parsed. */
export function namesOf(texts: ReadonlyMap<string, string>, people: Iterable<string>): PeopleNames {
  const names = new Map<string, PersonName>();
  for (const person of people) {
    const path = personFileOf(person);
    const read = readYaml(path, texts.get(path) ?? '', { excerpts: false });
    const file = read.ok ? PersonFile.safeParse(read.source.value) : undefined;
    if (file?.success === true) names.set(person, personNameOf(file.data));
  }
  return names;
}

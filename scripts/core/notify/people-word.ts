/** Who is on hold, or stays inside, as one word that a job can hand to the next one: `1008:adopt-privileged/1031:no-address`. Ids and codes only. */
import type { Held } from '../plan/plan-file.ts';
import { HrId } from '../values/hr-id.ts';

export type PersonCode = Pick<Held, 'person' | 'code'>;

/** A variable of a process holds 128 KiB; more people than this are no news, but a company that begins. */
const MOST = 2_000;
const CODE = /^[a-z][a-z0-9-]{0,60}$/;

export function peopleWord(people: readonly PersonCode[]): string {
  return people
    .filter(({ person, code }) => HrId.safeParse(person).success && CODE.test(code))
    .slice(0, MOST)
    .map(({ person, code }) => `${person}:${code}`)
    .join('/');
}

/** undefined: it is no such word. */
export function readPeopleWord(word: string): PersonCode[] | undefined {
  const pairs = word.split('/').filter((each) => each !== '');
  const read = pairs.flatMap((pair): PersonCode[] => {
    const [person = '', code = '', ...rest] = pair.split(':');
    return HrId.safeParse(person).success && CODE.test(code) && rest.length === 0 ? [{ person, code }] : [];
  });
  return read.length === pairs.length ? read : undefined;
}

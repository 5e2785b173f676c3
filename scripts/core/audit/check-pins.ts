/**
 * Every version of state/groups.yaml against the one before: a name is pinned to an id when it is first seen, and whoever
 * points it to another group sends the next joiner there.
 *
 * | a name that …              | vouched for by trailers of a run    | by nobody            |
 * |----------------------------|-------------------------------------|----------------------|
 * | is pinned to another id    | pin-moved, not attested             | pin-moved, broken    |
 * | is pinned, or no longer is | as it should be                     | not-attested already |
 */
import { compareText, type Finding } from '../values/finding.ts';
import { type AnsweredChange, isVouched, shortId } from './history.ts';
import { broken, unattested } from './verdict.ts';

export interface PinVersion {
  answered: AnsweredChange;
  pins: Readonly<Record<string, string>>;
}

/** @param versions oldest first */
export function checkPins(versions: readonly PinVersion[]): Finding[] {
  const known = new Map<string, string>();
  return versions.flatMap(({ answered, pins }) => {
    const commit = answered.origin ?? answered.main;
    const moved = Object.keys(pins)
      .filter((name) => known.has(name) && known.get(name) !== pins[name])
      .sort(compareText);
    for (const [name, id] of Object.entries(pins)) known.set(name, id);
    const tell = isVouched(answered) ? unattested : broken;
    return moved.map((name) =>
      tell('pin-moved', `"${name}" is pinned to another group since ${shortId(commit.id)}`, {
        subject: answered.change.path,
      }),
    );
  });
}

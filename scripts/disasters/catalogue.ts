/** The disasters, in the order in which they are told. */
import type { Disaster } from './disaster.ts';
import { BAD_READS } from './plays/bad-reads.ts';
import { CLOCKS } from './plays/clocks.ts';
import { COLLISIONS } from './plays/collisions.ts';
import { DIRECTORY } from './plays/directory.ts';
import { MASS_CHANGES } from './plays/mass-changes.ts';
import { PEOPLE } from './plays/people.ts';

export const DISASTERS: readonly Disaster[] = [
  ...BAD_READS,
  ...MASS_CHANGES,
  ...PEOPLE,
  ...DIRECTORY,
  ...COLLISIONS,
  ...CLOCKS,
];

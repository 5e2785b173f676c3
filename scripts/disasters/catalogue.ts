/** The disasters, in the order in which they are told. */
import type { Disaster } from './disaster.ts';
import { APPROVALS } from './plays/approvals.ts';
import { BAD_READS } from './plays/bad-reads.ts';
import { CLOCKS } from './plays/clocks.ts';
import { COLLISIONS } from './plays/collisions.ts';
import { DIRECTORY } from './plays/directory.ts';
import { MASS_CHANGES } from './plays/mass-changes.ts';
import { PEOPLE } from './plays/people.ts';
import { URGENT_EXITS } from './plays/urgent-exits.ts';
import { WEBHOOKS } from './plays/webhooks.ts';

export const DISASTERS: readonly Disaster[] = [
  ...BAD_READS,
  ...MASS_CHANGES,
  ...PEOPLE,
  ...DIRECTORY,
  ...APPROVALS,
  ...COLLISIONS,
  ...URGENT_EXITS,
  ...WEBHOOKS,
  ...CLOCKS,
];

/** The disasters, in the order in which they are told. */
import type { Disaster } from './disaster.ts';
import { BAD_READS } from './plays/bad-reads.ts';
import { MASS_CHANGES } from './plays/mass-changes.ts';

export const DISASTERS: readonly Disaster[] = [...BAD_READS, ...MASS_CHANGES];

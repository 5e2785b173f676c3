/** state/holds.yaml: people a reviewer put on hold by comment. Written by the app only. */
import { z } from 'zod';
import { Day } from '../values/calendar.ts';
import { HrId } from '../values/hr-id.ts';

export const Hold = z.strictObject({
  by: z.string().min(1).meta({ description: 'Login of the reviewer' }),
  at: z.iso.datetime().meta({ description: 'When, UTC' }),
  until: Day.optional(),
  reason: z.string().max(500),
  pullRequest: z.int().optional(),
});
export type Hold = z.infer<typeof Hold>;

export const HoldsFile = z.strictObject({ holds: z.record(HrId, Hold).default({}) }).meta({
  id: 'holds',
  title: 'state/holds.yaml',
  description: 'People on hold by comment of a reviewer: who, why, until when.',
});
export type HoldsFile = z.infer<typeof HoldsFile>;

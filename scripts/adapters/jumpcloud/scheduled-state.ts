/** A scheduled state change as JumpCloud lists it, and as it answers the one who made it. */
import { z } from 'zod';
import type { ArmedState } from '../../core/directory/live.ts';

export const ScheduledState = z
  .looseObject({
    scheduledJobId: z.string().min(1),
    scheduledDate: z.string().refine((text) => !Number.isNaN(dateOf(text)), 'not a date'),
    state: z.enum(['ACTIVATED', 'SUSPENDED']),
    systemUserId: z.string().min(1),
  })
  .transform((job): ArmedState => ({
    job: job.scheduledJobId,
    account: job.systemUserId,
    state: job.state,
    at: new Date(dateOf(job.scheduledDate)).toISOString().replace('.000Z', 'Z'),
  }));

/** Scheduled dates are UTC; JumpCloud's own example has no zone written ("2020-01-01 02:00:00"). */
function dateOf(text: string): number {
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/i.test(text);
  return Date.parse(hasZone ? text : `${text.replace(' ', 'T')}Z`);
}

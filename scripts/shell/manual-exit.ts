/** An exit by hand, "now, before HR has typed it": the options that plan and apply share. */
import type { ManualExit } from '../core/plan/context.ts';
import type { Lane } from '../core/plan/plan-file.ts';
import { badUsage } from '../core/values/failure.ts';

export const MANUAL_OPTIONS = {
  manual: {
    type: 'string',
    value: 'REASON',
    description: 'urgent lane: the people of --only leave now, before HR has typed it; a reason code',
  },
  'requested-by': { type: 'string', value: 'LOGIN', description: 'who asked for --manual' },
} as const;

/** It names everybody it is about, why, and who asked; nothing of it is free text, because it ends in git. */
export function readManual(
  options: { manual: string | undefined; 'requested-by': string | undefined },
  only: string[] | undefined,
  lane: Lane | undefined,
): ManualExit | undefined {
  const { manual: reason, 'requested-by': requestedBy } = options;
  if (reason === undefined || reason === '') return undefined;
  if (lane !== 'urgent' || only === undefined || only.length === 0)
    throw badUsage(
      'bad-manual',
      '--manual belongs to the urgent lane and to named people',
      'give --lane urgent and --only ID as well',
    );
  if (!/^[a-z][a-z0-9-]{1,39}$/.test(reason))
    throw badUsage(
      'bad-manual',
      '--manual takes a reason code of small letters, digits and hyphens',
      'for instance --manual security-incident',
    );
  if (requestedBy === undefined || !/^[A-Za-z0-9][A-Za-z0-9-]{0,38}$/.test(requestedBy))
    throw badUsage(
      'bad-requester',
      '--manual needs --requested-by with a GitHub login',
      'name who asked for it',
    );
  return { reason, requestedBy };
}

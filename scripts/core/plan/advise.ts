/** Exceptions that have ended or soon will: said in every plan until somebody tidies up. Overrides say it of themselves. */
import type { Policy } from '../mappings/policy.ts';
import { addDays, type Day } from '../values/calendar.ts';
import type { Finding } from '../values/finding.ts';

const SOON_DAYS = 14;

export function adviseEnds(policy: Policy, asOf: Day): Finding[] {
  return policy.exceptions.flatMap(({ kind, expires, place, owner }): Finding[] => {
    const what = `exception "${kind}"`;
    if (expires < asOf)
      return [
        {
          code: 'exception-expired',
          severity: 'warning',
          subject: place,
          message: `${what} ended on ${expires} and no longer counts: ${owner} removes or renews it`,
        },
      ];
    if (expires <= addDays(asOf, SOON_DAYS))
      return [
        {
          code: 'exception-expires',
          severity: 'info',
          subject: place,
          message: `${what} ends on ${expires}: ${owner} renews it in time, or lets it end`,
        },
      ];
    return [];
  });
}

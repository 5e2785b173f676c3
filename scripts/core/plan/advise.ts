/** Exceptions that have ended or soon will, and overrides likewise: said in every plan until somebody tidies up. */
import type { Policy } from '../mappings/policy.ts';
import { addDays, type Day } from '../values/calendar.ts';
import type { Finding } from '../values/finding.ts';

const SOON_DAYS = 14;

export function adviseEnds(policy: Policy, asOf: Day): Finding[] {
  const entries = [
    ...policy.exceptions.map(({ kind, expires, place, owner }) => ({
      what: `exception "${kind}"`,
      expires,
      place,
      owner,
    })),
    ...policy.guardrails.overrides.map(({ code, expires, owner }) => ({
      what: `override of ${code}`,
      expires,
      place: 'mappings/guardrails.yaml',
      owner,
    })),
  ];
  return entries.flatMap(({ what, expires, place, owner }): Finding[] => {
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

/** Whether BambooHR was read newly and wholly enough for what a plan grants: an exit that HR entered since must not be missed. */
import type { Manifest } from '../record/manifest.ts';
import { secondsBetween } from '../values/calendar.ts';
import type { Plan } from './plan-file.ts';

/** How old the newest complete export may be for grants, and for revocations of older plans, in seconds. */
const FRESH_HR_SECONDS = 3_600;

/**
 * `now` is an ISO instant. A read of some people counts for plans about nobody else. One of the future is of another
 * clock, and how old it is nobody knows.
 */
export function isFreshHr(manifest: Manifest | undefined, plan: Pick<Plan, 'actions'>, now: string): boolean {
  if (
    manifest === undefined ||
    !manifest.complete ||
    Math.abs(secondsBetween(manifest.finishedAt, now)) > FRESH_HR_SECONDS
  )
    return false;
  const { only } = manifest;
  return only === undefined || plan.actions.every(({ person }) => person === null || only.includes(person));
}

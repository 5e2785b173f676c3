/** Who approved each pending plan, read from the forge for apply, which holds no token of its own. */
import { effectiveApprovals, hoursBetween, permissionOfAssociation } from '../core/forge/approvals.ts';
import { blobIdOf } from '../core/forge/blob-id.ts';
import type { Permission } from '../core/forge/shapes.ts';
import type { Plan } from '../core/plan/plan-file.ts';
import type { ApprovalsFile, PlanApproval, PlanApprovals } from '../core/record/approvals-file.ts';
import type { Forge } from '../ports.ts';
import { findMergedPullRequest, type HistoryReading, type PlanPlace } from './find-merged-pull-request.ts';

export interface PendingPlan extends PlanPlace {
  plan: Plan;
}

export async function readApprovals(reading: HistoryReading, pending: PendingPlan[]): Promise<ApprovalsFile> {
  const permissions = new Map<string, Permission | null>();
  const plans: ApprovalsFile['plans'] = {};
  for (const each of pending) plans[each.plan.digest] = await readPlanApprovals(reading, each, permissions);
  return { version: 1, plans };
}

async function readPlanApprovals(
  reading: HistoryReading,
  { path, text, plan }: PendingPlan,
  permissions: Map<string, Permission | null>,
): Promise<PlanApprovals> {
  const { forge } = reading;
  // Such a plan is committed to main directly: GitHub was asked for its pull request again and again for 14 s, in vain.
  if (plan.lane !== 'review') return withoutPullRequest(`lane ${plan.lane} needs no approval`);
  const found = await findMergedPullRequest(reading, { path, text });
  if (found.pull === undefined) return withoutPullRequest(found.note);
  const { number, author, mergedAt, mergedBy } = found.pull;
  const { reviews, readAt } = await forge.listReviews(number);
  const blob = blobIdOf(text);
  const plansSeen = new Map<string, boolean>();
  const approvals: PlanApproval[] = [];
  const notes: string[] = [];
  for (const { login, at, commit, association } of effectiveApprovals(reviews, {
    author: author?.login,
    mergedAt,
  })) {
    const saw = plansSeen.get(commit) ?? (await forge.readBlobId(commit, path)) === blob;
    plansSeen.set(commit, saw);
    if (!saw) {
      notes.push(`${login} approved another version of the plan`);
      continue;
    }
    approvals.push({
      login,
      at,
      ageHours: hoursBetween(at, readAt),
      permission: (await readOnce(forge, permissions, login)) ?? permissionOfAssociation(association),
    });
  }
  if (approvals.length === 0 && notes.length === 0) notes.push('merged without an approval that counts');
  return {
    pullRequest: number,
    mergedBy,
    mergedAt,
    approvals,
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  };
}

function withoutPullRequest(note: string): PlanApprovals {
  return { pullRequest: null, mergedBy: null, mergedAt: null, approvals: [], note };
}

async function readOnce(
  forge: Forge,
  permissions: Map<string, Permission | null>,
  login: string,
): Promise<Permission | null> {
  const seen = permissions.get(login);
  const known = seen === undefined ? await forge.readPermission(login) : seen;
  permissions.set(login, known);
  return known;
}

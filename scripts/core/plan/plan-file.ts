/** state/plans/<date>-<digest>.json: what was proposed, approved as bytes. */
import { z } from 'zod';
import { Day } from '../values/calendar.ts';
import { canonicalFile, digestOf } from '../values/canonical-json.ts';
import { compareText, Finding } from '../values/finding.ts';
import { compareHrIds, HrId } from '../values/hr-id.ts';
import { Action } from './action.ts';

export const Lane = z.enum(['auto', 'review', 'urgent']);
export type Lane = z.infer<typeof Lane>;

export const Held = z.strictObject({ person: HrId, code: z.string(), message: z.string() });
export type Held = z.infer<typeof Held>;

const Digest = z.string().regex(/^[0-9a-f]{64}$/);

export const Plan = z
  .strictObject({
    version: z.literal(1),
    digest: Digest.meta({ description: 'sha256 of the canonical JSON of everything else here' }),
    asOf: Day,
    lane: Lane,
    base: Digest.meta({ description: "sha256 of the sorted [person, newest receipt or ''] of its people" }),
    actions: z.array(Action).min(1),
    findings: z.array(Finding),
    held: z.array(Held),
    counts: z.record(z.string(), z.int()).meta({ description: 'Actions by kind' }),
  })
  .meta({
    id: 'plan',
    title: 'Plan',
    description: 'What was proposed. Its name holds the digest; canonical JSON, approved as bytes.',
  });
export type Plan = z.infer<typeof Plan>;

/** @returns the plan with its digest; the same content gives the same bytes. */
export function sealPlan(content: Omit<Plan, 'digest' | 'version'>): Plan {
  const body = { version: 1 as const, ...content };
  return { ...body, digest: digestOf(body) };
}

/** `2026-11-23-<64 hex>.json`, the name that plan and receipt share. */
export function planName(plan: Pick<Plan, 'asOf' | 'digest'>): string {
  return `${plan.asOf}-${plan.digest}.json`;
}

export function planText(plan: Plan): string {
  return canonicalFile(plan);
}

/** Reads a plan back: the schema, the digest, the name and the very bytes must all agree. */
export function parsePlan(
  name: string,
  text: string,
): { ok: true; plan: Plan } | { ok: false; message: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, message: 'it is not JSON' };
  }
  const parsed = Plan.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return {
      ok: false,
      message: `it does not read as a plan at ${issue?.path.join('.') || 'the top'}: ${issue?.message ?? ''}`,
    };
  }
  const plan = parsed.data;
  const { digest, ...body } = plan;
  if (digestOf(body) !== digest) return { ok: false, message: 'its digest does not match its content' };
  if (planText(plan) !== text) return { ok: false, message: 'its bytes are not the ones that were written' };
  if (planName(plan) !== name) return { ok: false, message: `its name should be ${planName(plan)}` };
  return { ok: true, plan };
}

/** `{ create: 2, suspend: 1 }`, kinds that do not occur left out. */
export function countByKind(actions: Pick<Action, 'kind'>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of actions) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** HR ids that a plan has actions for, sorted. */
export function peopleOf(plan: Pick<Plan, 'actions'>): string[] {
  const people = new Set(plan.actions.flatMap((action) => (action.person === null ? [] : [action.person])));
  return [...people].sort(compareHrIds);
}

/** `base`: so that the same need arising twice in a day makes two plans. `newest` maps a person to their newest receipt's name. */
export function baseOf(people: string[], newest: ReadonlyMap<string, string>): string {
  const pairs = people
    .map((person): [string, string] => [person, newest.get(person) ?? ''])
    .sort((a, b) => compareText(a[0], b[0]));
  return digestOf(pairs);
}

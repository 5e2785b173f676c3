/**
 * Overrides of mappings/guardrails.yaml: reviewed lines that let one guardrail pass for a while, each with an owner, a
 * reason, an end and a scope. A line without a scope lets all of its guardrail pass; one with a scope lets that pass and
 * nothing else. What a line let pass is said, and so is a line that lets nothing pass or that has ended.
 */
import { z } from 'zod';
import { Day } from '../values/calendar.ts';
import type { Problem } from '../values/failure.ts';
import { GUARDRAIL_CODES, type GuardrailCode, isGuardrailCode } from '../values/guardrail-codes.ts';
import { type GuardrailFinding, guardrailFinding } from '../values/guardrail-words.ts';
import { HrId } from '../values/hr-id.ts';
import { nearestName } from '../values/nearest-name.ts';
import { type Path, problemAt, type Source } from '../values/source.ts';
import { AttributeName } from './attributes-file.ts';

/** What an override may let pass, and what its scope names. */
const SCOPES = {
  'export-drop': 'nothing',
  'redacted-column': 'an HR field',
  'accounts-gone': 'nothing',
  'admins-minimum': 'nothing',
  flapping: 'an HR id',
  poison: 'an attribute',
  'budget-suspend': 'a value of the slice',
  'budget-leave-group': 'a value of the slice',
  'budget-unbind': 'a value of the slice',
  'budget-delete': 'a value of the slice',
  'budget-update': 'a value of the slice',
  'budget-drift': 'a value of the slice',
  'budget-return': 'a value of the slice',
} as const satisfies Partial<Record<GuardrailCode, string>>;

export type OverridableCode = keyof typeof SCOPES;
export const OVERRIDABLE = Object.keys(SCOPES) as [OverridableCode, ...OverridableCode[]];

export const Override = z.strictObject({
  code: z
    .enum(OVERRIDABLE, { error: ({ input }) => codeProblem(input) })
    .meta({ description: 'Code of the guardrail', examples: ['budget-suspend', 'export-drop'] }),
  scope: z.string().min(1).optional().meta({
    description:
      'What it lets pass: an HR field of redacted-column, an attribute of poison, an HR id of flapping, a value of the slice of a budget. Without it: all of it.',
  }),
  owner: z.string().min(1).meta({ description: 'Who answers for it: a login or a team' }),
  reason: z.string().min(1),
  expires: Day.meta({ description: 'Last day on which it counts' }),
});
export type Override = z.infer<typeof Override>;

/** With the place of its line. */
export type PlacedOverride = Override & { place: string };

function codeProblem(input: unknown): string {
  const codes = `guardrails that an override can let pass are ${OVERRIDABLE.join(', ')}`;
  if (typeof input !== 'string') return `needs the code of a guardrail; ${codes}`;
  if (isGuardrailCode(input))
    return `"${input}" cannot be overridden (${GUARDRAIL_CODES[input].remedy}); ${codes}`;
  const nearest = nearestName(input, OVERRIDABLE);
  return `"${input}" is no guardrail${nearest === undefined ? '' : `, did you mean "${nearest}"?`}; ${codes}`;
}

/** Scopes that could never name anything. */
export function checkOverrides(
  overrides: readonly Override[],
  source: Source,
  { fields, sliced }: { fields: readonly string[]; sliced: boolean },
): Problem[] {
  return overrides.flatMap(({ code, scope }, index): Problem[] => {
    if (scope === undefined) return [];
    const path: Path = ['overrides', index, 'scope'];
    switch (SCOPES[code]) {
      case 'nothing':
        return [
          problemAt(source, path, `${code} has no parts that a scope could name`, {
            remedy: 'leave the scope out; then it lets all of it pass',
          }),
        ];
      case 'an HR field': {
        if (fields.includes(scope)) return [];
        const nearest = nearestName(scope, fields);
        return [
          problemAt(source, path, `unknown field "${scope}"`, {
            remedy: nearest === undefined ? `fields are: ${fields.join(', ')}` : `did you mean "${nearest}"?`,
          }),
        ];
      }
      case 'an attribute':
        return scope === 'manager' || AttributeName.safeParse(scope).success
          ? []
          : [
              problemAt(source, path, `"${scope}" is no attribute of JumpCloud`, {
                remedy: 'write it as in mappings/attributes.yaml, or manager',
              }),
            ];
      case 'an HR id':
        return HrId.safeParse(scope).success
          ? []
          : [problemAt(source, path, `"${scope}" is no HR id`, { remedy: 'give the id of one person' })];
      case 'a value of the slice':
        return sliced
          ? []
          : [
              problemAt(source, path, `a budget has parts only where budgets.slice names a field`, {
                remedy: 'leave the scope out, or add budgets.slice',
              }),
            ];
    }
  });
}

/** The reviewed line that lets this pass on this day. */
export function overrideFor(
  overrides: readonly PlacedOverride[],
  code: OverridableCode,
  asOf: Day,
  scope?: string,
): PlacedOverride | undefined {
  return overrides.find(
    (override) =>
      override.code === code &&
      override.expires >= asOf &&
      (override.scope === undefined || override.scope === scope),
  );
}

/** What a line lets pass is said all the same, with its numbers. */
export function overrideUsed(
  { code, owner, expires, place }: PlacedOverride,
  what: string,
): GuardrailFinding {
  return guardrailFinding(
    'override-used',
    `${what}; passes ${code} by the override of ${owner} until ${expires}`,
    { subject: place },
  );
}

/** Lines that have ended, and those that let nothing pass of what was `judged` here; `said` has what others let pass. */
export function checkedOverrides(
  overrides: readonly PlacedOverride[],
  asOf: Day,
  judged: (code: OverridableCode) => boolean,
  said: readonly { code: string; subject?: string | undefined }[],
): GuardrailFinding[] {
  const used = new Set(said.filter(({ code }) => code === 'override-used').map(({ subject }) => subject));
  return overrides.flatMap(({ code, scope, owner, expires, place }): GuardrailFinding[] => {
    if (!judged(code)) return [];
    const name = `the override of ${code}${scope === undefined ? '' : ` for "${scope}"`}`;
    if (expires < asOf)
      return [
        guardrailFinding('override-expired', `${name} by ${owner} ended on ${expires} and no longer counts`, {
          subject: place,
        }),
      ];
    if (used.has(place)) return [];
    return [
      guardrailFinding('override-idle', `${name} by ${owner}, until ${expires}, lets nothing pass today`, {
        subject: place,
      }),
    ];
  });
}

/** Whether export judges it; the rest is judged by plan. */
export function isJudgedByExport(code: OverridableCode): boolean {
  return code === 'export-drop' || code === 'redacted-column';
}

/** What a guardrail says: what is the matter, with numbers, and then the remedy of its row. */
import type { Finding, Severity } from './finding.ts';
import { GUARDRAIL_CODES, type GuardrailCode } from './guardrail-codes.ts';

export type GuardrailFinding = Finding & { code: GuardrailCode };

/** `what` has the numbers and neither a secret nor a person's data; the severity is the row's where none is given. */
export function guardrailFinding(
  code: GuardrailCode,
  what: string,
  about: { person?: string | null; subject?: string | undefined; severity?: Severity } = {},
): GuardrailFinding {
  const { person, subject, severity } = about;
  return {
    code,
    severity: severity ?? GUARDRAIL_CODES[code].severity,
    ...(person === undefined || person === null ? {} : { person }),
    ...(subject === undefined ? {} : { subject }),
    message: guardrailWords(code, what),
  };
}

/** Why a person is on hold. */
export function guardrailHold(code: GuardrailCode, what: string): { code: GuardrailCode; message: string } {
  return { code, message: guardrailWords(code, what) };
}

function guardrailWords(code: GuardrailCode, what: string): string {
  return `${what}: ${GUARDRAIL_CODES[code].remedy}`;
}

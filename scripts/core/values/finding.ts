/** Something a person should know, by code. Findings never stop a run; refusals do. */
import { z } from 'zod';

export const Severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.infer<typeof Severity>;

export const Finding = z.strictObject({
  code: z.string().meta({ description: 'Stable kebab-case code' }),
  severity: Severity,
  person: z.string().optional().meta({ description: 'HR id of the person it is about' }),
  subject: z
    .string()
    .optional()
    .meta({ description: 'Group, account or file it is about, when it is not a person' }),
  message: z.string().meta({ description: 'What is the matter and what to do, in one line' }),
});
export type Finding = z.infer<typeof Finding>;

/** critical, warning, info; then by code, person, subject and message: the same findings always stand in the same order. */
export function compareFindings(a: Finding, b: Finding): number {
  const rank = { critical: 0, warning: 1, info: 2 };
  return rank[a.severity] - rank[b.severity] || compareText(keyOf(a), keyOf(b));
}

/** Sorted, each once. */
export function orderFindings(findings: Finding[]): Finding[] {
  const unique = new Map(findings.map((finding) => [`${finding.severity} ${keyOf(finding)}`, finding]));
  return [...unique.values()].sort(compareFindings);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf(finding: Finding): string {
  return [finding.code, finding.person ?? '', finding.subject ?? '', finding.message].join('\u0000');
}

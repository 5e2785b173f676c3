/**
 * What an audit finds about the record itself.
 *
 * | severity | means                                                                                      |
 * |----------|--------------------------------------------------------------------------------------------|
 * | critical | does not hold: the record was changed, or does not follow from what was committed          |
 * | warning  | not attested: nothing contradicts it, but nothing vouches for it either; fails with --strict |
 * | info     | worth knowing                                                                              |
 */
import { compareText, type Finding } from '../values/finding.ts';

export type Verdicts = Finding[];

type Subject = Pick<Finding, 'subject' | 'person'>;

export function broken(code: string, message: string, about: Subject = {}): Finding {
  return { code, severity: 'critical', ...about, message };
}

export function unattested(code: string, message: string, about: Subject = {}): Finding {
  return { code, severity: 'warning', ...about, message };
}

export function note(code: string, message: string, about: Subject = {}): Finding {
  return { code, severity: 'info', ...about, message };
}

/** Whether the record holds. */
export function holds(findings: Finding[], strict: boolean): boolean {
  return !findings.some(({ severity }) => severity === 'critical' || (strict && severity === 'warning'));
}

/** How many of each code, most grave first: what a summary shows. */
export function tally(findings: Finding[]): { code: string; severity: Finding['severity']; count: number }[] {
  const counts = new Map<string, { code: string; severity: Finding['severity']; count: number }>();
  for (const { code, severity } of findings) {
    const key = `${severity} ${code}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { code, severity, count: 1 });
    else known.count += 1;
  }
  const rank = { critical: 0, warning: 1, info: 2 };
  return [...counts.values()].sort(
    (a, b) => rank[a.severity] - rank[b.severity] || compareText(a.code, b.code),
  );
}

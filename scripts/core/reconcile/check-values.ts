/**
 * HR's vocabulary against the mappings', both ways. A rule names a value when it treats it otherwise than a value that
 * nobody has: `location.startsWith('London')` names "London, UK", `department != ''` names nothing. So any expression
 * can be asked, lookup tables included, without reading its text.
 */
import type { Expression } from '../mappings/expressions.ts';
import type { Policy } from '../mappings/policy.ts';
import { workedOut } from '../mappings/rule-failure.ts';
import type { PersonFile } from '../people/person-file.ts';
import { compareText } from '../values/finding.ts';
import { nearestName } from '../values/nearest-name.ts';
import type { Drift } from './drift.ts';
import type { Scene } from './scene.ts';

/** Fields whose values are a vocabulary; names, addresses and dates are not. What a status means lifecycle.yaml says, or holds. */
const VOCABULARY = ['department', 'division', 'jobTitle', 'location'];

/** What no HR record holds. */
const UNHEARD_OF = '\u{10fffd}no such value\u{10fffd}';

interface Asked {
  reads: string[];
  text: string;
  evaluate(values: Readonly<Record<string, string>>): unknown;
}

/** Values of people who work (or soon will, or are on leave) that no rule treats as its own. */
export function checkUnmappedValues(scene: Scene): Drift[] {
  const working = scene.planned.people.filter(
    ({ stage }) => stage === 'active' || stage === 'prehire' || stage === 'leave',
  );
  const rules = askedOf(scene.policy);
  const fields = [...VOCABULARY, ...Object.keys(scene.policy.customFields)];
  return fields.flatMap((field): Drift[] => {
    const asked = rules.filter(({ reads }) => reads.includes(field));
    if (asked.length === 0) return [];
    const byValue = new Map<string, PersonFile[]>();
    for (const person of working) {
      const value = person.employee[field] as string | undefined;
      if (value === undefined) continue;
      const same = byValue.get(value);
      if (same === undefined) byValue.set(value, [person]);
      else same.push(person);
    }
    return [...byValue]
      .filter(([value, people]) => !isNamed(field, value, people, asked))
      .sort((a, b) => compareText(a[0], b[0]))
      .map(([value, people]) => unmapped(field, value, people.length, asked));
  });
}

/** Group and device rules decide on values; an attribute does where it looks something up. */
function askedOf(policy: Policy): Asked[] {
  const access: Expression<boolean>[] = [
    ...policy.groups.flatMap(({ rules }) => rules.map(({ when }) => when)),
    ...policy.bindings.map(({ when }) => when),
  ];
  const tables = policy.attributes.map(({ rule }) => rule).filter(({ text }) => /\blookup\s*\(/.test(text));
  return [...access, ...tables];
}

function isNamed(field: string, value: string, people: PersonFile[], asked: Asked[]): boolean {
  // A rule that also asks for something else of nobody here still names the value.
  if (asked.some(({ text }) => text.includes(`'${value}'`) || text.includes(`"${value}"`))) return true;
  const seen = new Set<string>();
  for (const person of people) {
    const values = valuesOf(person);
    for (const [index, rule] of asked.entries()) {
      const key = `${index} ${rule.reads.map((name) => values[name] ?? '').join('\u0000')}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const gives = (facts: Record<string, string>): unknown => workedOut(() => rule.evaluate(facts));
      if (gives(values) !== gives({ ...values, [field]: UNHEARD_OF })) return true;
    }
  }
  return false;
}

function unmapped(field: string, value: string, count: number, asked: Asked[]): Drift {
  const named = asked.flatMap(({ text }) => literalsOf(text));
  const near = nearestName(value, new Set(named));
  return {
    kind: 'unmapped-value',
    severity: 'info',
    target: field,
    is: value,
    message: `${field} "${value}" of ${count} ${count === 1 ? 'person' : 'people'} is named by no rule${
      near === undefined ? '' : `; a rule names "${near}"`
    }`,
    remedy: 'report',
  };
}

/** Groups whose rules hold for nobody HR has, leavers included: mostly a value that was renamed or misspelt. */
export function checkUnfillable(scene: Scene): Drift[] {
  const everybody = scene.planned.people.map((person) => ({ ...valuesOf(person), stage: 'active' }));
  if (everybody.length === 0) return [];
  return scene.policy.groups.flatMap((group): Drift[] => {
    if (group.members === 'none') return [];
    const dead = group.rules.filter(
      ({ when }) => !everybody.some((values) => workedOut(() => when.evaluate(values)) === true),
    );
    const isWhole = dead.length === group.rules.length;
    const isFilledByHand = scene.policy.exceptions.some(
      (exception) =>
        exception.kind === 'group' && exception.group === group.name && exception.expires >= scene.asOf,
    );
    if (isWhole && isFilledByHand) return [];
    return dead.map(({ when, place }) => {
      const wrong = wrongLiterals(when, everybody);
      return {
        kind: isWhole ? 'unfillable-group' : 'dead-rule',
        // A value that is nearly one of HR's was meant to be it.
        severity: wrong.includes('did you mean') ? 'warning' : 'info',
        target: group.name,
        message: `${place}: ${when.text} holds for nobody${wrong}`,
        remedy: 'report',
      };
    });
  });
}

function wrongLiterals(when: Expression<boolean>, everybody: Record<string, string>[]): string {
  const had = new Set(
    when.reads
      .flatMap((field) => everybody.map((values) => values[field] ?? ''))
      .filter((value) => value !== ''),
  );
  const wrong = literalsOf(when.text).filter(
    (literal) => literal !== '' && ![...had].some((value) => value.includes(literal)),
  );
  if (wrong.length === 0) return '';
  const told = wrong.map((literal) => {
    const near = nearestName(literal, had);
    return `"${literal}"${near === undefined ? '' : ` (did you mean "${near}"?)`}`;
  });
  return `: HR has no ${told.join(', ')}`;
}

/** Texts in quotes, as they are written. */
function literalsOf(text: string): string[] {
  return [...text.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)].map(([, a, b]) => a ?? b ?? '');
}

function valuesOf({ employee, stage, account }: PersonFile): Record<string, string> {
  return {
    ...(employee as Record<string, string>),
    stage,
    username: account?.username ?? '',
    email: account?.email ?? '',
  };
}

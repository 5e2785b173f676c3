/** Attributes of one account: desired against live. */
import { diff } from 'json-diff-ts';
import type { Policy } from '../mappings/policy.ts';
import type { DesiredAccount } from '../people/person-file.ts';
import { compareText, type Finding } from '../values/finding.ts';
import type { Risk, Wish } from './action.ts';
import { causeOf, type Subject, wishFor } from './context.ts';

/** One wish per attribute. An HR value that became absent clears only what we had set. */
export function diffAttributes(
  subject: Subject,
  desired: DesiredAccount,
  policy: Policy,
): { wishes: Wish[]; findings: Finding[] } {
  const { account, person, record } = subject;
  const wishes: Wish[] = [];
  const findings: Finding[] = [];
  if (account === null) return { wishes, findings };
  const pinned = new Set(
    policy.exceptions.flatMap((exception) =>
      exception.kind === 'pin' && exception.person === subject.id ? [exception.attribute] : [],
    ),
  );
  const owners = new Map(policy.attributes.map(({ name, owner }) => [name, owner]));
  const wanted: Record<string, string> = {};
  for (const [name, value] of Object.entries(desired.attributes)) {
    const live = account.attributes[name] ?? '';
    const isKept =
      owners.get(name) === 'people' &&
      !pinned.has(name) &&
      (live !== '' || record?.attributes.has(name) === true);
    wanted[name] = isKept || sameText(live, value) ? live : value;
  }
  const ours = new Set(
    [...Object.keys(desired.attributes), ...(record?.attributes.keys() ?? [])].filter(
      (name) => owners.has(name) || pinned.has(name),
    ),
  );
  const before = Object.fromEntries([...ours].map((name) => [name, account.attributes[name] ?? '']));
  // Every value is text on both sides, so the type-change trap of json-diff-ts cannot open; names with dots stay whole as keys.
  for (const change of diff(
    before,
    Object.fromEntries(
      [...ours].map((name) => [
        name,
        wanted[name] ?? (owners.get(name) === 'people' ? (before[name] ?? '') : ''),
      ]),
    ),
  )) {
    const name = change.key;
    const value = wanted[name] ?? '';
    if (account.restricted.includes(name)) {
      findings.push({
        code: 'restricted-field',
        severity: 'warning',
        person: subject.id,
        subject: name,
        message: `${name} belongs to another source in JumpCloud and is left alone: release it there or set its owner to "ignore" in mappings/attributes.yaml`,
      });
      continue;
    }
    const set = record?.attributes.get(name);
    wishes.push(
      wishFor(subject, {
        kind: 'update',
        target: name,
        before: before[name] === '' ? null : (before[name] ?? null),
        after: value === '' ? null : value,
        because: becauseOfAttribute(name, value, set, policy),
        cause: causeOf(person, `attribute:${name}`, set !== undefined && set === value ? 'drift' : 'hr'),
        risk: 'low',
      }),
    );
  }
  return { wishes: wishes.sort((a, b) => compareText(a.target ?? '', b.target ?? '')), findings };
}

function becauseOfAttribute(name: string, value: string, set: string | undefined, policy: Policy): string {
  const rule = policy.attributes.find((attribute) => attribute.name === name);
  const from =
    rule === undefined
      ? 'an exception pins it'
      : `from ${rule.rule.text.length > 60 ? 'the rule' : rule.rule.text} (${rule.place})`;
  if (value === '') return 'HR no longer has a value';
  return set === value ? `changed in JumpCloud, not by Rollcall; ${from}` : from;
}

/** Case and outer white space alone are not a change. */
export function sameText(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

/** Risk of an update: what a dynamic group may read is more than a cosmetic change. */
export function riskOfUpdate(name: string, lowRisk: string[]): Risk {
  return lowRisk.some(
    (pattern) => pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))),
  )
    ? 'low'
    : 'medium';
}

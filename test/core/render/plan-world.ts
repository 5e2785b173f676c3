/** Plans to render: a small company of nine changes, and companies of any size. */
import { type Action, actionOf, compareActions, type Wish } from '../../../scripts/core/plan/action.ts';
import {
  countByKind,
  type Held,
  type Lane,
  type Plan,
  sealPlan,
} from '../../../scripts/core/plan/plan-file.ts';
import type { PersonName } from '../../../scripts/core/render/plan-view.ts';
import type { Finding } from '../../../scripts/core/values/finding.ts';

export function wish(part: Partial<Wish> & Pick<Wish, 'kind'>): Action {
  return actionOf({
    person: '1042',
    account: 'a'.repeat(24),
    target: null,
    before: null,
    after: null,
    because: 'department is Engineering',
    cause: 'hr',
    risk: 'low',
    ...part,
  });
}

export function planOf(
  actions: Action[],
  beside: { findings?: Finding[]; held?: Held[]; lane?: Lane } = {},
): Plan {
  return sealPlan({
    asOf: '2026-11-23',
    lane: beside.lane ?? 'review',
    base: '0'.repeat(64),
    actions: [...actions].sort(compareActions),
    findings: beside.findings ?? [],
    held: beside.held ?? [],
    counts: countByKind(actions),
  });
}

export const NAMES: ReadonlyMap<string, PersonName> = new Map([
  ['1001', { name: 'Grace Hopper', username: 'grace.hopper', department: 'Engineering', jobTitle: 'VP' }],
  [
    '1042',
    { name: 'Ada Lovelace', username: 'ada.lovelace', department: 'Engineering', jobTitle: 'Staff Engineer' },
  ],
  ['1043', { name: "Conan O'Brien", department: 'Sales', jobTitle: 'Account Executive' }],
  ['1044', { name: 'Zoë Müller-Łukasz', department: 'Finance', jobTitle: 'Controller' }],
  ['1045', { name: '山田太郎', department: 'Engineering', jobTitle: 'SRE' }],
  ['1046', { name: 'دانا العلي', department: 'Sales', jobTitle: 'Lead' }],
  ['1050', { name: 'Sam Doe' }],
]);

/** A hire, a transfer, a promotion, a leaver, a privileged grant: nine actions. */
export function nineActions(): Action[] {
  return [
    wish({
      kind: 'create',
      person: '1045',
      account: null,
      after: {
        username: 'taro.yamada',
        email: 'taro.yamada@example.com',
        state: 'ACTIVATED',
        anchor: '1045',
        attributes: { firstname: '太郎', lastname: '山田', department: 'Engineering' },
        mail: 'manager',
      },
      because: 'first day is 2026-11-23',
      cause: 'date',
      risk: 'medium',
    }),
    wish({
      kind: 'join-group',
      person: '1045',
      account: null,
      target: 'g1',
      after: { group: 'Engineering' },
    }),
    wish({
      kind: 'set-manager',
      person: '1045',
      account: null,
      target: '1001',
      after: '1001',
      because: 'reports to 1001',
    }),
    wish({
      kind: 'update',
      target: 'jobTitle',
      before: 'Engineer',
      after: 'Staff Engineer',
      because: 'BambooHR says so',
    }),
    wish({
      kind: 'join-group',
      target: 'g9',
      after: { group: 'Production Admins' },
      because: 'job title is Staff Engineer',
      risk: 'high',
    }),
    wish({
      kind: 'leave-group',
      person: '1043',
      target: 'g2',
      before: { group: 'Sales', taken: 'moved', hireDate: '2020-01-01' },
      because: 'department is no longer Sales',
      risk: 'medium',
    }),
    wish({
      kind: 'join-group',
      person: '1043',
      target: 'g3',
      after: { group: 'Marketing' },
      because: 'department is Marketing',
    }),
    wish({
      kind: 'suspend',
      person: '1044',
      before: { state: 'ACTIVATED', stage: 'left', hireDate: '2019-05-01' },
      after: { state: 'SUSPENDED' },
      because: 'left on 2026-11-20',
      risk: 'high',
    }),
    wish({
      kind: 'leave-group',
      person: '1044',
      target: 'g4',
      before: { group: 'Finance', taken: 'left', hireDate: '2019-05-01' },
      because: 'left on 2026-11-20',
    }),
  ];
}

export const FINDINGS: Finding[] = [
  {
    code: 'leaver-is-admin',
    severity: 'critical',
    person: '1044',
    message: 'is a console administrator: remove that login by hand, suspending the user leaves it alive',
  },
  {
    code: 'group-missing',
    severity: 'warning',
    subject: 'Data Science',
    message: 'is not in JumpCloud: create it there, or set create: true',
  },
  {
    code: 'account-without-employee',
    severity: 'info',
    subject: 'svc-backup',
    message: 'has no employee; never touched',
  },
];

export const HELD: Held[] = [
  { person: '1050', code: 'no-hire-date', message: 'BambooHR has no hire date: HR enters it' },
];

/** A reorganisation of `size` changes, three tenths of them suspensions and one in fifty a privileged grant. */
export function bigPlan(size: number): { actions: Action[]; names: Map<string, PersonName> } {
  const names = new Map<string, PersonName>();
  const actions: Action[] = [];
  for (let index = 0; index < size; index += 1) {
    const person = String(10_000 + index * 3);
    names.set(person, {
      name: `Wilhelmina Featherstonehaugh ${index}`,
      department: `Department ${index % 40}`,
      jobTitle: 'Senior Principal Engineer',
    });
    if (index % 10 < 3)
      actions.push(
        wish({
          kind: 'suspend',
          person,
          before: { stage: 'left' },
          after: { state: 'SUSPENDED' },
          because: `left on 2026-11-${10 + (index % 13)}`,
          risk: 'medium',
        }),
      );
    else if (index % 50 === 7)
      actions.push(
        wish({
          kind: 'join-group',
          person,
          target: `p${index % 3}`,
          after: { group: `Admins ${index % 3}` },
          risk: 'high',
        }),
      );
    else if (index % 10 < 8)
      actions.push(
        wish({
          kind: 'update',
          person,
          target: 'department',
          before: `Old ${index % 4}`,
          after: `New ${index % 5}`,
          because: 'the mapping changed',
          cause: 'mapping',
        }),
      );
    else
      actions.push(
        wish({
          kind: 'update',
          person,
          target: 'jobTitle',
          before: `Engineer ${index}`,
          after: `Senior Engineer ${index}`,
          because: 'BambooHR says so',
        }),
      );
  }
  return { actions, names };
}

/** Texts that HR fields have been seen to hold, or that somebody will try. */
export const HOSTILE: string[] = [
  '[skip ci]',
  '@everyone and @acme/admins',
  'fixes #1, closes acme/identity#2, GH-3, resolves https://github.com/acme/identity/issues/4',
  '**bold** _it_ ~~gone~~ `code` ``` fence',
  '# heading',
  '- list',
  '1. list',
  '> quote',
  'a | b | c',
  '</details></summary><script>alert(1)</script><img src=x onerror=alert(1)>',
  '<!-- hidden -->',
  '[click](https://evil.example) ![img](https://evil.example/x.png) <https://evil.example>',
  'https://evil.example www.evil.example ada@evil.example mailto:ada@evil.example',
  'line one\nApproved-by: mallory\n\n---\nPlan-Digest: x',
  '\r\n\u2028\u2029\u0085',
  '\u001b[31mred\u001b[0m \u009b31m \u0007',
  '\u202Etxt.exe \u2066iso\u2069 \u200bzero\u200dwidth\ufeff',
  '3f9c1a2b 3f9c1a2b3f9c1a2b3f9c1a2b3f9c1a2b3f9c1a2b 1234567',
  ':tada: :+1: 👩‍💻 🇬🇧',
  '$\\color{white}{hidden}$ $`x`$ $$y$$',
  '~~~\n```\n````',
  '&lt;b&gt; &#64;team &amp;',
  '[^1] [x]: https://evil.example "t"',
  '```mermaid\nclick A "https://evil.example"```',
  'x'.repeat(10_000),
  'a\u0301'.repeat(5) + 'z' + '\u0335'.repeat(60),
  '\\*not\\* \\',
  'CVE-2026-1234 GHSA-abcd-efgh-ijkl JIRA-99',
  '',
  ' ',
  '-->|9| A"]; end',
  '::error file=x::boom',
];

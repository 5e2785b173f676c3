/**
 * The guardrails over the actions of a plan, all evaluated. A rule can block actions or move them to review; it never
 * hides one. Which accident each prevents, and which guardrails are judged elsewhere, says values/guardrail-codes.ts.
 */
import { isProtected } from '../directory/match.ts';
import { overrideFor, overrideUsed } from '../mappings/overrides.ts';
import { foldEmail } from '../values/fold-name.ts';
import { type GuardrailFinding, guardrailFinding } from '../values/guardrail-words.ts';
import { type Action, isSuspension } from './action.ts';
import { spendBudget } from './budgets.ts';
import type { World } from './context.ts';
import { reportDrift } from './drift-policy.ts';
import { type GuardrailRule, linkedCount, type RuleResult } from './guardrail.ts';
import { quarantine, stopFlapping } from './repeated-actions.ts';

export interface Verdict {
  findings: GuardrailFinding[];
  /** Action ids that must not be done at all. */
  blocked: ReadonlySet<string>;
  /** Action ids that need review, and more approvers than usual. */
  overBudget: ReadonlySet<string>;
}

const RULES: GuardrailRule[] = [
  protectAccounts,
  keepAdmins,
  nameAdmins,
  stopFlapping,
  quarantine,
  reportDrift,
  stopPoison,
  spendBudget,
];

/** All rules over all actions; what several say adds up. */
export function checkGuardrails(actions: Action[], world: World): Verdict {
  const findings: GuardrailFinding[] = [];
  const blocked = new Set<string>();
  const overBudget = new Set<string>();
  for (const rule of RULES) {
    const result = rule(actions, world);
    findings.push(...result.findings);
    result.block?.forEach((id) => blocked.add(id));
    result.overBudget?.forEach((id) => overBudget.add(id));
  }
  return { findings, blocked, overBudget };
}

function protectAccounts(actions: Action[], world: World): RuleResult {
  const protectedIds = new Set(
    world.live.accounts.filter((account) => isProtected(account, world.policy)).map(({ id }) => id),
  );
  const block = actions.filter((action) => action.account !== null && protectedIds.has(action.account));
  const people = new Map<string, Action[]>();
  for (const action of block)
    people.set(action.person ?? '', [...(people.get(action.person ?? '') ?? []), action]);
  const findings = [...people].map(([person, wanted]) => {
    const isExit = wanted.some(({ kind }) => kind === 'suspend');
    return guardrailFinding(
      'protected-account',
      `the account is protected by mappings/guardrails.yaml and gets no action (${wanted.length} were wanted${isExit ? ', suspend among them' : ''})`,
      { person, severity: isExit ? 'critical' : 'warning' },
    );
  });
  return { findings, block: block.map(({ id }) => id) };
}

/** Names under `protected` that JumpCloud does not have: they protect nothing. */
export function nameUnknownProtected({ policy, live }: Pick<World, 'policy' | 'live'>): GuardrailFinding[] {
  const { accounts, groups, privilegedGroups } = policy.guardrails.protected;
  const known = new Set(
    live.accounts.flatMap(({ username, email }) => [foldEmail(username), foldEmail(email)]),
  );
  const groupNames = new Set(live.groupNames.map(({ name }) => name));
  const unknown = [
    ...accounts.filter((name) => !known.has(foldEmail(name))).map((name) => ['account', name] as const),
    ...[...groups, ...privilegedGroups]
      .filter((name) => !groupNames.has(name))
      .map((name) => ['group', name] as const),
  ];
  return unknown.map(([what, name]) =>
    guardrailFinding(
      'protected-unknown',
      `mappings/guardrails.yaml protects the ${what} "${name}", which JumpCloud does not have`,
      { subject: name },
    ),
  );
}

/** Judged by what would be left once every armed suspension has been carried out, too. A plan that waits counts while it is wanted. */
function keepAdmins(actions: Action[], world: World): RuleResult {
  const { minimumActiveAdmins } = world.policy.guardrails.protected;
  const admins = new Set(
    world.live.accounts.filter(({ admin, state }) => admin && state === 'ACTIVATED').map(({ id }) => id),
  );
  const endsAdmin = (action: Action): boolean =>
    (isSuspension(action) || action.kind === 'delete') &&
    action.account !== null &&
    admins.has(action.account);
  const ending = actions.filter(endsAdmin);
  const gone = new Set([
    ...ending.map(({ account }) => account),
    ...world.live.armed.filter(({ state }) => state === 'SUSPENDED').map(({ account }) => account),
  ]);
  const left = [...admins].filter((id) => !gone.has(id)).length;
  if (ending.length === 0 || left >= minimumActiveAdmins) return { findings: [] };
  const what = `${ending.length} ${ending.length === 1 ? 'exit' : 'exits'} would leave ${left} of ${admins.size} active administrators, fewer than ${minimumActiveAdmins}`;
  const pass = overrideFor(world.policy.guardrails.overrides, 'admins-minimum', world.asOf);
  if (pass !== undefined) return { findings: [overrideUsed(pass, what)] };
  const staying = new Set(ending.map(({ account }) => account));
  return {
    findings: [guardrailFinding('admins-minimum', what)],
    // Whose exit may not be keeps everything: an administrator without a group is locked out as well.
    block: actions.filter(({ account }) => account !== null && staying.has(account)).map(({ id }) => id),
  };
}

/** Whoever is about to be suspended, and whoever has left: said until the login is removed, however long ago they left. */
function nameAdmins(actions: Action[], world: World): RuleResult {
  const ending = new Set(actions.filter(isSuspension).map(({ person }) => person));
  const findings = [...world.matches].flatMap(([person, match]): GuardrailFinding[] =>
    'account' in match &&
    match.account?.admin === true &&
    (ending.has(person) || (match.kind === 'linked' && world.people.get(person)?.stage === 'left'))
      ? [
          guardrailFinding(
            'leaver-is-admin',
            'is a console administrator, and suspending the user leaves that login alive',
            { person },
          ),
        ]
      : [],
  );
  return { findings };
}

/** The same attribute emptied for many people. */
function stopPoison(actions: Action[], world: World): RuleResult {
  const { people, percent } = world.policy.guardrails.poison;
  const limit = Math.max(people, Math.floor((linkedCount(world) * percent) / 100));
  const emptied = new Map<string, Action[]>();
  for (const action of actions)
    if (
      (action.kind === 'update' && action.after === null) ||
      (action.kind === 'set-manager' && action.after === null)
    ) {
      const key = action.target ?? 'manager';
      emptied.set(key, [...(emptied.get(key) ?? []), action]);
    }
  const findings: GuardrailFinding[] = [];
  const block: string[] = [];
  for (const [attribute, list] of emptied) {
    if (list.length <= limit) continue;
    const what = `${attribute} would be emptied for ${list.length} people, more than ${limit}`;
    const pass = overrideFor(world.policy.guardrails.overrides, 'poison', world.asOf, attribute);
    if (pass === undefined) block.push(...list.map(({ id }) => id));
    findings.push(
      pass === undefined
        ? guardrailFinding('poison', what, { subject: attribute })
        : overrideUsed(pass, what),
    );
  }
  return { findings, block };
}

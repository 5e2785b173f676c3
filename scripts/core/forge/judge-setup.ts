/** What of a company's repository is not yet as setup-wishes.ts wants it, and who can put it right: the API, or a person. */
import {
  ENVIRONMENTS,
  type FoundRuleset,
  type FoundSetup,
  LABELS,
  MERGE_SETTINGS,
  RULES,
  RULESET,
  type SetupItem,
  type SetupOptions,
} from './setup-wishes.ts';

export function judgeSetup(found: FoundSetup, options: SetupOptions): SetupItem[] {
  return [
    judgePrivacy(found),
    judgeMerging(found),
    judgeTokens(found),
    ...ENVIRONMENTS.flatMap((wish) => judgeEnvironment(found, wish)),
    judgeRepositorySecrets(found),
    judgeRuleset(found, options),
    ...judgeVariables(found, options),
    ...judgeLabels(found),
    judgeOwners(found),
  ];
}

function judgePrivacy(found: FoundSetup): SetupItem {
  return found.private
    ? { state: 'ready', what: 'private repository', detail: 'only members see who works here' }
    : {
        state: 'person',
        what: 'private repository',
        detail: 'it is public: make it private before the first export, git does not forget',
      };
}

function judgeMerging({ merging }: FoundSetup): SetupItem {
  const wrong = Object.entries(MERGE_SETTINGS).filter(([name, value]) => merging[name] !== value);
  const what = 'merge commits only';
  return wrong.length === 0
    ? { state: 'ready', what, detail: 'squashing would destroy trailers' }
    : {
        state: 'change',
        what,
        detail: wrong.map(([name, value]) => `${name}: ${String(value)}`).join(', '),
        change: { kind: 'merging' },
      };
}

function judgeTokens({ tokens }: FoundSetup): SetupItem {
  const what = 'GITHUB_TOKEN reads by default';
  return tokens.default === 'read' && !tokens.mayApprove
    ? { state: 'ready', what, detail: 'and approves no pull request' }
    : { state: 'change', what, detail: 'and approves no pull request', change: { kind: 'tokens' } };
}

function judgeEnvironment(
  { environments, defaultBranch }: FoundSetup,
  { name, secrets }: (typeof ENVIRONMENTS)[number],
): SetupItem[] {
  const what = `environment ${name}`;
  if (environments === undefined)
    return [{ state: 'unavailable', what, detail: 'environments of private repositories need GitHub Team' }];
  const found = environments.find((each) => each.name === name);
  const names = found?.branches?.map((branch) => branch.name);
  const items: SetupItem[] = [];
  if (names === undefined)
    items.push({
      state: 'change',
      what,
      detail: found === undefined ? 'make it, for the default branch only' : 'every branch can use it',
      change: { kind: 'environment', name },
    });
  if (names?.includes(defaultBranch) !== true)
    items.push({
      state: 'change',
      what,
      detail: `let ${defaultBranch} use it`,
      change: { kind: 'branch', environment: name, branch: defaultBranch },
    });
  const others = names?.filter((branch) => branch !== defaultBranch) ?? [];
  if (others.length > 0)
    items.push({
      state: 'person',
      what,
      detail: `take ${others.join(', ')} off its branches: whoever may push there could read the key`,
    });
  if (items.length === 0) items.push({ state: 'ready', what, detail: `${defaultBranch} only` });
  for (const either of secrets)
    if (!either.some((secret) => found?.secrets.includes(secret) === true))
      items.push({ state: 'person', what, detail: `paste the secret ${either.join(' or ')}` });
  return items;
}

function judgeRepositorySecrets({ repositorySecrets }: FoundSetup): SetupItem {
  const known = new Set(ENVIRONMENTS.flatMap(({ secrets }) => secrets.flat()));
  const open = repositorySecrets.filter((name) => known.has(name));
  const what = 'no keys at the repository';
  return open.length === 0
    ? { state: 'ready', what, detail: 'any branch could read them there' }
    : { state: 'person', what, detail: `delete ${open.join(', ')}: any branch can read them there` };
}

function judgeRuleset({ rulesets }: FoundSetup, { app }: SetupOptions): SetupItem {
  const what = 'rules for the default branch';
  if (rulesets === undefined)
    return { state: 'unavailable', what, detail: 'rulesets of private repositories need GitHub Team' };
  const found = rulesets.find(({ name }) => name === RULESET);
  const faults = found === undefined ? ['not there'] : faultsOf(found, app);
  if (faults.length === 0) return { state: 'ready', what, detail: 'reviewed merges, and the app' };
  if (app === undefined)
    return {
      state: 'person',
      what,
      detail: `make the GitHub App first, then run again with --app-id (${faults.join(', ')})`,
    };
  return {
    state: 'change',
    what,
    detail: faults.join(', '),
    change: { kind: 'ruleset', id: found?.id, app },
  };
}

function faultsOf(found: FoundRuleset, app: number | undefined): string[] {
  const faults: string[] = [];
  if (found.enforcement !== 'active') faults.push('not active');
  if (!found.include.includes('~DEFAULT_BRANCH')) faults.push('not for the default branch');
  for (const wish of RULES) {
    const rule = found.rules.find(({ type }) => type === wish.type);
    if (rule === undefined) faults.push(`lacks ${wish.type}`);
    else if (!contains(rule.parameters ?? {}, wish.parameters ?? {})) faults.push(`${wish.type} is weaker`);
  }
  for (const { type } of found.rules)
    if (type === 'required_linear_history' || type === 'update') faults.push(`${type} stops merges`);
  const apps = found.bypass.filter(({ actor_type }) => actor_type === 'Integration');
  const own = app === undefined ? apps : apps.filter(({ actor_id }) => actor_id === app);
  if (!own.some(({ bypass_mode }) => bypass_mode === 'always')) faults.push('the app cannot record');
  if (found.bypass.length > own.length) faults.push('others can go round it');
  return faults;
}

/** True when `wish` holds in `found`, whatever else is there. */
function contains(found: unknown, wish: unknown): boolean {
  if (Array.isArray(wish))
    return Array.isArray(found) && wish.every((each) => found.some((other) => contains(other, each)));
  if (typeof wish === 'object' && wish !== null)
    return (
      typeof found === 'object' &&
      found !== null &&
      Object.entries(wish).every(([name, value]) => contains((found as Record<string, unknown>)[name], value))
    );
  return found === wish;
}

function judgeVariables({ variables }: FoundSetup, options: SetupOptions): SetupItem[] {
  const { enable, clientId, company } = options;
  const wanted = (name: string, value: string | undefined, missing: string): SetupItem => {
    const present = Object.hasOwn(variables, name);
    const what = `variable ${name}`;
    if (value !== undefined && variables[name] !== value)
      return { state: 'change', what, detail: value, change: { kind: 'variable', name, value, present } };
    return present
      ? { state: 'ready', what, detail: variables[name] ?? '' }
      : { state: 'person', what, detail: missing };
  };
  const enabled = variables['ROLLCALL_ENABLED'] === 'true';
  return [
    wanted('ROLLCALL_APP_CLIENT_ID', clientId, 'the client id of the app: run again with --client-id'),
    wanted('BAMBOOHR_COMPANY', company, 'the subdomain of BambooHR: run again with --company'),
    enable || enabled
      ? wanted('ROLLCALL_ENABLED', enable ? 'true' : undefined, '')
      : {
          state: 'person',
          what: 'variable ROLLCALL_ENABLED',
          detail: 'the last step: run again with --enable --apply, and the next sync starts',
        },
  ];
}

function judgeLabels({ labels }: FoundSetup): SetupItem[] {
  const present = new Set(labels.map((name) => name.toLowerCase()));
  return LABELS.map(({ name, description }): SetupItem => {
    const what = `label ${name}`;
    return present.has(name.toLowerCase())
      ? { state: 'ready', what, detail: description }
      : { state: 'change', what, detail: description, change: { kind: 'label', name } };
  });
}

function judgeOwners({ owners }: FoundSetup): SetupItem {
  const what = 'CODEOWNERS';
  if (owners === undefined)
    return { state: 'person', what, detail: 'write .github/CODEOWNERS: who must say yes to plans and rules' };
  return owners.includes('@your-organisation/')
    ? { state: 'person', what, detail: 'put your own teams in the place of @your-organisation/…' }
    : { state: 'ready', what, detail: 'somebody owns plans and rules' };
}

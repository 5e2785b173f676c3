/** Rulesets of the repository (GitHub REST, "Rules"); `rules.ts` enforces what is kept here. */
import { administers, reads } from '../access.ts';
import {
  isObject,
  optionalChoice,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  optionalTexts,
  requiredText,
  type Body,
} from '../fields.ts';
import { answerPage } from '../paging.ts';
import { invalid, notFound, unprocessable } from '../refusals.ts';
import { nodeId, repositoryUrl } from '../render/account.ts';
import { created, noContent, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import { ACTIONS_BOT } from '../people.ts';
import type { BypassActor, Rule, Ruleset } from '../restrictions.ts';
import { fullName, instant, nextId } from '../world.ts';

const RULE_TYPES = [
  'creation',
  'update',
  'deletion',
  'required_linear_history',
  'required_deployments',
  'required_signatures',
  'pull_request',
  'required_status_checks',
  'non_fast_forward',
  'merge_queue',
  'commit_message_pattern',
  'commit_author_email_pattern',
  'committer_email_pattern',
  'branch_name_pattern',
  'tag_name_pattern',
  'workflows',
  'code_scanning',
  'file_path_restriction',
  'max_file_path_length',
  'file_extension_restriction',
  'max_file_size',
];
const ACTOR_TYPES = [
  'Integration',
  'OrganizationAdmin',
  'RepositoryRole',
  'Team',
  'DeployKey',
  'User',
] as const;

export const rulesetRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '/rulesets', need: reads('metadata'), run: listRulesets },
  { method: 'POST', template: '/rulesets', need: administers('administration'), run: createRuleset },
  { method: 'GET', template: '/rulesets/{ruleset_id}', need: reads('metadata'), run: getRuleset },
  {
    method: 'PUT',
    template: '/rulesets/{ruleset_id}',
    need: administers('administration'),
    run: updateRuleset,
  },
  {
    method: 'DELETE',
    template: '/rulesets/{ruleset_id}',
    need: administers('administration'),
    run: removeRuleset,
  },
];

async function listRulesets(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  return answerPage(exchange, call, [...repository.rulesets.values()], (ruleset) =>
    renderBrief(exchange, ruleset),
  );
}

function createRuleset(exchange: RepositoryExchange) {
  const { repository, body, now, world } = exchange;
  const name = requiredText(body, 'name');
  if ([...repository.rulesets.values()].some((ruleset) => ruleset.name === name))
    throw invalid({ resource: 'Ruleset', code: 'custom', field: 'name', message: 'Name must be unique' });
  const ruleset = readRuleset(body, nextId(world), now, undefined);
  repository.rulesets.set(ruleset.id, ruleset);
  return created(renderRuleset(exchange, ruleset));
}

function demandRuleset({ repository, params }: RepositoryExchange): Ruleset {
  const ruleset = repository.rulesets.get(Number(params['ruleset_id']));
  if (ruleset === undefined) throw notFound();
  return ruleset;
}

function getRuleset(exchange: RepositoryExchange) {
  return ok(renderRuleset(exchange, demandRuleset(exchange)));
}

function updateRuleset(exchange: RepositoryExchange) {
  const known = demandRuleset(exchange);
  const ruleset = readRuleset(exchange.body, known.id, exchange.now, known);
  exchange.repository.rulesets.set(ruleset.id, ruleset);
  return ok(renderRuleset(exchange, ruleset));
}

function removeRuleset(exchange: RepositoryExchange) {
  exchange.repository.rulesets.delete(demandRuleset(exchange).id);
  return noContent();
}

/** A ruleset out of a request or a seed; what is left out stays as `known` has it. */
export function readRuleset(body: Body, id: number, now: Date, known: Ruleset | undefined): Ruleset {
  const conditions = optionalObject(body, 'conditions');
  const refName = conditions === undefined ? undefined : optionalObject(conditions, 'ref_name');
  const rules = optionalList(body, 'rules');
  const bypass = optionalList(body, 'bypass_actors');
  return {
    id,
    name: optionalText(body, 'name') ?? known?.name ?? '',
    target: optionalChoice(body, 'target', ['branch', 'tag']) ?? known?.target ?? 'branch',
    enforcement:
      optionalChoice(body, 'enforcement', ['active', 'disabled', 'evaluate']) ??
      known?.enforcement ??
      'active',
    conditions:
      refName === undefined
        ? (known?.conditions ?? { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } })
        : {
            ref_name: {
              include: optionalTexts(refName, 'include') ?? [],
              exclude: optionalTexts(refName, 'exclude') ?? [],
            },
          },
    rules: rules === undefined ? (known?.rules ?? []) : rules.map(readRule),
    bypassActors: bypass === undefined ? (known?.bypassActors ?? []) : bypass.map(readBypass),
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
  };
}

function readRule(entry: unknown): Rule {
  if (!isObject(entry)) throw invalid({ resource: 'Ruleset', code: 'invalid', field: 'rules' });
  const type = requiredText(entry, 'type');
  if (!RULE_TYPES.includes(type))
    throw invalid({
      resource: 'Ruleset',
      code: 'invalid',
      field: 'rules',
      message: `Invalid rule '${type}': `,
    });
  const parameters = optionalObject(entry, 'parameters');
  return parameters === undefined ? { type } : { type, parameters };
}

function readBypass(entry: unknown): BypassActor {
  if (!isObject(entry)) throw invalid({ resource: 'Ruleset', code: 'invalid', field: 'bypass_actors' });
  const type = optionalChoice(entry, 'actor_type', ACTOR_TYPES);
  const id = optionalNumber(entry, 'actor_id') ?? null;
  if (type === undefined) throw invalid({ resource: 'Ruleset', code: 'invalid', field: 'bypass_actors' });
  // The Actions app is part of no organization, so GITHUB_TOKEN can never bypass (reference/github.md section 4).
  if (type === 'Integration' && id === ACTIONS_BOT.appId)
    throw unprocessable(
      'Actor GitHub Actions integration must be part of the ruleset source or owner organization',
    );
  return {
    actor_id: id,
    actor_type: type,
    bypass_mode: optionalChoice(entry, 'bypass_mode', ['always', 'pull_request']) ?? 'always',
  };
}

function renderBrief(exchange: RepositoryExchange, ruleset: Ruleset): Record<string, unknown> {
  const { repository } = exchange;
  return {
    id: ruleset.id,
    node_id: nodeId('RepositoryRuleset', ruleset.id),
    name: ruleset.name,
    target: ruleset.target,
    source_type: 'Repository',
    source: fullName(repository),
    enforcement: ruleset.enforcement,
    created_at: instant(ruleset.createdAt),
    updated_at: instant(ruleset.updatedAt),
    _links: { self: { href: `${repositoryUrl(exchange, repository)}/rulesets/${ruleset.id}` } },
  };
}

function renderRuleset(exchange: RepositoryExchange, ruleset: Ruleset): Record<string, unknown> {
  return {
    ...renderBrief(exchange, ruleset),
    conditions: ruleset.conditions,
    rules: ruleset.rules,
    bypass_actors: ruleset.bypassActors,
    current_user_can_bypass: 'never',
  };
}

/** The repository itself, its branches, its people and their permission (GitHub REST, "Repositories", "Branches", "Collaborators"). */
import { administers, reads, roleOf } from '../access.ts';
import { readCommit } from '../commit-making.ts';
import { optionalChoice, optionalFlag, optionalText } from '../fields.ts';
import { answerPage } from '../paging.ts';
import { branchTip } from '../pull-follow.ts';
import { listRefs } from '../refs.ts';
import { invalid, notFound } from '../refusals.ts';
import { renderRepository, renderUser, repositoryUrl } from '../render/account.ts';
import { renderCommit } from '../render/commit.ts';
import { noContent, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import { activeRules } from '../rules.ts';
import { hasRole, ROLES, type Role } from '../people.ts';
import { accountOf, type Settings } from '../world.ts';

const METADATA = reads('metadata');
const FLAGS = [
  'allow_merge_commit',
  'allow_squash_merge',
  'allow_rebase_merge',
  'allow_auto_merge',
  'allow_update_branch',
  'delete_branch_on_merge',
  'has_issues',
  'archived',
  'private',
] as const;

/** What the page of a repository shows and nothing here depends on. */
const DISPLAY = {
  homepage: null,
  language: null,
  license: null,
  size: 0,
  disabled: false,
  has_wiki: false,
  has_projects: false,
  has_pages: false,
  has_discussions: false,
  forks: 0,
  forks_count: 0,
  network_count: 0,
  watchers: 0,
  watchers_count: 0,
  stargazers_count: 0,
  subscribers_count: 0,
};

export const repositoryRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '', need: METADATA, run: getRepository },
  { method: 'PATCH', template: '', need: administers('administration'), run: updateRepository },
  { method: 'GET', template: '/branches', need: reads('contents'), run: listBranches },
  { method: 'GET', template: '/branches/{branch}', need: reads('contents'), run: getBranch },
  {
    method: 'GET',
    template: '/branches/{branch}/protection',
    need: { ...reads('administration'), role: 'admin' },
    run: getProtection,
  },
  {
    method: 'PUT',
    template: '/branches/{branch}/protection',
    need: administers('administration'),
    run: setProtection,
  },
  {
    method: 'DELETE',
    template: '/branches/{branch}/protection',
    need: administers('administration'),
    run: removeProtection,
  },
  { method: 'GET', template: '/rules/branches/{branch}', need: METADATA, run: listBranchRules },
  { method: 'GET', template: '/collaborators', need: METADATA, run: listCollaborators },
  { method: 'GET', template: '/collaborators/{login}', need: METADATA, run: isCollaborator },
  {
    method: 'PUT',
    template: '/collaborators/{login}',
    need: administers('administration'),
    run: addCollaborator,
  },
  {
    method: 'DELETE',
    template: '/collaborators/{login}',
    need: administers('administration'),
    run: removeCollaborator,
  },
  { method: 'GET', template: '/collaborators/{login}/permission', need: METADATA, run: getPermission },
];

function getRepository(exchange: RepositoryExchange) {
  const { repository, actor } = exchange;
  const { settings } = repository;
  const has = (role: Role): boolean => actor.kind === 'User' && hasRole(actor.role, role);
  const open = [...repository.issues.values()].filter(({ state }) => state === 'open').length;
  return ok({
    ...renderRepository(exchange, repository),
    ...settings,
    permissions: {
      admin: has('admin'),
      maintain: has('maintain'),
      push: has('write'),
      triage: has('triage'),
      pull: has('read'),
    },
    organization: renderUser(exchange, repository.owner),
    ...DISPLAY,
    open_issues: open,
    open_issues_count: open,
    ...(repository.parent === undefined ? {} : { parent: { full_name: repository.parent } }),
  });
}

function updateRepository(exchange: RepositoryExchange) {
  const { repository, body } = exchange;
  const { settings } = repository;
  const next: Settings = { ...settings };
  for (const flag of FLAGS) next[flag] = optionalFlag(body, flag) ?? settings[flag];
  if (!next.allow_merge_commit && !next.allow_squash_merge && !next.allow_rebase_merge)
    throw invalid({
      resource: 'Repository',
      code: 'custom',
      field: 'merge_commit_allowed',
      message: 'Sorry, you need to allow at least one merge strategy. (no_merge_method)',
    });
  next.merge_commit_title =
    optionalChoice(body, 'merge_commit_title', ['MERGE_MESSAGE', 'PR_TITLE']) ?? settings.merge_commit_title;
  next.merge_commit_message =
    optionalChoice(body, 'merge_commit_message', ['PR_TITLE', 'PR_BODY', 'BLANK']) ??
    settings.merge_commit_message;
  next.squash_merge_commit_title =
    optionalChoice(body, 'squash_merge_commit_title', ['COMMIT_OR_PR_TITLE', 'PR_TITLE']) ??
    settings.squash_merge_commit_title;
  next.squash_merge_commit_message =
    optionalChoice(body, 'squash_merge_commit_message', ['COMMIT_MESSAGES', 'PR_BODY', 'BLANK']) ??
    settings.squash_merge_commit_message;
  next.description =
    'description' in body ? (optionalText(body, 'description') ?? null) : settings.description;
  next.default_branch = optionalText(body, 'default_branch') ?? settings.default_branch;
  repository.settings = next;
  return getRepository(exchange);
}

async function listBranches(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  const url = repositoryUrl(exchange, repository);
  const refs = await listRefs(repository, 'refs/heads/');
  return answerPage(exchange, call, refs, ({ ref, sha }) => {
    const name = ref.slice('refs/heads/'.length);
    return {
      name,
      commit: { sha, url: `${url}/commits/${sha}` },
      protected: isProtected(exchange, name),
    };
  });
}

async function getBranch(exchange: RepositoryExchange) {
  const { repository, params } = exchange;
  const name = params['branch'] ?? '';
  const tip = await branchTip(repository, name);
  const commit = tip === undefined ? undefined : await readCommit(repository, tip);
  if (commit === undefined) throw notFound('Branch not found');
  return ok({
    name,
    commit: renderCommit(exchange, repository, commit),
    protected: isProtected(exchange, name),
    _links: { self: `${repositoryUrl(exchange, repository)}/branches/${name}` },
  });
}

function isProtected({ repository }: RepositoryExchange, branch: string): boolean {
  return activeRules(repository, `refs/heads/${branch}`, undefined, 'push').length > 0;
}

function getProtection({ repository, params }: RepositoryExchange) {
  const protection = repository.protections.get(params['branch'] ?? '');
  if (protection === undefined) throw notFound('Branch not protected');
  return ok({ ...protection, enforce_admins: { enabled: protection['enforce_admins'] === true } });
}

function setProtection(exchange: RepositoryExchange) {
  exchange.repository.protections.set(exchange.params['branch'] ?? '', exchange.body);
  return getProtection(exchange);
}

function removeProtection({ repository, params }: RepositoryExchange) {
  if (!repository.protections.delete(params['branch'] ?? '')) throw notFound('Branch not protected');
  return noContent();
}

/** Rules as they bind everybody: bypasses are not shown here. */
function listBranchRules({ repository, params }: RepositoryExchange) {
  const rules = activeRules(repository, `refs/heads/${params['branch'] ?? ''}`, undefined, 'push');
  return ok(rules.map((rule) => ({ ...rule, ruleset_source_type: 'Repository' })));
}

async function listCollaborators(exchange: RepositoryExchange) {
  const { repository, call, world } = exchange;
  const people = [...repository.collaborators].filter(([, role]) => role !== 'none');
  return answerPage(exchange, call, people, ([login, role]) => ({
    ...renderUser(exchange, accountOf(world, login)),
    role_name: role,
  }));
}

function isCollaborator({ repository, params }: RepositoryExchange) {
  if (roleOf(repository, params['login'] ?? '') === 'none') throw notFound();
  return noContent();
}

function addCollaborator({ repository, params, body, world }: RepositoryExchange) {
  const given = optionalText(body, 'permission') ?? 'push';
  const role = ROLES.find((each) => each === ({ pull: 'read', push: 'write' }[given] ?? given));
  if (role === undefined)
    throw invalid({ resource: 'RepositoryInvitation', code: 'invalid', field: 'permission' });
  repository.collaborators.set(accountOf(world, params['login'] ?? '').login, role);
  return noContent();
}

function removeCollaborator({ repository, params }: RepositoryExchange) {
  repository.collaborators.set(params['login'] ?? '', 'none');
  return noContent();
}

/** `permission` knows four words only; `role_name` tells maintain and triage apart. */
function getPermission(exchange: RepositoryExchange) {
  const { repository, params, world } = exchange;
  const login = params['login'] ?? '';
  const account = world.accounts.get(login.toLowerCase());
  const role = roleOf(repository, login);
  if (account === undefined && role === 'none') throw notFound(`${login} is not a user`);
  const permission = {
    none: 'none',
    read: 'read',
    triage: 'read',
    write: 'write',
    maintain: 'write',
    admin: 'admin',
  };
  return ok({
    permission: permission[role],
    role_name: role,
    user: renderUser(exchange, account ?? accountOf(world, login)),
  });
}

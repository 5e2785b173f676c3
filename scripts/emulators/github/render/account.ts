/** People, bots, organizations and repositories as the API shows them. */
import type { View } from '../routing.ts';
import type { Account } from '../people.ts';
import { fullName, instant, type Repository } from '../world.ts';

export function renderUser({ api, html }: View, account: Account): Record<string, unknown> {
  const login = encodeURIComponent(account.login);
  const page = account.type === 'Bot' ? `apps/${account.login.replace(/\[bot\]$/, '')}` : login;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId(account.type, account.id),
    avatar_url: `${html}/avatars/${account.id}`,
    gravatar_id: '',
    url: `${api}/users/${login}`,
    html_url: `${html}/${page}`,
    followers_url: `${api}/users/${login}/followers`,
    following_url: `${api}/users/${login}/following{/other_user}`,
    gists_url: `${api}/users/${login}/gists{/gist_id}`,
    starred_url: `${api}/users/${login}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/users/${login}/subscriptions`,
    organizations_url: `${api}/users/${login}/orgs`,
    repos_url: `${api}/users/${login}/repos`,
    events_url: `${api}/users/${login}/events{/privacy}`,
    received_events_url: `${api}/users/${login}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** The short form that pull requests and events carry. */
export function renderRepository(view: View, repository: Repository): Record<string, unknown> {
  const url = repositoryUrl(view, repository);
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.settings.private,
    owner: renderUser(view, repository.owner),
    html_url: repositoryPage(view, repository),
    description: repository.settings.description,
    fork: repository.parent !== undefined,
    url,
    default_branch: repository.settings.default_branch,
    visibility: repository.settings.private ? 'private' : 'public',
    archived: repository.settings.archived,
    clone_url: `${repositoryPage(view, repository)}.git`,
    git_url: `${repositoryPage(view, repository)}.git`,
    created_at: instant(repository.createdAt),
    updated_at: instant(repository.pushedAt),
    pushed_at: instant(repository.pushedAt),
  };
}

export function repositoryUrl({ api }: View, repository: Repository): string {
  return `${api}/repos/${fullName(repository)}`;
}

export function repositoryPage({ html }: View, repository: Repository): string {
  return `${html}/${fullName(repository)}`;
}

/** Opaque to clients; made of what it stands for so that it never changes. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64url');
}

/** A path in a URL, each of its segments encoded. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

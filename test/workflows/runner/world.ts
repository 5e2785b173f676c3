/** What a run of workflows needs of the world around it: the forge, the secrets of its environments, and the app. */

export type Permissions = Record<string, string>;

export interface EnvironmentWorld {
  /** Branches that may deploy to it; undefined: any ref. */
  branches: string[] | undefined;
  secrets: Record<string, string>;
  variables?: Record<string, string>;
}

/** A GitHub App that a company has installed. */
export interface AppWorld {
  clientId: string;
  privateKey: string;
  login: string;
  permissions: Permissions;
}

export interface ActionsWorld {
  /** Address of the emulated GitHub. */
  url: string;
  repository: string;
  /** A token that may read everything, for the runner's own eyes. */
  readToken: string;
  environments: Record<string, EnvironmentWorld>;
  /** Of the repository: readable by any branch, so there should be none. */
  secrets: Record<string, string>;
  variables: Record<string, string>;
  app: AppWorld;
  /** Full SHA of each version of an action that is known here. */
  pins: Record<string, string>;
}

export interface Credentials {
  /** @returns a token of github-actions[bot] with these permissions and no others. */
  mintJobToken(permissions: Permissions): Promise<string>;
  mintAppToken(app: AppWorld, permissions: Permissions): Promise<string>;
  revoke(token: string): Promise<void>;
}

/** Tokens as the emulator knows them; each has the permissions that were asked for, and the emulator holds it to them. */
export function createCredentials({ url, repository }: ActionsWorld): Credentials {
  let count = 0;
  const order = async (method: string, body: unknown): Promise<void> => {
    const response = await fetch(`${url}/_emulator/tokens`, { method, body: JSON.stringify(body) });
    if (!response.ok)
      throw new Error(`${method} /_emulator/tokens: ${response.status} ${await response.text()}`);
  };
  const mint = async (prefix: string, login: string, permissions: Permissions): Promise<string> => {
    count += 1;
    const token = `${prefix}_${process.pid}x${count}x${'0123456789abcdef'.repeat(2)}`;
    await order('POST', { repository, token, login, type: 'Bot', permissions: underscored(permissions) });
    return token;
  };
  return {
    mintJobToken: async (permissions) => mint('ghs', 'github-actions[bot]', permissions),
    mintAppToken: async (app, permissions) => mint('gha', app.login, permissions),
    revoke: async (token) => order('DELETE', { token }),
  };
}

function underscored(permissions: Permissions): Permissions {
  return Object.fromEntries(
    Object.entries(permissions)
      .filter(([, level]) => level !== 'none')
      .map(([name, level]) => [name.replaceAll('-', '_'), level]),
  );
}

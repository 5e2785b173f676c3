/**
 * Every environment variable that Rollcall reads, in one table: what --help shows, what a door is handed, and what
 * must never be printed. Nothing else of the environment reaches a door.
 */

export interface Variable {
  name: string;
  meaning: string;
  /** Its value never leaves the process, in no form that it travels in. */
  secret?: true;
  /** Also read in small letters, which win, as with curl. */
  small?: true;
}

const TABLE = [
  { name: 'BAMBOOHR_COMPANY', meaning: 'company subdomain of BambooHR' },
  { name: 'BAMBOOHR_API_KEY', meaning: 'API key of BambooHR', secret: true },
  { name: 'BAMBOOHR_BASE_URL', meaning: 'default https://{company}.bamboohr.com' },
  {
    name: 'BAMBOOHR_WEBHOOK_KEY',
    meaning: 'signing key of the webhook; several, with commas, while rotating',
    secret: true,
  },
  { name: 'JUMPCLOUD_API_KEY', meaning: 'API key of JumpCloud, or else a service account:', secret: true },
  { name: 'JUMPCLOUD_CLIENT_ID', meaning: 'client id of the service account' },
  { name: 'JUMPCLOUD_CLIENT_SECRET', meaning: 'client secret of the service account', secret: true },
  { name: 'JUMPCLOUD_BASE_URL', meaning: 'default https://console.jumpcloud.com' },
  { name: 'JUMPCLOUD_OAUTH_URL', meaning: 'follows the base URL where only that is set' },
  { name: 'JUMPCLOUD_INSIGHTS_URL', meaning: 'follows the base URL where only that is set' },
  { name: 'JUMPCLOUD_ORG_ID', meaning: 'organization, for administrators of several only' },
  { name: 'GITHUB_TOKEN', meaning: 'token of the app, or of the workflow', secret: true },
  { name: 'GITHUB_REPOSITORY', meaning: 'owner/name' },
  { name: 'GITHUB_API_URL', meaning: 'default https://api.github.com' },
  { name: 'GITHUB_SERVER_URL', meaning: 'default https://github.com' },
  { name: 'GITHUB_ACTIONS', meaning: 'true inside GitHub Actions' },
  { name: 'GITHUB_ACTOR', meaning: 'who started the run' },
  { name: 'GITHUB_EVENT_NAME', meaning: 'what started the run' },
  { name: 'GITHUB_EVENT_PATH', meaning: 'file with the event' },
  { name: 'GITHUB_JOB', meaning: 'job of the run' },
  { name: 'GITHUB_OUTPUT', meaning: 'file for outputs of the step' },
  { name: 'GITHUB_REF', meaning: 'ref of the run' },
  { name: 'GITHUB_REF_NAME', meaning: 'branch of the run' },
  { name: 'GITHUB_RUN_ATTEMPT', meaning: 'attempt of the run' },
  { name: 'GITHUB_RUN_ID', meaning: 'id of the run' },
  { name: 'GITHUB_SHA', meaning: 'commit of the run' },
  { name: 'GITHUB_STEP_SUMMARY', meaning: 'file for the summary of the job' },
  { name: 'GITHUB_WORKFLOW_REF', meaning: 'file of the workflow that runs' },
  { name: 'GITHUB_WORKSPACE', meaning: 'folder of the checkout' },
  { name: 'SLACK_WEBHOOK_URL', meaning: 'incoming webhook of Slack', secret: true },
  { name: 'SMTP_URL', meaning: 'smtps://user:password@host, for mail', secret: true },
  { name: 'WEBHOOK_SIGNING_SECRET', meaning: 'signs notifications sent to a webhook', secret: true },
  { name: 'NOTIFY_WEBHOOK_URL', meaning: 'where notifications of the webhook channel go', secret: true },
  { name: 'RELAY_HEARTBEAT', meaning: 'hours between heartbeats of the relay (default: none)' },
  { name: 'HTTPS_PROXY', meaning: "the company's proxy, http://host:port", secret: true, small: true },
  { name: 'HTTP_PROXY', meaning: 'the same, where HTTPS_PROXY is not set', secret: true, small: true },
  { name: 'NO_PROXY', meaning: 'hosts and domains that are reached without it', small: true },
  { name: 'ROLLCALL_DEBUG', meaning: '1 shows the stack of an unexpected error' },
  { name: 'NO_COLOR', meaning: 'anything switches colours off' },
] as const satisfies Variable[];

export type VariableName = (typeof TABLE)[number]['name'];

export const VARIABLES: readonly Variable[] = TABLE;

/** What a door may read: known names only, trimmed, blank ones absent. */
export type Environment = Readonly<Partial<Record<VariableName, string>>>;

export function readEnvironment(raw: Readonly<Record<string, string | undefined>>): Environment {
  const known: Partial<Record<VariableName, string>> = {};
  for (const variable of TABLE) {
    const value = spellings(variable)
      .map((name) => raw[name]?.trim() ?? '')
      .find((text) => text !== '');
    if (value !== undefined) known[variable.name] = value;
  }
  return Object.freeze(known);
}

/** The names under which a variable may stand in a process's environment; the first one that is set counts. */
export function spellings({ name, small }: Variable): string[] {
  return small === true ? [name.toLowerCase(), name] : [name];
}

/** `https://github.com` */
export function serverUrlOf(environment: Environment): string {
  return (environment.GITHUB_SERVER_URL ?? 'https://github.com').replace(/\/+$/, '');
}

/** The address of this run on GitHub; undefined elsewhere. */
export function runUrlOf(environment: Environment): string | undefined {
  const { GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: id } = environment;
  if (repository === undefined || id === undefined) return undefined;
  return `${serverUrlOf(environment)}/${repository}/actions/runs/${id}`;
}

/** The rules that keep keys apart and events from being lost, as a table over workflow and action files. */
import { type Document, isMap, isScalar, isSeq, parseDocument, type Scalar, visit } from 'yaml';

/** Which secrets live in which environment; `urgent` is the one exception to one key for each job. */
export const SECRETS_OF: Record<string, string[]> = {
  hr: ['BAMBOOHR_API_KEY'],
  'directory-read': ['JUMPCLOUD_API_KEY', 'JUMPCLOUD_CLIENT_SECRET'],
  'directory-write': ['JUMPCLOUD_API_KEY', 'JUMPCLOUD_CLIENT_SECRET'],
  forge: ['ROLLCALL_APP_PRIVATE_KEY'],
  notify: ['SLACK_WEBHOOK_URL', 'SMTP_URL', 'WEBHOOK_SIGNING_SECRET', 'NOTIFY_WEBHOOK_URL'],
  urgent: [
    'BAMBOOHR_API_KEY',
    'JUMPCLOUD_API_KEY',
    'JUMPCLOUD_CLIENT_SECRET',
    'ROLLCALL_APP_PRIVATE_KEY',
    'SLACK_WEBHOOK_URL',
    'SMTP_URL',
    'WEBHOOK_SIGNING_SECRET',
    'NOTIFY_WEBHOOK_URL',
  ],
};

/** Pages for people are handed to nobody: they are looked at for a month. */
const PAGES = 'pages';

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  if?: string;
  needs?: string[] | string;
  permissions?: Record<string, string>;
  environment?: string | { name: string };
  'timeout-minutes'?: number;
  'runs-on'?: string;
  container?: unknown;
  uses?: string;
  steps?: Step[];
}

interface File {
  path: string;
  text: string;
  document: Document;
  on: Record<string, unknown>;
  permissions: unknown;
  concurrency: { group?: string; queue?: string; 'cancel-in-progress'?: boolean } | undefined;
  jobs: Record<string, Job>;
  /** Of jobs and of composite actions. */
  steps: Step[];
}

type Rule = (file: File) => string[];

const RULES: Record<string, Rule> = {
  'an action is pinned by its full SHA, with its version beside it': ({ document }) => {
    const found: string[] = [];
    eachScalar(document, 'uses', (node) => {
      const uses = String(node.value);
      if (uses.startsWith('./')) return;
      const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses);
      const named = /^ v\d+\.\d+\.\d+(?:\s|$)/.test(node.comment ?? '');
      if (!pinned || !named) found.push(uses);
    });
    return found;
  },
  'nothing is granted to the whole workflow': (file) =>
    isWorkflow(file) && JSON.stringify(file.permissions) !== '{}' ? ['permissions: {} is missing'] : [],
  'a job names what its token may do, and why': ({ document, jobs }) =>
    Object.entries(jobs).flatMap(([id, { permissions }]) => {
      if (typeof permissions !== 'object') return [id];
      return Object.keys(permissions).flatMap((name) => {
        const node = document.getIn(['jobs', id, 'permissions', name], true);
        const reason = isScalar(node) ? (node.comment ?? '').trim() : '';
        return name === 'id-token' || reason === '' ? [`${id}: ${name}`] : [];
      });
    }),
  'a condition over several lines is an expression and no text, which would always be true': ({
    document,
  }) => {
    const found: string[] = [];
    eachScalar(document, 'if', (node) => {
      const isBlock = node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL';
      if (isBlock && String(node.value).includes('${{')) found.push(String(node.value));
    });
    return found;
  },
  'a job ends by itself': ({ jobs }) =>
    Object.entries(jobs)
      .filter(([, job]) => !((job['timeout-minutes'] ?? 0) >= 1 && (job['timeout-minutes'] ?? 0) <= 120))
      .map(([id]) => id),
  'a job has the secrets of its one environment and no others': ({ document, jobs }) =>
    Object.entries(jobs).flatMap(([id, { environment }]) => {
      const name = typeof environment === 'object' ? environment.name : environment;
      const allowed = name === undefined ? [] : (SECRETS_OF[name] ?? []);
      const used = secretsIn(String(document.getIn(['jobs', id], true)));
      const strange = used.filter((secret) => !allowed.includes(secret)).map((secret) => `${id}: ${secret}`);
      return name !== undefined && SECRETS_OF[name] === undefined ? [`${id}: ${name}`, ...strange] : strange;
    }),
  'secrets are not for the whole workflow': ({ document }) =>
    secretsIn(String(document.get('env', true) ?? '')),
  'no expression inside run': ({ steps }) =>
    steps.flatMap(({ run }) => (run?.includes('${{') === true ? [run] : [])),
  'a step calls one verb and decides nothing': ({ steps }) =>
    steps.flatMap(({ run }) => (run !== undefined && !ONE_CALL.test(run.trim()) ? [run] : [])),
  'a pull request’s own code runs without environment and secrets': ({ on, jobs, text }) =>
    'pull_request' in on
      ? [
          ...Object.entries(jobs).flatMap(([id, { environment }]) => (environment === undefined ? [] : [id])),
          ...secretsIn(text),
        ]
      : [],
  'what is privileged checks out main only': ({ on, steps }) => {
    if (!PRIVILEGED.some((event) => event in on)) return [];
    return steps
      .filter(({ uses }) => uses?.startsWith('actions/checkout@') === true)
      .map((step) => String(step.with?.['ref'] ?? ''))
      .filter(
        (ref) => !['', 'main'].includes(ref) && !/^\$\{\{ needs\.[a-z]+\.outputs\.commit \}\}$/.test(ref),
      );
  },
  'apply looks at every push': ({ path, on }) => {
    const push = on['push'];
    const filtered = typeof push === 'object' && push !== null && ('paths' in push || 'paths-ignore' in push);
    return path.endsWith('/apply.yml') && (filtered || !('push' in on)) ? ['push'] : [];
  },
  'whoever writes waits for his turn and is never cancelled': ({ jobs, concurrency, text }) => {
    const writes = ['directory-write', 'urgent', 'forge'].some((name) =>
      Object.values(jobs).some(({ environment }) => environment === name),
    );
    if (!writes) return [];
    const { group, queue, 'cancel-in-progress': cancel } = concurrency ?? {};
    const faults: string[] = [];
    if (queue !== 'max') faults.push('queue');
    if (cancel !== false) faults.push('cancel-in-progress');
    const wanted = /scripts\/apply\.ts/.test(text)
      ? text.includes('--lane urgent')
        ? ['urgent']
        : ['directory-writes']
      : undefined;
    if (group === undefined || (wanted !== undefined && !wanted.includes(group))) faults.push('group');
    return faults;
  },
  'concurrency belongs to the workflow, a turn that ends between two jobs lets another in': ({
    document,
    jobs,
  }) => Object.keys(jobs).filter((id) => document.hasIn(['jobs', id, 'concurrency'])),
  'only what holds no key is cancelled': ({ concurrency, text }) =>
    concurrency?.['cancel-in-progress'] === true && secretsIn(text).length > 0 ? ['cancel-in-progress'] : [],
  'the clock strikes at an odd minute': ({ on }) => {
    const schedule = Array.isArray(on['schedule']) ? (on['schedule'] as { cron: string }[]) : [];
    return schedule
      .map(({ cron }) => cron)
      .filter((cron) => !(/^\d+ /.test(cron) && Number.parseInt(cron, 10) % 2 === 1));
  },
  'a checkout leaves no credential behind': ({ steps }) =>
    steps
      .filter(({ uses }) => uses?.startsWith('actions/checkout@') === true)
      .filter((step) => step.with?.['persist-credentials'] !== false)
      .map(({ uses = '' }) => uses),
  'the app’s token may do what is asked for and no more': ({ steps }) =>
    steps
      .filter(({ uses }) => uses?.startsWith('actions/create-github-app-token@') === true)
      .filter((step) => {
        const inputs = Object.keys(step.with ?? {});
        return !inputs.some((name) => name.startsWith('permission-')) || inputs.includes('skip-token-revoke');
      })
      .map(({ uses = '' }) => uses),
  'a fresh copy of the template does nothing': ({ document, jobs, text }) =>
    secretsIn(text).length === 0
      ? []
      : Object.entries(jobs)
          .filter(([id]) => !document.hasIn(['jobs', id, 'needs']))
          .filter(([, job]) => !(job.if ?? '').includes("vars.ROLLCALL_ENABLED == 'true'"))
          .map(([id]) => id),
  'a machine of GitHub’s, of a known version': ({ jobs }) =>
    Object.entries(jobs)
      .filter(
        ([, job]) =>
          job['runs-on'] !== 'ubuntu-24.04' || job.container !== undefined || job.uses !== undefined,
      )
      .map(([id]) => id),
  'no cache that others can fill': ({ steps }) =>
    steps
      .filter(
        ({ uses = '', with: inputs }) =>
          uses.startsWith('actions/cache') ||
          (uses.startsWith('actions/setup-node@') && inputs?.['package-manager-cache'] !== false) ||
          inputs?.['cache'] !== undefined,
      )
      .map(({ uses = '' }) => uses),
  'what is handed on lives for a day': ({ steps }) =>
    steps
      .filter(({ uses }) => uses?.startsWith('actions/upload-artifact@') === true)
      .filter((step) => step.with?.['retention-days'] !== (step.with?.['path'] === PAGES ? 30 : 1))
      .map(({ uses = '' }) => uses),
  'no trust in a name': ({ text }) => text.match(/github\.(?:triggering_)?actor\b[^\n]*/g) ?? [],
};

/** Words, and quoted text in which nothing but variables is replaced. */
const ONE_CALL =
  /^(?:node --import tsx scripts\/[a-z-]+\.ts|npm (?:ci|test|run [a-z-]+))(?: (?:[\w./=,-]+|--[a-z-]+="\$[A-Z_]+"|"(?:[^"$`\\\n]|\$[A-Z_][A-Z0-9_]*)*"))*$/;
const PRIVILEGED = [
  'pull_request_target',
  'issue_comment',
  'workflow_run',
  'schedule',
  'repository_dispatch',
];

/** What a file breaks, as `rule: where`. */
export function listFaults(path: string, text: string): string[] {
  const document = parseDocument(text);
  const root = (document.toJS() ?? {}) as Partial<Record<string, unknown>>;
  const jobs = (root['jobs'] ?? {}) as Record<string, Job>;
  const composite = (root['runs'] as { steps?: Step[] } | undefined)?.steps ?? [];
  const on = root['on'];
  const file: File = {
    path,
    text,
    document,
    on: typeof on === 'object' && on !== null ? (on as Record<string, unknown>) : { [String(on)]: null },
    permissions: root['permissions'],
    concurrency: root['concurrency'] as File['concurrency'],
    jobs,
    steps: [...Object.values(jobs).flatMap(({ steps = [] }) => steps), ...composite],
  };
  return Object.entries(RULES).flatMap(([rule, judge]) => judge(file).map((where) => `${rule}: ${where}`));
}

function isWorkflow({ path }: File): boolean {
  return path.includes('/workflows/');
}

function secretsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\bsecrets\.([A-Za-z0-9_]+)/g)].map(([, name = '']) => name))];
}

function eachScalar(document: Document, key: string, look: (node: Scalar) => void): void {
  visit(document, {
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === key && isScalar(pair.value)) look(pair.value);
      return isMap(pair.value) || isSeq(pair.value) ? undefined : visit.SKIP;
    },
  });
}

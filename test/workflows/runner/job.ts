/** One job on a machine of its own: fresh folders, its environment's secrets only, a token that may do what it was granted. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionFailure, runAction } from './actions.ts';
import {
  evaluate,
  isTruthy,
  resolveTexts,
  resolve,
  type Scope,
  type Status,
  textOf,
  type Value,
} from './expressions.ts';
import { type Annotation, readAnnotations, takePairs, takeSummary } from './job-files.ts';
import { runScript } from './run-script.ts';
import type { StartedEvent } from './triggers.ts';
import type { ActionsWorld, Credentials } from './world.ts';
import { type JobFile, readActionFile, type StepFile, type WorkflowFile } from './workflow-file.ts';

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface StepReport {
  name: string;
  conclusion: Conclusion;
  log: string;
}

export interface JobReport {
  id: string;
  conclusion: Conclusion;
  outputs: Record<string, string>;
  steps: StepReport[];
  summary: string;
  annotations: Annotation[];
}

/** What the steps of one job share, and no other job sees. */
export interface JobWorld {
  actions: ActionsWorld;
  credentials: Credentials;
  event: StartedEvent;
  token: string;
  folders: { work: string; temp: string; home: string; store: string };
  /** Of the run: name -> folder. */
  artifacts: Map<string, string>;
  gitEnvironment: Record<string, string>;
  /** Values that the log must not show. */
  masks: Set<string>;
  atEnd: (() => Promise<void>)[];
}

export interface JobInput {
  workflow: WorkflowFile;
  job: JobFile;
  /** One combination of the matrix. */
  matrix: Record<string, Value>;
  needs: Record<string, { result: Conclusion; outputs: Record<string, string> }>;
  actions: ActionsWorld;
  credentials: Credentials;
  event: StartedEvent;
  runId: string;
  folder: string;
  store: string;
  artifacts: Map<string, string>;
  /** Folder in front of PATH. */
  programs: string;
  signal: AbortSignal;
}

interface StepContext {
  outcome: Conclusion;
  conclusion: Conclusion;
  outputs: Record<string, string>;
}

export async function runJob(input: JobInput): Promise<JobReport> {
  const { job, actions, event, workflow } = input;
  const report: JobReport = {
    id: job.id,
    conclusion: 'success',
    outputs: {},
    steps: [],
    summary: '',
    annotations: [],
  };
  const environment = job.environment === undefined ? undefined : actions.environments[job.environment];
  if (job.environment !== undefined) {
    const refusal = refuseDeployment(job.environment, environment, event.ref);
    if (refusal !== undefined) {
      report.steps.push({ name: 'environment', conclusion: 'failure', log: refusal });
      return { ...report, conclusion: 'failure' };
    }
  }
  const folders = await makeFolders(input);
  const token = await input.credentials.mintJobToken(tokenPermissions(input));
  const secrets = secretsOf(input, token, environment?.secrets ?? {});
  const world: JobWorld = {
    actions,
    credentials: input.credentials,
    event,
    token,
    folders,
    artifacts: input.artifacts,
    gitEnvironment: {
      PATH: process.env['PATH'] ?? '',
      HOME: folders.home,
      GIT_TERMINAL_PROMPT: '0',
      GIT_CONFIG_NOSYSTEM: '1',
    },
    masks: new Set(Object.values(secrets).filter((value) => value !== '')),
    atEnd: [async () => input.credentials.revoke(token)],
  };
  const line = createLine(input, world, secrets, environment?.variables ?? {});
  const timeout = AbortSignal.timeout((job.timeoutMinutes ?? 360) * 60_000);
  const signal = AbortSignal.any([input.signal, timeout]);
  try {
    line.environment = {
      ...resolveTexts(workflow.env, line.scope({})),
      ...resolveTexts(job.env, line.scope({})),
    };
    await runSteps(job.steps, line, report, signal);
    report.conclusion = signal.aborted ? 'cancelled' : line.status.failed ? 'failure' : 'success';
    for (const [name, value] of Object.entries(resolveTexts(job.outputs, line.scope({})))) {
      // GitHub drops an output that holds a secret.
      const secret = [...world.masks].some((mask) => value.includes(mask));
      report.outputs[name] = secret ? '' : value;
    }
  } catch (error) {
    report.steps.push({ name: 'job', conclusion: 'failure', log: String(error) });
    report.conclusion = 'failure';
  } finally {
    for (const end of world.atEnd.reverse()) await end();
  }
  for (const step of report.steps) step.log = mask(step.log, world.masks);
  return report;
}

/** The steps of a job, or of a composite action within it, and what they know. */
interface Line {
  input: JobInput;
  world: JobWorld;
  status: Status;
  steps: Record<string, StepContext>;
  /** Of workflow, job and GITHUB_ENV. */
  environment: Record<string, string>;
  /** Those of a composite action. */
  inputs: Record<string, string> | undefined;
  actionPath: string | undefined;
  scope(env: Record<string, string>): Scope;
}

function createLine(
  input: JobInput,
  world: JobWorld,
  secrets: Record<string, string>,
  variables: Record<string, string>,
): Line {
  const { actions, event } = input;
  const line: Line = {
    input,
    world,
    status: { ok: true, failed: false, cancelled: false },
    steps: {},
    environment: {},
    inputs: undefined,
    actionPath: undefined,
    scope(env) {
      const composite = this.inputs !== undefined;
      return {
        status: this.status,
        contexts: {
          github: {
            ...githubContext(input, world),
            ...(this.actionPath === undefined ? {} : { action_path: this.actionPath }),
          },
          env: { ...this.environment, ...env },
          job: { status: this.status.failed ? 'failure' : 'success' },
          steps: this.steps as unknown as Value,
          runner: { os: 'Linux', temp: world.folders.temp, name: 'test' },
          inputs: this.inputs ?? event.inputs,
          matrix: input.matrix,
          strategy: {},
          // What only jobs see: a composite action gets secrets as inputs or not at all.
          ...(composite
            ? {}
            : {
                secrets,
                vars: { ...actions.variables, ...variables },
                needs: input.needs as unknown as Value,
              }),
        },
      };
    },
  };
  return line;
}

export function githubContext(
  input: Pick<JobInput, 'actions' | 'event' | 'runId' | 'workflow'>,
  world?: JobWorld,
): Record<string, Value> {
  const { actions, event, runId, workflow } = input;
  const [owner = ''] = actions.repository.split('/');
  return {
    event: event.payload as Value,
    event_name: event.name,
    ref: event.ref,
    ref_name: event.ref.replace(/^refs\/(?:heads|tags|pull)\//, ''),
    head_ref: event.headRef,
    base_ref: event.baseRef,
    sha: event.sha,
    actor: event.actor,
    triggering_actor: event.actor,
    repository: actions.repository,
    repository_owner: owner,
    run_id: runId,
    run_number: runId,
    run_attempt: '1',
    workflow: workflow.name,
    workflow_ref: `${actions.repository}/${workflow.path}@${event.ref}`,
    server_url: actions.url,
    api_url: actions.url,
    token: world?.token ?? '',
    workspace: world?.folders.work ?? '',
  };
}

async function runSteps(
  steps: StepFile[],
  line: Line,
  report: JobReport,
  signal: AbortSignal,
): Promise<void> {
  for (const step of steps) {
    line.status.cancelled ||= signal.aborted;
    const scope = line.scope({});
    const name = step.name ?? step.uses ?? step.id;
    let wanted: boolean;
    try {
      wanted = isTruthy(evaluate(step.condition, scope));
    } catch (error) {
      line.status = { ...line.status, ok: false, failed: true };
      report.steps.push({ name, conclusion: 'failure', log: `The template is not valid: ${String(error)}` });
      continue;
    }
    if (!wanted) {
      if (step.id !== '') line.steps[step.id] = { outcome: 'skipped', conclusion: 'skipped', outputs: {} };
      report.steps.push({ name, conclusion: 'skipped', log: '' });
      continue;
    }
    const done = await runStep(step, name, line, report, signal);
    const conclusion: Conclusion = done.ok || step.continueOnError ? 'success' : 'failure';
    if (step.id !== '')
      line.steps[step.id] = { outcome: done.ok ? 'success' : 'failure', conclusion, outputs: done.outputs };
    const entry = report.steps.at(-1);
    if (!done.ok && step.continueOnError && entry !== undefined) entry.conclusion = 'success';
    if (conclusion === 'failure') line.status = { ...line.status, ok: false, failed: true };
  }
}

async function runStep(
  step: StepFile,
  name: string,
  line: Line,
  report: JobReport,
  signal: AbortSignal,
): Promise<{ ok: boolean; outputs: Record<string, string> }> {
  const entry: StepReport = { name, conclusion: 'success', log: '' };
  report.steps.push(entry);
  try {
    const env = resolveTexts(step.env, line.scope({}));
    if (step.uses !== undefined) {
      const inputs = resolveTexts(step.with, line.scope(env));
      if (step.uses.startsWith('./'))
        return await runComposite(step.uses, inputs, env, line, report, signal, entry);
      const { outputs, log } = await runAction(step.uses, inputs, line.world);
      entry.log = log;
      return { ok: true, outputs };
    }
    const script = textOf(resolve(step.run ?? '', line.scope(env)));
    return await runShell(script, step.shell, env, line, report, signal, entry);
  } catch (error) {
    if (!(error instanceof ActionFailure) && !(error instanceof Error)) throw error;
    entry.conclusion = 'failure';
    entry.log += `Error: ${error.message}\n`;
    return { ok: false, outputs: {} };
  }
}

async function runShell(
  script: string,
  shell: string | undefined,
  env: Record<string, string>,
  line: Line,
  report: JobReport,
  signal: AbortSignal,
  entry: StepReport,
): Promise<{ ok: boolean; outputs: Record<string, string> }> {
  const { temp, work } = line.world.folders;
  const files = {
    GITHUB_OUTPUT: join(temp, '_output'),
    GITHUB_ENV: join(temp, '_env'),
    GITHUB_PATH: join(temp, '_path'),
    GITHUB_STEP_SUMMARY: join(temp, '_summary'),
  };
  for (const file of Object.values(files)) await writeFile(file, '');
  const environment = { ...ambient(line), ...files, ...line.environment, ...env };
  const { code, log } = await runScript(script, {
    shell,
    file: join(temp, '_script.sh'),
    folder: work,
    environment,
    signal,
  });
  entry.log = `$ ${script.trim()}\n${log}`;
  report.annotations.push(...readAnnotations(log));
  Object.assign(line.environment, await takePairs(files.GITHUB_ENV));
  const summary = await takeSummary(files.GITHUB_STEP_SUMMARY);
  report.summary += summary.text;
  if (summary.dropped)
    entry.log += 'Error: $GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k\n';
  const outputs = await takePairs(files.GITHUB_OUTPUT);
  if (code !== 0) {
    entry.conclusion = 'failure';
    entry.log += `Error: Process completed with exit code ${code ?? 'none'}.\n`;
  }
  return { ok: code === 0, outputs };
}

/** Its steps see its inputs, no secrets, and a status that is its own. */
async function runComposite(
  uses: string,
  given: Record<string, string>,
  env: Record<string, string>,
  line: Line,
  report: JobReport,
  signal: AbortSignal,
  entry: StepReport,
): Promise<{ ok: boolean; outputs: Record<string, string> }> {
  const folder = join(line.world.folders.work, uses);
  const text = await readFile(join(folder, 'action.yml'), 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new ActionFailure(
      `Can't find 'action.yml' under '${uses}'. Did you forget to run actions/checkout before running your local action?`,
    );
  const action = readActionFile(uses, text);
  const inputs: Record<string, string> = {};
  for (const input of action.inputs) {
    inputs[input.id] = given[input.id] ?? textOf(resolve(input.default, line.scope(env)));
    if (input.required && given[input.id] === undefined) entry.log += `Warning: ${input.id} is required\n`;
  }
  const stranger = Object.keys(given).find((id) => !(id in inputs));
  if (stranger !== undefined) throw new ActionFailure(`Unexpected input '${stranger}'`);
  const inner: Line = {
    ...line,
    status: { ok: true, failed: false, cancelled: false },
    steps: {},
    environment: { ...line.environment, ...env },
    inputs,
    actionPath: folder,
  };
  await runSteps(action.steps, inner, report, signal);
  const scope = inner.scope({});
  const outputs = Object.fromEntries(
    action.outputs.map(([id, value]) => [id, textOf(resolve(value, scope))]),
  );
  if (inner.status.failed) entry.conclusion = 'failure';
  return { ok: !inner.status.failed, outputs };
}

/** What every process finds, beside what the files declare. Nothing of the machine that runs the tests gets in. */
function ambient({ input, world, actionPath }: Line): Record<string, string> {
  const github = githubContext(input, world);
  const names = [
    'actor',
    'api_url',
    'base_ref',
    'event_name',
    'head_ref',
    'ref',
    'ref_name',
    'repository',
    'run_attempt',
    'run_id',
    'run_number',
    'server_url',
    'sha',
    'workflow',
    'workflow_ref',
    'workspace',
  ];
  return {
    PATH: `${input.programs}:${process.env['PATH'] ?? ''}`,
    HOME: world.folders.home,
    LANG: 'C.UTF-8',
    CI: 'true',
    GIT_CONFIG_NOSYSTEM: '1',
    RUNNER_TEMP: world.folders.temp,
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_PATH: join(world.folders.temp, '_event.json'),
    GITHUB_JOB: input.job.id,
    ...(actionPath === undefined ? {} : { GITHUB_ACTION_PATH: actionPath }),
    ...Object.fromEntries(
      names.map((name) => [`GITHUB_${name.toUpperCase()}`, textOf(github[name] ?? null)]),
    ),
  };
}

async function makeFolders(input: JobInput): Promise<JobWorld['folders']> {
  const folders = {
    work: join(input.folder, 'work'),
    temp: join(input.folder, 'temp'),
    home: join(input.folder, 'home'),
    store: input.store,
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  await writeFile(join(folders.temp, '_event.json'), JSON.stringify(input.event.payload));
  return folders;
}

/** GitHub Docs, "Deployments and environments"; since 2025-12 the executing ref is what is judged. */
function refuseDeployment(
  name: string,
  environment: ActionsWorld['environments'][string] | undefined,
  ref: string,
): string | undefined {
  // An environment that is not there is made at once, without secrets and open to everybody.
  if (environment?.branches === undefined) return undefined;
  const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
  return branch !== undefined && environment.branches.includes(branch)
    ? undefined
    : `Branch "${ref}" is not allowed to deploy to ${name} due to environment protection rules.`;
}

/** Of the job, else of the workflow, else what the repository gives: contents and packages to read. A fork's pull request never writes. */
function tokenPermissions({ job, workflow, event }: JobInput): Record<string, string> {
  const asked = job.permissions ?? workflow.permissions ?? { contents: 'read', packages: 'read' };
  if (!event.fork || event.name === 'pull_request_target') return asked;
  return Object.fromEntries(
    Object.entries(asked).map(([name, level]) => [name, level === 'write' ? 'read' : level]),
  );
}

function secretsOf(
  { actions, event }: JobInput,
  token: string,
  own: Record<string, string>,
): Record<string, string> {
  const withheld = event.fork && event.name === 'pull_request';
  return { ...(withheld ? {} : { ...actions.secrets, ...own }), GITHUB_TOKEN: token };
}

function mask(text: string, masks: ReadonlySet<string>): string {
  let masked = text;
  for (const secret of masks) masked = masked.replaceAll(secret, '***');
  return masked;
}

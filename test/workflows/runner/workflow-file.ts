/** A workflow or action file, read by GitHub's own parser; expressions stay expressions until a job evaluates them. */
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parseAction } from '@actions/workflow-parser/actions/action-parser';
import { convertActionTemplate } from '@actions/workflow-parser/actions/action-template';

/** A value of the file; `{ expression }` is one that is not known yet. */
export type Template =
  | string
  | number
  | boolean
  | null
  | Expression
  | Template[]
  | { entries: [string, Template][] };

export interface Expression {
  expression: string;
}

export interface StepFile {
  id: string;
  name: string | undefined;
  /** Already wrapped in success() where no status function is named. */
  condition: string;
  uses: string | undefined;
  run: Template | undefined;
  shell: string | undefined;
  env: Template;
  with: Template;
  continueOnError: boolean;
}

export interface JobFile {
  id: string;
  needs: string[];
  condition: string;
  permissions: Record<string, string> | undefined;
  environment: string | undefined;
  timeoutMinutes: number | undefined;
  concurrency: Concurrency | undefined;
  matrix: Record<string, Template[]> | undefined;
  env: Template;
  outputs: Template;
  steps: StepFile[];
}

export interface Concurrency {
  group: Template;
  queue: 'single' | 'max';
  cancelInProgress: boolean;
}

export interface EventFilter {
  branches?: string[];
  paths?: string[];
  types?: string[];
  cron?: string[];
  /** Of workflow_dispatch. */
  inputs?: Record<string, { default?: string; required?: boolean }>;
}

export interface WorkflowFile {
  path: string;
  name: string;
  on: Record<string, EventFilter>;
  permissions: Record<string, string> | undefined;
  env: Template;
  concurrency: Concurrency | undefined;
  jobs: JobFile[];
}

export interface ActionFile {
  inputs: { id: string; required: boolean; default: Template }[];
  outputs: [string, Template][];
  steps: StepFile[];
}

/** A file that GitHub would not start. */
export class WorkflowError extends Error {
  override name = 'WorkflowError';
}

/** @throws WorkflowError with every complaint of the parser. */
export async function readWorkflowFile(path: string, content: string): Promise<WorkflowFile> {
  const { context, value } = parseWorkflow({ name: path, content }, new NoOperationTraceWriter());
  const template = value === undefined ? undefined : await convertWorkflowTemplate(context, value);
  const errors = [...context.errors.getErrors().map(({ message }) => message)];
  for (const { Message } of template?.errors ?? []) errors.push(Message);
  if (template === undefined || value === undefined || errors.length > 0)
    throw new WorkflowError(`${path}: ${[...new Set(errors)].join('; ')}`);
  const root = templateOf(value);
  const jobs = entriesOf(field(root, 'jobs'));
  return {
    path,
    name: textOf(field(root, 'name')) ?? path,
    on: eventsOf(template.events as Record<string, unknown>),
    permissions: permissionsOf(field(root, 'permissions')),
    env: field(root, 'env') ?? null,
    concurrency: concurrencyOf(field(root, 'concurrency')),
    jobs: template.jobs.map((job, index) => {
      if (job.type !== 'job') throw new WorkflowError(`${path}: reusable workflows are not used here`);
      const raw = jobs[index]?.[1] ?? null;
      const environment = field(raw, 'environment');
      return {
        id: job.id.value,
        needs: (job.needs ?? []).map(({ value: id }) => id),
        condition: job.if.expression,
        permissions: permissionsOf(field(raw, 'permissions')),
        environment: textOf(environment) ?? textOf(field(environment ?? null, 'name')),
        timeoutMinutes: numberOf(field(raw, 'timeout-minutes')),
        concurrency: concurrencyOf(field(raw, 'concurrency')),
        matrix: matrixOf(field(field(raw, 'strategy') ?? null, 'matrix')),
        env: field(raw, 'env') ?? null,
        outputs: field(raw, 'outputs') ?? null,
        steps: stepsOf(job.steps, field(raw, 'steps')),
      };
    }),
  };
}

/** @throws WorkflowError */
export function readActionFile(path: string, content: string): ActionFile {
  const { context, value } = parseAction({ name: path, content }, new NoOperationTraceWriter());
  const errors = context.errors.getErrors();
  if (value === undefined || errors.length > 0)
    throw new WorkflowError(`${path}: ${errors.map(({ message }) => message).join('; ')}`);
  const { runs } = convertActionTemplate(context, value);
  if (runs.using !== 'composite') throw new WorkflowError(`${path}: only composite actions are local here`);
  const root = templateOf(value);
  return {
    inputs: entriesOf(field(root, 'inputs')).map(([id, input]) => ({
      id,
      required: field(input, 'required') === true,
      default: field(input, 'default') ?? null,
    })),
    outputs: entriesOf(field(root, 'outputs')).map(([id, output]) => [id, field(output, 'value') ?? null]),
    steps: stepsOf(runs.steps, field(field(root, 'runs') ?? null, 'steps')),
  };
}

/** What the two packages' tokens have in common; their own types do not survive being unwrapped. */
interface Token {
  templateTokenType: number;
}
const TOKEN = { string: 0, sequence: 1, mapping: 2, expression: 3, boolean: 5, number: 6, null: 7 };

export function templateOf(token: unknown): Template {
  const { templateTokenType } = token as Token;
  switch (templateTokenType) {
    case TOKEN.string:
    case TOKEN.boolean:
    case TOKEN.number:
      return (token as { value: string | number | boolean }).value;
    case TOKEN.null:
      return null;
    case TOKEN.expression:
      return { expression: (token as { expression: string }).expression };
    case TOKEN.sequence: {
      const list: Template[] = [];
      for (const item of token as Iterable<unknown>) list.push(templateOf(item));
      return list;
    }
    case TOKEN.mapping: {
      const entries: [string, Template][] = [];
      for (const pair of token as Iterable<{ key: unknown; value: unknown }>)
        entries.push([String(templateOf(pair.key)), templateOf(pair.value)]);
      return { entries };
    }
    default:
      throw new WorkflowError(`a kind of value that is not used here (${templateTokenType})`);
  }
}

export function entriesOf(template: Template | undefined): [string, Template][] {
  if (typeof template !== 'object' || template === null || Array.isArray(template)) return [];
  return 'entries' in template ? template.entries : [];
}

export function field(template: Template, name: string): Template | undefined {
  return entriesOf(template).find(([key]) => key === name)?.[1];
}

function textOf(template: Template | undefined): string | undefined {
  return typeof template === 'string' ? template : undefined;
}

function numberOf(template: Template | undefined): number | undefined {
  return typeof template === 'number' ? template : undefined;
}

const ALL = ['actions', 'checks', 'contents', 'issues', 'pull-requests', 'statuses'];

function permissionsOf(template: Template | undefined): Record<string, string> | undefined {
  if (template === undefined) return undefined;
  if (template === 'read-all') return Object.fromEntries(ALL.map((name) => [name, 'read']));
  if (template === 'write-all') return Object.fromEntries(ALL.map((name) => [name, 'write']));
  return Object.fromEntries(entriesOf(template).map(([name, level]) => [name, String(level)]));
}

function concurrencyOf(template: Template | undefined): Concurrency | undefined {
  if (template === undefined) return undefined;
  if (typeof template === 'string') return { group: template, queue: 'single', cancelInProgress: false };
  return {
    group: field(template, 'group') ?? '',
    queue: field(template, 'queue') === 'max' ? 'max' : 'single',
    cancelInProgress: field(template, 'cancel-in-progress') === true,
  };
}

function matrixOf(template: Template | undefined): Record<string, Template[]> | undefined {
  if (template === undefined) return undefined;
  return Object.fromEntries(
    entriesOf(template).map(([name, values]) => [name, Array.isArray(values) ? values : [values]]),
  );
}

function eventsOf(events: Record<string, unknown>): Record<string, EventFilter> {
  return Object.fromEntries(
    Object.entries(events).map(([name, config]) => {
      if (name === 'schedule')
        return [name, { cron: (config as { cron: string }[]).map(({ cron }) => cron) }];
      return [name, (config ?? {}) as EventFilter];
    }),
  );
}

interface ParsedStep {
  id: string;
  if?: { expression: string };
}

function stepsOf(steps: readonly unknown[], raw: Template | undefined): StepFile[] {
  const list = Array.isArray(raw) ? raw : [];
  return (steps as ParsedStep[]).map((step, index) => {
    const own = list[index] ?? null;
    const uses = textOf(field(own, 'uses'));
    const run = field(own, 'run');
    return {
      id: step.id,
      name: textOf(field(own, 'name')),
      condition: step.if?.expression ?? 'success()',
      uses,
      run,
      shell: textOf(field(own, 'shell')),
      env: field(own, 'env') ?? null,
      with: field(own, 'with') ?? null,
      continueOnError: field(own, 'continue-on-error') === true,
    };
  });
}

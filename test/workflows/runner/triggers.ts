/**
 * Which workflows an event starts (GitHub Docs, "Events that trigger workflows", "Workflow syntax"). Whether the event
 * starts anything at all, by whose credential caused it, is the emulator's verdict.
 */
import type { EventFilter, WorkflowFile } from './workflow-file.ts';
import type { Value } from './expressions.ts';

export interface StartedEvent {
  name: string;
  action: string | undefined;
  /** The executing ref: what environments look at. */
  ref: string;
  sha: string;
  actor: string;
  headRef: string;
  baseRef: string;
  /** A pull request from another repository. */
  fork: boolean;
  payload: Record<string, unknown>;
  /** Of workflow_dispatch. */
  inputs: Record<string, Value>;
  /** Paths that a push or pull request changes; of the first 300 GitHub looks at. */
  changed: string[];
}

/** Only these come from the default branch's file whatever branch the event is about. */
export const ON_DEFAULT_BRANCH = new Set([
  'schedule',
  'repository_dispatch',
  'workflow_dispatch',
  'issue_comment',
  'pull_request_target',
]);

/** Types of an event that count where the file names none. */
const DEFAULT_TYPES: Record<string, string[]> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
};
const PATHS_LOOKED_AT = 300;

export function starts(workflow: WorkflowFile, event: StartedEvent): boolean {
  const filter = workflow.on[event.name];
  if (filter === undefined) return false;
  if (event.name === 'workflow_dispatch') return event.payload['workflow'] === workflow.path;
  if (event.name === 'schedule')
    return (
      event.payload['workflow'] === workflow.path &&
      (filter.cron ?? []).includes(String(event.payload['schedule']))
    );
  return matchesType(event, filter) && matchesBranch(event, filter) && matchesPaths(event, filter);
}

function matchesType({ name, action }: StartedEvent, { types }: EventFilter): boolean {
  const wanted = types ?? DEFAULT_TYPES[name];
  return wanted === undefined || action === undefined || wanted.includes(action);
}

function matchesBranch({ name, ref, baseRef }: StartedEvent, { branches }: EventFilter): boolean {
  if (branches === undefined) return true;
  const branch = name === 'push' ? ref.replace(/^refs\/heads\//, '') : baseRef;
  return branches.some((pattern) => globOf(pattern).test(branch));
}

function matchesPaths({ changed }: StartedEvent, { paths }: EventFilter): boolean {
  if (paths === undefined) return true;
  return changed
    .slice(0, PATHS_LOOKED_AT)
    .some((path) => paths.some((pattern) => globOf(pattern).test(path)));
}

/** Patterns of the filter cheat sheet as far as they are used: `*` within a folder, `**` across. */
export function globOf(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('**', '\0').replaceAll('*', '[^/]*').replaceAll('\0', '.*')}$`);
}

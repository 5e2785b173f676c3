/** Plans that wait in the pull request: on the app's branch, as far as this clone has fetched it, and not yet on its main. */
import type { TracedPlan } from '../../core/explain/record-trace.ts';
import { parsePlan } from '../../core/plan/plan-file.ts';
import { readCheckedOut } from './checked-out.ts';
import { readGit } from './git-process.ts';
import { readRevision } from './revision.ts';

/** `known`: names of plans that the working tree has. A file that does not read is the forge's matter and left out. */
export async function readOpenPlans(root: string, known: ReadonlySet<string>): Promise<TracedPlan[]> {
  if ((await readCheckedOut(root)) === undefined) return [];
  const refs =
    (await readGit(root, ['for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/remotes'])) ?? '';
  const found = new Map<string, TracedPlan>();
  for (const ref of refs.split('\n')) {
    const [, branch] = /^refs\/(?:heads|remotes\/[^/]+)\/(rollcall\/sync[A-Za-z0-9._-]*)$/.exec(ref) ?? [];
    if (branch === undefined) continue;
    for (const { path, text } of await readRevision(root, ref, 'state/plans')) {
      const name = path.slice('state/plans/'.length);
      const parsed = known.has(name) ? undefined : parsePlan(name, text);
      if (parsed?.ok === true) found.set(name, { plan: parsed.plan, receipt: undefined, branch });
    }
  }
  return [...found.values()];
}

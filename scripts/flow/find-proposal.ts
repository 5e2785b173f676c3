/** The pull request as it stands on the forge, read for the decision of core/forge/refresh.ts. */
import { carriesPlan, isBy } from '../core/forge/own-commit.ts';
import { type ClosedProposal, type OpenProposal, SYNC_BRANCHES } from '../core/forge/refresh.ts';
import type { ForgeCommit, ForgePullRequest } from '../core/forge/shapes.ts';
import { type Blobs, personOf, planNamesIn } from '../core/forge/what-goes-where.ts';
import { parsePlan, type Plan } from '../core/plan/plan-file.ts';
import type { Forge } from '../ports.ts';

/** Marks of the comments with which propose-review.ts closes. */
const CLOSING = /^<!-- rollcall:(?:nothing-left|edited|twin):/;

export interface FoundProposal {
  pull: ForgePullRequest;
  proposal: OpenProposal;
}

/** The app's open pull request; the newest, should a second sync have opened another. */
export async function findOpenProposal(
  forge: Forge,
  main: string,
  head: string,
): Promise<{ found: FoundProposal | undefined; others: ForgePullRequest[] }> {
  const [pull, ...others] = (await forge.listPullRequests('open', main)).filter((each) =>
    isOurs(each, forge),
  );
  if (pull === undefined) return { found: undefined, others };
  const commit = await forge.readCommit(pull.headSha);
  const state = await forge.readFolder(head, 'state');
  const branch = await forge.readFolder(pull.headSha, 'state');
  const plan = await readProposedPlan(forge, branch, state);
  const isOwn = (each: ForgeCommit): boolean =>
    isBy(each, pull.author?.login) || (plan !== undefined && carriesPlan(each, plan.digest));
  // "Update branch" puts a merge on top; what it was merged into is what counts.
  let own = commit;
  for (let merges = 0; own !== null && !isOwn(own) && own.parents.length === 2 && merges < 10; merges += 1)
    own = await forge.readCommit(own.parents[0] ?? '');
  const edited = own === null || !isOwn(own);
  const parent = own?.parents[0];
  const before = parent === undefined ? state : await forge.readFolder(parent, 'state');
  return {
    found: {
      pull,
      proposal: {
        number: pull.number,
        plan,
        editedBy: edited ? commit?.author.name || 'somebody' : undefined,
        overtaken: isOvertaken(before, branch, state),
      },
    },
    others,
  };
}

/** The newest pull request of ours, when a person has closed it without merging. */
export async function findClosedProposal(
  forge: Forge,
  main: string,
  head: string,
): Promise<ClosedProposal | undefined> {
  const [pull] = (await forge.listPullRequests('closed', main)).filter((each) => isOurs(each, forge));
  if (pull === undefined || pull.mergedAt !== null) return undefined;
  const by = await forge.readClosedBy(pull.number);
  // The app closes what has nothing left to do; when the need comes back, it may ask again.
  if (by === null ? await wasClosedByApp(forge, pull.number) : by.bot) return undefined;
  if ((await forge.readCommit(pull.headSha)) === null) return undefined;
  const state = await forge.readFolder(head, 'state');
  const branch = await forge.readFolder(pull.headSha, 'state');
  return {
    number: pull.number,
    plan: await readProposedPlan(forge, branch, state),
    closedBy: by?.login ?? 'somebody',
  };
}

/** Where the forge does not name who closed it: the app never closes without a word. */
async function wasClosedByApp(forge: Forge, number: number): Promise<boolean> {
  return (await forge.listComments(number)).some(({ body }) => CLOSING.test(body));
}

function isOurs(pull: ForgePullRequest, { repository }: Forge): boolean {
  return (
    SYNC_BRANCHES.includes(pull.headBranch) && pull.headRepository?.toLowerCase() === repository.toLowerCase()
  );
}

/** The one plan that a merge would bring to main. */
async function readProposedPlan(forge: Forge, branch: Blobs, state: Blobs): Promise<Plan | undefined> {
  const names = planNamesIn(branch).filter((name) => !state.has(`state/plans/${name}`));
  const [name] = names;
  if (name === undefined || names.length > 1) return undefined;
  const parsed = parsePlan(name, await forge.readBlob(branch.get(`state/plans/${name}`) ?? ''));
  return parsed.ok ? parsed.plan : undefined;
}

/** True when a person file that the branch changes was changed otherwise on main since the branch began. */
function isOvertaken(before: Blobs, branch: Blobs, state: Blobs): boolean {
  for (const [path, blob] of branch) {
    const [began, now] = [before.get(path), state.get(path)];
    if (personOf(path) !== undefined && blob !== began && blob !== now && began !== now) return true;
  }
  return false;
}

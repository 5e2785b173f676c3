/** All routes, in the order of the files that hold them. */
import { accountRoutes } from './routes/accounts.ts';
import { checkRoutes } from './routes/checks.ts';
import { commitRoutes } from './routes/commits.ts';
import { contentRoutes } from './routes/contents.ts';
import { dispatchRoutes } from './routes/dispatches.ts';
import { environmentRoutes } from './routes/environments.ts';
import { gitDatabaseRoutes } from './routes/git-database.ts';
import { gitTreeRoutes } from './routes/git-trees.ts';
import { issueRoutes } from './routes/issues.ts';
import { labelRoutes } from './routes/labels.ts';
import { pullContentRoutes } from './routes/pull-contents.ts';
import { pullMergeRoutes } from './routes/pull-merge.ts';
import { pullRoutes } from './routes/pulls.ts';
import { repositoryRoutes as baseRoutes } from './routes/repository.ts';
import { reviewRoutes } from './routes/reviews.ts';
import { rulesetRoutes } from './routes/rulesets.ts';
import { secretRoutes } from './routes/secrets.ts';
import { variableRoutes } from './routes/variables.ts';
import { workflowRunRoutes } from './routes/workflow-runs.ts';
import type { GlobalRoute, RepositoryRoute } from './routing.ts';

export const repositoryRoutes: RepositoryRoute[] = [
  ...baseRoutes,
  ...gitDatabaseRoutes,
  ...gitTreeRoutes,
  ...commitRoutes,
  ...contentRoutes,
  ...pullRoutes,
  ...pullContentRoutes,
  ...pullMergeRoutes,
  ...reviewRoutes,
  ...issueRoutes,
  ...labelRoutes,
  ...checkRoutes,
  ...dispatchRoutes,
  ...workflowRunRoutes,
  ...environmentRoutes,
  ...secretRoutes,
  ...variableRoutes,
  ...rulesetRoutes,
];

export const globalRoutes: GlobalRoute[] = accountRoutes;

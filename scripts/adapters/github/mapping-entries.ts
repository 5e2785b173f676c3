/** mappings/ of any commit, as the git data API lists it: with modes and sizes, which is what tells a link from a file. */
import type { TreeEntry } from '../../core/forge/edited-mappings.ts';
import { serviceFailure } from '../../core/values/failure.ts';
import type { GithubClient } from './client.ts';

/** Everything below mappings/ that is not a folder. Empty when there is no such folder. */
export async function readMappingEntries(
  { octokit, here }: GithubClient,
  commit: string,
): Promise<TreeEntry[]> {
  const { data: found } = await octokit.rest.git.getCommit({ ...here, commit_sha: commit });
  const { data: root } = await octokit.rest.git.getTree({ ...here, tree_sha: found.tree.sha });
  const folder = root.tree.find(({ path, type }) => path === 'mappings' && type === 'tree');
  if (folder === undefined) return [];
  const { data } = await octokit.rest.git.getTree({ ...here, tree_sha: folder.sha, recursive: '1' });
  if (data.truncated)
    throw serviceFailure('folder-too-large', 'GitHub cannot list mappings/ of this commit', 'split it');
  return data.tree
    .filter(({ type }) => type !== 'tree')
    .map(({ path, mode, size, sha }) => ({ path: `mappings/${path}`, mode, size, blob: sha }));
}

/** CODEOWNERS of the base branch: the last matching line wins, and a pattern without owners takes ownership away. */
import type { Repository } from './world.ts';

const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** Reads the owners' file of a commit; the function returned names the logins that own a path. Teams own nothing here. */
export async function findOwners(
  repository: Repository,
  commit: string,
): Promise<(path: string) => string[]> {
  for (const place of PLACES) {
    const object = await repository.store.read(`${commit}:${place}`);
    if (object !== undefined) return matchOwners(object.content.toString('utf8'));
  }
  return () => [];
}

export function matchOwners(text: string): (path: string) => string[] {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [pattern = '', ...owners] = line.split(/\s+/);
      return { pattern: compile(pattern), owners };
    });
  return (path) => {
    const last = lines.filter(({ pattern }) => pattern.test(path)).at(-1);
    return (last?.owners ?? [])
      .filter((owner) => owner.startsWith('@') && !owner.includes('/'))
      .map((owner) => owner.slice(1));
  };
}

// The rules of .gitignore, less negation and character ranges.
function compile(pattern: string): RegExp {
  const anchored = /^\/|\/./.test(pattern.replace(/\/$/, ''));
  const body = pattern
    .replace(/^\//, '')
    .replace(/\/$/, '/**')
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**/', '\0')
    .replaceAll('**', '\x01')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\0', '(?:.*/)?')
    .replaceAll('\x01', '.*');
  const tail = pattern.endsWith('/') || pattern.endsWith('*') ? '' : '(?:/.*)?';
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${body}${tail}$`);
}

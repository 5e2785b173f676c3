/** What lies below state/ at head and in the working tree: files in their places, and nothing that was not committed. */
import { compareText, type Finding } from '../values/finding.ts';
import { personFileOf } from '../values/hr-id.ts';
import { recordOf } from './check-history.ts';
import { shortId } from './history.ts';
import { broken, note, unattested } from './verdict.ts';

const PERSON = /^state\/people\/[^/]+\/([^/]+)\.yaml$/;

/** The working tree against the commit it came from: what lies there and was never committed proves nothing. */
export function checkWorkingTree(
  committed: ReadonlyMap<string, string>,
  working: ReadonlyMap<string, string>,
): Finding[] {
  const findings: Finding[] = [];
  let facts = 0;
  for (const path of [...new Set([...committed.keys(), ...working.keys()])].sort(compareText)) {
    const [before, after] = [committed.get(path), working.get(path)];
    if (before === after || /\/\.[^/]+$/.test(path)) continue;
    const isRecord = path.startsWith('state/plans/') || path.startsWith('state/receipts/');
    if (!isRecord) facts += 1;
    else if (before === undefined)
      findings.push(
        unattested('not-committed', 'lies in the working tree and is not committed', { subject: path }),
      );
    else if (after === undefined)
      findings.push(broken('working-tree', 'was removed from the working tree', { subject: path }));
    else
      findings.push(
        broken('working-tree', 'in the working tree is not what was committed', { subject: path }),
      );
  }
  if (facts > 0)
    findings.push(
      note(
        'working-tree-facts',
        `${facts} other files below state/ differ from what was committed: an export not yet proposed looks like this`,
      ),
    );
  return findings;
}

/** A person file that does not read, in a commit: whoever lists people must say that somebody is not among them. */
export function unreadablePerson(path: string, commit: string): Finding {
  return broken('person-unreadable', `as committed in ${shortId(commit)} is no person file`, {
    subject: path,
  });
}

/** Person files whose place is not theirs, and other files that nothing writes. */
export function checkStateFiles(state: ReadonlyMap<string, string>): Finding[] {
  return [...state.keys()].flatMap((path): Finding[] => {
    if (
      recordOf(path) !== undefined ||
      path === 'state/groups.yaml' ||
      path === 'state/holds.yaml' ||
      /\/(?:\.[^/]+|README\.md)$/.test(path)
    )
      return [];
    const id = PERSON.exec(path)?.[1];
    if (id !== undefined && personFileOf(id) === path) return [];
    if (path.startsWith('state/plans/') || path.startsWith('state/receipts/')) return [];
    return [unattested('stray-file', 'is no file that Rollcall writes', { subject: path })];
  });
}

/**
 * What a push may do. The server reads which refs it wants to move before git sees them, and hands its verdict to
 * git's own pre-receive hook; what only the pushed objects can tell, the hook asks git for.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holds } from './access.ts';
import { FORCE_VIOLATION, pushVerdict, type RefMove } from './rules.ts';
import type { Actor } from './people.ts';
import { fullName, type Repository } from './world.ts';

const ZERO = '0'.repeat(40);

/**
 * The hook's lines in `PUSH_VERDICT` are tab-separated: `refuse|noforce <ref> <sentence>`, and `noworkflows`. All
 * refs of a push fall together, as GitHub declines it as a whole.
 */
const HOOK = `#!/bin/sh
tab=$(printf '\\t')
declined=
say() {
  echo "error: GH013: Repository rule violations found for $1."
  echo
  echo "- $2"
  echo
  declined=1
}
while read -r old new ref; do
  while IFS="$tab" read -r kind name sentence; do
    case "$kind" in
      refuse) [ "$name" = "$ref" ] && say "$ref" "$sentence" ;;
      noforce)
        if [ "$name" = "$ref" ] && [ "$new" != "${ZERO}" ] && ! git merge-base --is-ancestor "$old" "$new"; then
          say "$ref" "$sentence"
        fi ;;
      noworkflows)
        if [ "$new" != "${ZERO}" ] && [ -n "$(git rev-list --max-count=1 "$new" --not --all -- .github/workflows)" ]; then
          echo "refusing to allow a GitHub App to create or update workflow files without \\\`workflows\\\` permission"
          declined=1
        fi ;;
    esac
  done <<VERDICT
$PUSH_VERDICT
VERDICT
done >&2
[ -z "$declined" ]
`;

export async function writeHook(dir: string): Promise<void> {
  await writeFile(join(dir, 'hooks', 'pre-receive'), HOOK, { mode: 0o755 });
}

/** The refs that a receive-pack request asks to move: pkt-lines up to the first flush (git, pack-protocol). */
export function readPushCommands(body: Buffer): RefMove[] {
  const moves: RefMove[] = [];
  for (let at = 0; at + 4 <= body.length;) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16);
    if (!(length > 4)) break;
    const line = body.toString('utf8', at + 4, at + length).split('\0')[0] ?? '';
    const [, from, to, ref] = /^([0-9a-f]{40}) ([0-9a-f]{40}) (\S+)/.exec(line) ?? [];
    if (from !== undefined && to !== undefined && ref !== undefined)
      moves.push({ ref, from: from === ZERO ? undefined : from, to: to === ZERO ? undefined : to });
    at += length;
  }
  return moves;
}

/** The text of `PUSH_VERDICT` for this push. */
export function renderVerdict(repository: Repository, actor: Actor, moves: RefMove[]): string {
  const lines = moves.flatMap((move) => {
    const { refused, forbidForce } = pushVerdict(repository, actor, move);
    return [
      ...refused.map((sentence) => `refuse\t${move.ref}\t${sentence}`),
      ...(forbidForce ? [`noforce\t${move.ref}\t${FORCE_VIOLATION}`] : []),
    ];
  });
  return [...lines, ...(holds(actor, 'workflows', 'write') ? [] : ['noworkflows\t\t'])].join('\n');
}

/** git's words to a token that may read and not write. */
export function pushDenied(repository: Repository, actor: Actor): string {
  return `Permission to ${fullName(repository)}.git denied to ${actor.account.login}.`;
}

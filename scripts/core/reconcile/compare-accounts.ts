/** JumpCloud against HR: accounts of nobody. What exceptions ignore and guardrails protect is known and left out. */
import { isProtected } from '../directory/match.ts';
import type { LiveAccount } from '../directory/live.ts';
import { foldEmail } from '../values/fold-name.ts';
import type { Drift } from './drift.ts';
import type { Scene } from './scene.ts';

export function compareAccounts(scene: Scene): Drift[] {
  const ignored = new Set(
    scene.policy.exceptions.flatMap((exception) =>
      exception.kind === 'ignore' && exception.expires >= scene.asOf ? [foldEmail(exception.account)] : [],
    ),
  );
  const former = new Map(
    [...scene.ledger.people.values()].flatMap((record): [string, string][] =>
      record.account === undefined ? [] : [[record.account, record.person]],
    ),
  );
  return scene.live.accounts.flatMap((account): Drift[] => {
    if (scene.owners.has(account.id) || isProtected(account, scene.policy)) return [];
    if (ignored.has(foldEmail(account.username)) || ignored.has(foldEmail(account.email))) return [];
    return [ownerless(account, former.get(account.id), scene)];
  });
}

function ownerless(account: LiveAccount, former: string | undefined, scene: Scene): Drift {
  const isActive = account.state === 'ACTIVATED';
  const past =
    former !== undefined
      ? `; a receipt linked it to employee ${former}`
      : account.anchor === ''
        ? ''
        : scene.people.has(account.anchor)
          ? `; its employeeIdentifier is that of employee ${account.anchor}, whose account is another one`
          : `; its employeeIdentifier ${account.anchor} is no employee's`;
  const admin = account.admin ? ', and is a console administrator' : '';
  return {
    kind: isActive ? 'active-without-person' : 'orphaned-account',
    severity: isActive ? (account.admin || former !== undefined ? 'critical' : 'warning') : 'info',
    account: account.id,
    username: account.username,
    is: account.state,
    message: `${isActive ? 'works' : account.state.toLowerCase()} and belongs to no employee${admin}${past}: ${account.state === 'SUSPENDED' ? 'delete' : 'suspend'} it by hand, or name it in mappings/exceptions.yaml (ignore, or adopt)`,
    remedy: 'report',
    watch: { about: 'created', account: account.id },
  };
}

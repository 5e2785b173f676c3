import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionOf, compareActions } from '../../scripts/core/plan/action.ts';
import {
  countByKind,
  parsePlan,
  type Plan,
  planName,
  planText,
  sealPlan,
} from '../../scripts/core/plan/plan-file.ts';
import { parseReceipt, type Receipt, receiptText } from '../../scripts/core/record/receipt.ts';
import { accountId } from '../world.ts';
import { copyOf, newFolder, removeFolders, verify } from './audit-run.ts';
import { git } from './fast-import.ts';
import { type Forger, generateHistory } from './generate-history.ts';
import { commitAll, reseal } from './tamperings.ts';

const OPTIONS = { people: 24, days: 40, until: '2026-11-20', seed: 11, pace: 2 };

let honest = '';
beforeAll(async () => {
  honest = (await generateHistory(join(newFolder(), 'honest'), OPTIONS)).folder;
});
afterAll(removeFolders);

function receiptsOf(root: string): { path: string; receipt: Receipt }[] {
  return readdirSync(join(root, 'state/receipts'))
    .map((name) => {
      const path = `state/receipts/${name}`;
      const parsed = parseReceipt(readFileSync(join(root, path), 'utf8'));
      if (!parsed.ok) throw new Error(parsed.message);
      return { path, receipt: parsed.receipt };
    })
    .sort((a, b) => (a.receipt.finishedAt < b.receipt.finishedAt ? -1 : 1));
}

function planOf(root: string, path: string): Plan {
  const name = path.slice('state/receipts/'.length);
  const parsed = parsePlan(name, readFileSync(join(root, 'state/plans', name), 'utf8'));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.plan;
}

/** A receipt that is neither the first nor the last. */
function someReceipt(root: string): { path: string; receipt: Receipt } {
  return receiptsOf(root)[10]!;
}

/** What a forger with every key and a rewritten history leaves behind. */
async function forged(forge: Forger): Promise<string> {
  return (await generateHistory(join(newFolder(), 'forged'), { ...OPTIONS, forge })).folder;
}

/** Adds an action to the first plan that `fits`, and seals it again. */
function withAction(
  fits: (plan: Plan) => boolean,
  make: (plan: Plan) => Omit<Plan['actions'][number], 'id'>,
): Forger {
  let isDone = false;
  return {
    plan(plan) {
      if (isDone || !fits(plan)) return plan;
      isDone = true;
      const { digest: _, version: __, ...body } = plan;
      const actions = [...plan.actions, actionOf(make(plan))].sort(compareActions);
      return sealPlan({ ...body, actions, counts: countByKind(actions) });
    },
  };
}

describe('an honest record', () => {
  it('holds, and fails --strict for what is not signed and for nothing else', async () => {
    const { exit, broken } = await verify(honest);
    expect(broken).toEqual([]);
    expect(exit).toBe(0);
    const strict = await verify(honest, '--strict');
    expect(strict.exit).toBe(1);
    expect(
      new Set(strict.findings.filter(({ severity }) => severity === 'warning').map(({ code }) => code)),
    ).toEqual(new Set(['not-signed']));
  });

  it('has something in it to verify', async () => {
    const lanes = new Set(receiptsOf(honest).map(({ path }) => planOf(honest, path).lane));
    expect([...lanes].sort()).toEqual(['auto', 'review', 'urgent']);
    expect(receiptsOf(honest).length).toBeGreaterThan(30);
  });
});

describe('tampering with files', () => {
  it('1. an edited receipt', async () => {
    const root = copyOf(honest);
    const { path } = someReceipt(root);
    writeFileSync(join(root, path), readFileSync(join(root, path), 'utf8').replace('"done"', '"skipped"'));
    commitAll(root);
    const { exit, broken, text } = await verify(root);
    expect(exit).toBe(1);
    expect(broken).toEqual(expect.arrayContaining(['broken-receipt', 'chain-broken', 'record-modified']));
    expect(text).toContain(path);
  });

  it('2. an edited receipt with a new digest breaks the chain and the history', async () => {
    const root = copyOf(honest);
    const { path, receipt } = someReceipt(root);
    writeFileSync(join(root, path), receiptText(reseal(receipt, { approvedBy: ['mallory'] })));
    commitAll(root, 'receipt(0000000): 1 done, 0 failed, 0 skipped');
    const { exit, broken, text } = await verify(root);
    expect(exit).toBe(1);
    expect(broken).toEqual(expect.arrayContaining(['chain-broken', 'record-modified']));
    expect(broken).not.toContain('broken-receipt');
    expect(text).toContain(path);
  });

  it('3. a removed receipt', async () => {
    const root = copyOf(honest);
    const { path } = someReceipt(root);
    rmSync(join(root, path));
    commitAll(root);
    const { exit, broken, text } = await verify(root);
    expect(exit).toBe(1);
    expect(broken).toEqual(
      expect.arrayContaining(['chain-broken', 'plan-without-receipt', 'record-deleted']),
    );
    expect(text).toContain(path);
  });

  it('4. a removed or edited record in the working tree that nobody committed', async () => {
    const root = copyOf(honest);
    const [gone, edited] = receiptsOf(root);
    rmSync(join(root, gone!.path));
    writeFileSync(join(root, edited!.path), `${readFileSync(join(root, edited!.path), 'utf8')}\n`);
    git(root, 'update-index', '--assume-unchanged', edited!.path);
    const { exit, broken, text } = await verify(root);
    expect(exit).toBe(1);
    expect(broken).toEqual(['working-tree']);
    expect(text).toContain(gone!.path);
    expect(text).toContain(edited!.path);
  });

  it('5. a plan exchanged for another with everything sealed again', async () => {
    const root = copyOf(honest);
    const { path, receipt } = receiptsOf(root).find((each) => planOf(root, each.path).lane === 'review')!;
    const plan = planOf(root, path);
    const { digest: _, version: __, ...body } = plan;
    const changed = sealPlan({
      ...body,
      actions: plan.actions.map((action) => ({ ...action, because: 'as agreed' })),
    });
    rmSync(join(root, 'state/plans', planName(plan)));
    rmSync(join(root, path));
    writeFileSync(join(root, 'state/plans', planName(changed)), planText(changed));
    writeFileSync(
      join(root, 'state/receipts', planName(changed)),
      receiptText(reseal(receipt, { plan: changed.digest })),
    );
    commitAll(root);
    const { exit, broken } = await verify(root);
    expect(exit).toBe(1);
    expect(broken).toEqual(expect.arrayContaining(['chain-broken', 'record-deleted']));
  });

  it('6. consequences edited into a person file', async () => {
    const root = copyOf(honest);
    const path = 'state/people/02/2.yaml';
    const text = readFileSync(join(root, path), 'utf8');
    writeFileSync(
      join(root, path),
      text.replace(/^ {2}groups:\n/m, '  groups:\n    Administrators: because I say so\n'),
    );
    commitAll(root);
    const { exit, broken, text: told } = await verify(root);
    expect(exit).toBe(1);
    expect(broken).toEqual(['person-edited']);
    expect(told).toContain(path);
    expect(told).not.toContain('because I say so');
  });

  it('7. facts edited by hand are not attested, and fail --strict', async () => {
    const root = copyOf(honest);
    const path = join(root, 'state/people/02/2.yaml');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replaceAll('Last2\n', 'Lost2\n').replaceAll('First2 Last2', 'First2 Lost2'),
    );
    commitAll(root);
    const { exit, findings } = await verify(root);
    expect(exit).toBe(0);
    expect(findings.filter(({ code }) => code === 'not-attested')).toHaveLength(1);
    expect((await verify(root, '--strict')).exit).toBe(1);
  });

  it('a file that is no record among the records', async () => {
    const root = copyOf(honest);
    writeFileSync(join(root, 'state/receipts/notes.txt'), 'all fine');
    commitAll(root);
    expect((await verify(root)).broken).toEqual(['stray-file']);
  });
});

describe('tampering with history', () => {
  it('8. a merge that changes a receipt itself, with the change of neither parent', async () => {
    const root = copyOf(honest);
    const { path } = someReceipt(root);
    git(root, 'checkout', '--quiet', '-b', 'side');
    git(root, 'commit', '--quiet', '--allow-empty', '--message', 'docs: nothing');
    git(root, 'checkout', '--quiet', 'main');
    git(root, 'merge', '--quiet', '--no-ff', '--no-commit', 'side');
    rmSync(join(root, path));
    commitAll(root, 'Merge pull request #1 from acme/side');
    const { exit, broken, text } = await verify(root);
    expect(exit).toBe(1);
    expect(broken).toEqual(expect.arrayContaining(['merge-changes-state', 'record-deleted']));
    expect(text).toContain(path);
  });

  it('9. a history written anew without its newest records: found against a commit seen before, and against the remote', async () => {
    const remote = copyOf(honest);
    const root = copyOf(honest);
    const seen = git(root, 'rev-parse', 'HEAD');
    const lost = receiptsOf(root).at(-1)!;
    const before = git(
      root,
      'log',
      '--format=%H',
      '--diff-filter=A',
      '--first-parent',
      '-m',
      '--',
      lost.path.replace('receipts', 'plans'),
    ).split('\n')[0]!;
    git(root, 'reset', '--quiet', '--hard', `${before}~1`);
    expect((await verify(root)).broken).toEqual([]);
    git(root, 'commit', '--quiet', '--allow-empty', '--message', 'docs: nothing');
    for (const against of [seen, remote]) {
      const { exit, broken, text } = await verify(root, '--against', against);
      expect(exit).toBe(1);
      expect(broken).toEqual(['record-lost', 'rewritten-history']);
      expect(text).toContain(lost.path);
    }
    git(root, 'reflog', 'expire', '--expire=now', '--all');
    git(root, 'gc', '--quiet', '--prune=now');
    const gone = await verify(root, '--against', seen);
    expect(gone.broken).toEqual(['rewritten-history']);
    expect(gone.exit).toBe(1);
  });

  it('a remote that is the same, ahead or behind is no rewritten history', async () => {
    const remote = copyOf(honest);
    const root = copyOf(honest);
    expect((await verify(root, '--against', remote)).exit).toBe(0);
    git(root, 'reset', '--quiet', '--hard', 'HEAD~1');
    const behind = await verify(root, '--against', remote);
    expect(behind.findings.map(({ code }) => code)).toContain('behind-remote');
    expect(behind.broken).toEqual([]);
    expect((await verify(remote, '--against', root)).findings.map(({ code }) => code)).toContain(
      'ahead-of-remote',
    );
    expect((await verify(root, '--against', git(root, 'rev-parse', 'HEAD~3'))).exit).toBe(0);
  });

  it('10. trailers that claim another approval than the receipt', async () => {
    const root = copyOf(honest);
    const commit = git(root, 'log', '--format=%H', '--grep=^Approved-by: ann', '-1');
    git(root, 'reset', '--quiet', '--hard', commit);
    const message = git(root, 'log', '-1', '--format=%B').replace('Approved-by: ann', 'Approved-by: ben');
    git(root, 'commit', '--quiet', '--amend', '--message', message);
    const { exit, broken } = await verify(root);
    expect(exit).toBe(1);
    expect(broken).toEqual(['trailers-disagree']);
  });

  it('a replaced object in the clone hides nothing', async () => {
    const root = copyOf(honest);
    const { path } = someReceipt(root);
    const blob = git(root, 'rev-parse', `HEAD:${path}`);
    const text = readFileSync(join(root, path), 'utf8');
    writeFileSync(join(root, path), text.replace('"done"', '"skipped"'));
    commitAll(root);
    git(root, 'replace', git(root, 'rev-parse', `HEAD:${path}`), blob);
    git(root, 'replace', git(root, 'rev-parse', 'HEAD'), git(root, 'rev-parse', 'HEAD~1'));
    expect((await verify(root)).broken).toEqual(
      expect.arrayContaining(['broken-receipt', 'record-modified']),
    );
  });
});

describe('a forger with every key, who seals and chains the whole history again', () => {
  it('11. an action that follows from no fact', async () => {
    const root = await forged(
      withAction(
        ({ lane, actions }) => lane === 'review' && actions.some(({ kind }) => kind === 'join-group'),
        ({ actions }) => {
          const { person, account } = actions.find(({ kind }) => kind === 'join-group')!;
          const held = new Set(actions.flatMap(({ target }) => target ?? []));
          const group = ['Legal', 'People'].find((name) => !held.has(accountId(`group ${name}`)))!;
          return {
            kind: 'join-group',
            person,
            account,
            target: accountId(`group ${group}`),
            before: null,
            after: { group },
            because: 'department is Legal',
            cause: 'hr',
            risk: 'medium',
          };
        },
      ),
    );
    const { exit, broken, text } = await verify(root);
    expect(exit).toBe(1);
    expect(broken).toContain('not-derivable');
    expect(text).toContain('no rule gives this group');
  });

  it('12. a group’s id that is another group’s', async () => {
    let isDone = false;
    const root = await forged({
      plan(plan) {
        const join = plan.actions.find(({ kind }) => kind === 'join-group');
        if (isDone || plan.lane !== 'review' || join === undefined) return plan;
        isDone = true;
        const { id: _, ...wish } = join;
        const actions = plan.actions
          .map((action) =>
            action === join ? actionOf({ ...wish, target: accountId('group People') }) : action,
          )
          .sort(compareActions);
        const { digest: __, version: ___, ...body } = plan;
        return sealPlan({ ...body, actions });
      },
    });
    expect((await verify(root)).broken).toContain('wrong-target');
  });

  it('13. what needs review in lane auto', async () => {
    let isDone = false;
    let dayOfAuto = '';
    const root = await forged({
      plan(plan) {
        if (plan.lane === 'auto') dayOfAuto = plan.asOf;
        if (isDone || plan.lane !== 'review' || plan.asOf === dayOfAuto) return plan;
        isDone = true;
        const { digest: _, version: __, ...body } = plan;
        return sealPlan({ ...body, lane: 'auto' });
      },
    });
    expect((await verify(root)).broken).toContain('wrong-lane');
  });

  it('14. mappings of the past that never said so', async () => {
    const root = await forged({
      text: (path, text) => (path === 'mappings/groups/all.yaml' ? text.replace("'Sales'", "'Salt'") : text),
    });
    const { broken } = await verify(root);
    expect(broken).toContain('person-edited');
  });

  it('15. approvals: none, a stranger’s, and a run before the merge', async () => {
    const cases: [code: string, change: (receipt: Receipt, plan: Plan) => Partial<Receipt>][] = [
      ['not-approved', () => ({ approvedBy: [] })],
      ['not-an-approver', () => ({ approvedBy: ['mallory'] })],
      [
        'ran-before-merge',
        ({ startedAt }) => ({ startedAt: new Date(Date.parse(startedAt) - 3_600_000).toISOString() }),
      ],
    ];
    for (const [code, change] of cases) {
      let isDone = false;
      const root = await forged({
        receipt(receipt, plan) {
          if (isDone || plan.lane !== 'review') return receipt;
          isDone = true;
          return reseal(receipt, change(receipt, plan));
        },
      });
      const { exit, broken } = await verify(root);
      expect([code, exit, broken]).toEqual([code, 1, [code]]);
    }
  });

  it('15. approvals: fewer than guardrails.yaml asks for, and one’s own', async () => {
    const guardrails = (change: (text: string) => string): Forger => ({
      text: (path, text) => (path === 'mappings/guardrails.yaml' ? change(text) : text),
    });
    const few = await forged(guardrails((text) => text.replace('approvals:', 'approvals:\n  required: 2')));
    expect((await verify(few)).broken).toEqual(['too-few-approvals']);
    const { path } = receiptsOf(honest).find(({ receipt }) => receipt.approvedBy.includes('ann'))!;
    const subject = planOf(honest, path).actions[0]!.person!;
    const own = await forged(guardrails((text) => text.replace('employee: "1"', `employee: "${subject}"`)));
    const { broken, findings } = await verify(own);
    expect(broken).toEqual(['approved-own-access']);
    expect(findings.find(({ code }) => code === 'approved-own-access')?.person).toBe(subject);
  });

  it('16. a result that the run cannot have had', async () => {
    let isDone = false;
    const root = await forged({
      receipt(receipt) {
        if (isDone) return receipt;
        isDone = true;
        return reseal(receipt, { outcome: 'refused' });
      },
    });
    expect((await verify(root)).broken).toEqual(['receipt-form']);
  });
});

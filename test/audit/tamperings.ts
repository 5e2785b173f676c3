/** Ways to tamper with a repository that the line left: each changes a copy, and says what must be found and named. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  countByKind,
  parsePlan,
  type Plan,
  planName,
  planText,
  sealPlan,
} from '../../scripts/core/plan/plan-file.ts';
import { parseReceipt, type Receipt, receiptText, sealReceipt } from '../../scripts/core/record/receipt.ts';
import { git, gitAt } from './fast-import.ts';

export interface Tampering {
  name: string;
  /** Codes that must be among those found. */
  codes: string[];
  /** Not contradicted, only vouched for by nobody: fails with --strict. */
  strict?: true;
  /** @returns what the findings must name: a path, a commit, a digest; and arguments for verify */
  tamper(root: string): { names: string; args?: string[] };
}

export interface RecordFile {
  name: string;
  plan: Plan;
  receipt: Receipt;
}

/** Plans with receipts, in the order in which they were done. */
export function recordIn(root: string): RecordFile[] {
  return readdirSync(join(root, 'state/receipts'))
    .map((name) => {
      const receipt = parseReceipt(readFileSync(join(root, 'state/receipts', name), 'utf8'));
      const plan = parsePlan(name, readFileSync(join(root, 'state/plans', name), 'utf8'));
      if (!receipt.ok || !plan.ok) throw new Error(`${name} does not read`);
      return { name, plan: plan.plan, receipt: receipt.receipt };
    })
    .sort((a, b) => (a.receipt.finishedAt < b.receipt.finishedAt ? -1 : 1));
}

export function reseal(receipt: Receipt, change: Partial<Receipt>): Receipt {
  const { digest: _, version: __, ...body } = { ...receipt, ...change };
  return sealReceipt(body);
}

/** Commits everything, a minute after the commit before. @returns its id as findings show it */
export function commitAll(root: string, message = 'chore: tidy up', ...args: string[]): string {
  git(root, 'add', '--all');
  gitAt(minuteLater(root), root, 'commit', '--quiet', '--message', message, ...args);
  return git(root, 'rev-parse', 'HEAD').slice(0, 12);
}

function minuteLater(root: string): string {
  return new Date(Date.parse(git(root, 'log', '-1', '--format=%cI')) + 60_000).toISOString();
}

/** The second reviewed plan with its receipt: neither the first nor the last of the record. */
function reviewed(root: string): RecordFile {
  return recordIn(root).filter(({ plan }) => plan.lane === 'review')[1]!;
}

function rewrite(root: string, path: string, change: (text: string) => string): void {
  const before = readFileSync(join(root, path), 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${path} was not changed`);
  writeFileSync(join(root, path), after);
}

/** One file rewritten and committed. */
function editFile(root: string, path: string, change: (text: string) => string): { names: string } {
  rewrite(root, path, change);
  commitAll(root);
  return { names: path };
}

function personOf(root: string): string {
  return readdirSync(join(root, 'state/people'))
    .flatMap((shard) =>
      readdirSync(join(root, 'state/people', shard)).map((name) => `state/people/${shard}/${name}`),
    )
    .sort()
    .find((path) => readFileSync(join(root, path), 'utf8').includes('stage: active'))!;
}

/** HEAD written anew with another message or another author. */
function amend(root: string, ...args: string[]): string {
  gitAt(
    git(root, 'log', '-1', '--format=%cI'),
    root,
    'commit',
    '--quiet',
    '--amend',
    '--allow-empty',
    ...args,
  );
  return git(root, 'rev-parse', 'HEAD').slice(0, 12);
}

/** Back to the newest commit whose message has this. */
function resetTo(root: string, pattern: string): void {
  git(
    root,
    'reset',
    '--quiet',
    '--hard',
    git(root, 'log', '--first-parent', '--format=%H', `--grep=${pattern}`, '-1'),
  );
}

/** HEAD exchanged for a commit of this text. */
function replaceHead(root: string, commit: string): string {
  const file = join(root, '.git', 'forged');
  writeFileSync(file, `${commit}\n`);
  const id = git(root, 'hash-object', '-t', 'commit', '-w', file);
  git(root, 'reset', '--quiet', '--hard', id);
  return id.slice(0, 12);
}

export const TAMPERINGS: Tampering[] = [
  {
    name: 'an edited receipt',
    codes: ['broken-receipt', 'record-modified'],
    tamper(root) {
      const path = `state/receipts/${reviewed(root).name}`;
      return editFile(root, path, (text) => text.replace('"done"', '"skipped"'));
    },
  },
  {
    name: 'an edited receipt with a new digest',
    codes: ['chain-broken', 'record-modified'],
    tamper(root) {
      const { name, receipt } = reviewed(root);
      writeFileSync(
        join(root, 'state/receipts', name),
        receiptText(reseal(receipt, { approvedBy: ['mallory'] })),
      );
      commitAll(root);
      return { names: `state/receipts/${name}` };
    },
  },
  {
    name: 'a removed receipt',
    codes: ['record-deleted', 'chain-broken'],
    tamper(root) {
      const { name } = reviewed(root);
      rmSync(join(root, 'state/receipts', name));
      commitAll(root);
      return { names: `state/receipts/${name}` };
    },
  },
  {
    name: 'a receipt removed with its plan',
    codes: ['record-deleted', 'chain-broken'],
    tamper(root) {
      const { name } = reviewed(root);
      for (const folder of ['plans', 'receipts']) rmSync(join(root, 'state', folder, name));
      commitAll(root);
      return { names: `state/plans/${name}` };
    },
  },
  {
    name: 'the receipt of another plan',
    codes: ['broken-receipt', 'record-modified'],
    tamper(root) {
      const [first, second] = recordIn(root);
      writeFileSync(
        join(root, 'state/receipts', second!.name),
        readFileSync(join(root, 'state/receipts', first!.name), 'utf8'),
      );
      commitAll(root);
      return { names: `state/receipts/${second!.name}` };
    },
  },
  {
    name: 'a duplicate of a receipt under another day',
    codes: ['receipt-without-plan'],
    tamper(root) {
      const { name } = reviewed(root);
      const copy = `2026-01-01${name.slice(10)}`;
      writeFileSync(
        join(root, 'state/receipts', copy),
        readFileSync(join(root, 'state/receipts', name), 'utf8'),
      );
      commitAll(root);
      return { names: `state/receipts/${copy}` };
    },
  },
  {
    name: 'an edited plan',
    codes: ['broken-plan', 'record-modified'],
    tamper(root) {
      const path = `state/plans/${reviewed(root).name}`;
      return editFile(root, path, (text) => text.replace('"because": "', '"because": "as agreed, '));
    },
  },
  {
    name: 'a plan exchanged for another that is sealed again, with its receipt',
    codes: ['record-deleted', 'chain-broken'],
    tamper(root) {
      const { name, plan, receipt } = reviewed(root);
      const { digest: _, version: __, ...body } = plan;
      const actions = plan.actions.slice(1);
      const changed = sealPlan({ ...body, actions, counts: countByKind(actions) });
      const kept = new Set(actions.map(({ id }) => id));
      for (const folder of ['plans', 'receipts']) rmSync(join(root, 'state', folder, name));
      writeFileSync(join(root, 'state/plans', planName(changed)), planText(changed));
      const results = receipt.results.filter(({ action }) => kept.has(action));
      writeFileSync(
        join(root, 'state/receipts', planName(changed)),
        receiptText(reseal(receipt, { plan: changed.digest, results })),
      );
      commitAll(root);
      return { names: `state/plans/${name}` };
    },
  },
  {
    name: 'a chain in another order, every receipt of it sealed again',
    codes: ['chain-broken', 'record-modified'],
    tamper(root) {
      const [, , third, fourth] = recordIn(root);
      const later = reseal(fourth!.receipt, { previous: third!.receipt.previous });
      const earlier = reseal(third!.receipt, { previous: later.digest });
      writeFileSync(join(root, 'state/receipts', fourth!.name), receiptText(later));
      writeFileSync(join(root, 'state/receipts', third!.name), receiptText(earlier));
      commitAll(root);
      return { names: `state/receipts/${third!.name}` };
    },
  },
  {
    name: 'consequences edited into a person file',
    codes: ['person-edited'],
    tamper(root) {
      return editFile(root, personOf(root), (text) =>
        text.replace(/^ {2}groups:\n/m, '  groups:\n    Administrators: as agreed\n'),
      );
    },
  },
  {
    name: 'facts edited in a person file',
    codes: ['not-attested', 'not-signed'],
    strict: true,
    tamper(root) {
      const path = personOf(root);
      rewrite(root, path, (text) => text.replace(/^( {2}hireDate: ).*$/m, '$12001-01-01'));
      return { names: commitAll(root) };
    },
  },
  {
    name: 'pins that point to each other’s group',
    codes: ['pin-moved'],
    tamper(root) {
      rewrite(root, 'state/groups.yaml', (text) => {
        const ids = [...text.matchAll(/[0-9a-f]{24}/g)].map(([id]) => id);
        return text.replace(ids[0]!, 'X').replace(ids[1]!, ids[0]!).replace('X', ids[1]!);
      });
      commitAll(root);
      return { names: 'state/groups.yaml' };
    },
  },
  {
    name: 'a hold that nobody asked for',
    codes: ['not-attested', 'not-signed'],
    strict: true,
    tamper(root) {
      writeFileSync(
        join(root, 'state/holds.yaml'),
        'holds:\n  "1035":\n    by: ann\n    at: "2026-12-08T10:00:00Z"\n    reason: as agreed\n',
      );
      return { names: commitAll(root) };
    },
  },
  {
    name: 'facts edited in the app’s name, with forged trailers',
    codes: ['signature-missing'],
    tamper(root) {
      rewrite(root, personOf(root), (text) => text.replace(/^( {2}hireDate: ).*$/m, '$12001-01-01'));
      return {
        names: commitAll(
          root,
          'sync: facts of 1 person, no action\n\nSource: bamboohr\nAs-Of: 2026-12-11',
          '--author=rollcall[bot] <4242+rollcall[bot]@users.noreply.github.com>',
        ),
      };
    },
  },
  {
    name: 'trailers that claim another approval',
    codes: ['trailers-disagree'],
    tamper(root) {
      resetTo(root, '^Approved-by: ann');
      const message = git(root, 'log', '-1', '--format=%B');
      return { names: amend(root, '--message', message.replace('Approved-by: ann', 'Approved-by: ben')) };
    },
  },
  {
    name: 'trailers that claim another plan',
    codes: ['trailers-disagree'],
    tamper(root) {
      resetTo(root, '^Plan-Digest: ');
      const message = git(root, 'log', '-1', '--format=%B');
      return {
        names: amend(
          root,
          '--message',
          message.replace(/^Plan-Digest: .*$/m, `Plan-Digest: ${'0'.repeat(64)}`),
        ),
      };
    },
  },
  {
    name: 'a commit dated back before the one that it follows',
    codes: ['date-backwards'],
    tamper(root) {
      const date = '2026-12-01T09:00:00Z';
      resetTo(root, '^Plan-Digest: ');
      const commit = git(root, 'cat-file', 'commit', 'HEAD').replaceAll(
        /^(author|committer) (.*>) \d+ /gm,
        `$1 $2 ${Date.parse(date) / 1000} `,
      );
      return { names: replaceHead(root, commit) };
    },
  },
  {
    name: 'a receipt that a person’s pull request brings, for a plan that waits',
    codes: ['not-recorded'],
    tamper(root) {
      // As if the newest reviewed plan had not been applied yet.
      const { name, receipt } = recordIn(root)
        .filter(({ plan }) => plan.lane === 'review')
        .at(-1)!;
      const merge = git(
        root,
        'log',
        '--first-parent',
        '-m',
        '--diff-filter=A',
        '--format=%H',
        '--',
        `state/plans/${name}`,
      );
      git(root, 'reset', '--quiet', '--hard', merge);
      git(root, 'checkout', '--quiet', '-b', 'tidy');
      const results = receipt.results.map((result) => ({ ...result, outcome: 'already' as const }));
      writeFileSync(
        join(root, 'state/receipts', name),
        receiptText(reseal(receipt, { results, run: 'https://github.com/acme/identity/actions/runs/9' })),
      );
      commitAll(root, 'docs: tidy');
      git(root, 'checkout', '--quiet', 'main');
      gitAt(
        minuteLater(root),
        root,
        'merge',
        '--quiet',
        '--no-ff',
        '--message',
        'Merge pull request #9 from eve/tidy',
        'tidy',
      );
      return { names: `state/receipts/${name}` };
    },
  },
  {
    name: 'a history written anew without its newest plan and receipt',
    codes: ['rewritten-history', 'record-lost'],
    tamper(root) {
      const seen = git(root, 'rev-parse', 'HEAD');
      const { name } = recordIn(root).at(-1)!;
      const added = git(
        root,
        'log',
        '--first-parent',
        '-m',
        '--diff-filter=A',
        '--format=%H',
        '--',
        `state/plans/${name}`,
      );
      git(root, 'reset', '--quiet', '--hard', `${added}~1`);
      return { names: `state/receipts/${name}`, args: ['--against', seen] };
    },
  },
];

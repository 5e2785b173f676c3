/** A checkout in a temporary folder with mappings, a record and people, and the door over it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Plan, planName, planText } from '../../scripts/core/plan/plan-file.ts';
import type { RecordedPlan } from '../../scripts/core/record/ledger.ts';
import { receiptText } from '../../scripts/core/record/receipt.ts';
import { personFileOf } from '../../scripts/core/values/hr-id.ts';
import { door } from '../../scripts/notify.ts';
import { openDoor } from '../../scripts/shell/door.ts';
import { createOutside } from '../shell/outside.ts';

const run = promisify(execFile);

export interface Ran {
  exit: number;
  out: string;
  err: string;
  json: NotifyDocument;
}

export interface NotifyDocument {
  sent: number;
  failed: number;
  skipped: number;
  messages: {
    event: string;
    channel: string;
    people: number;
    title: string;
    outcome: string;
    lines?: string[];
  }[];
  warnings: string[];
}

export interface Checkout {
  root: string;
  write(path: string, text: string): Promise<void>;
  record(...recorded: RecordedPlan[]): Promise<void>;
  plan(plan: Plan): Promise<void>;
  person(id: string, facts: Record<string, string>, more?: { stage?: string; hold?: string }): Promise<void>;
  git(...args: string[]): Promise<string>;
  /** Everything that is there becomes the commit that is checked out. */
  commit(): Promise<void>;
  notify(environment: Record<string, string>, ...args: string[]): Promise<Ran>;
  close(): Promise<void>;
}

export async function createCheckout(options: { git?: boolean; notifications: string }): Promise<Checkout> {
  const root = await mkdtemp(join(tmpdir(), 'rollcall-notify-'));
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const git = async (...args: string[]): Promise<string> =>
    (
      await run('git', [
        '-C',
        root,
        '-c',
        'user.name=t',
        '-c',
        'user.email=t@example.com',
        '-c',
        'commit.gpgsign=false',
        ...args,
      ])
    ).stdout;
  await write('mappings/notifications.yaml', options.notifications);
  await mkdir(join(root, 'state'), { recursive: true });
  if (options.git !== false) {
    await git('init', '--quiet', '-b', 'main');
    await write('.gitignore', 'state/export.json\nstate/notified.json\n');
  }
  const checkout: Checkout = {
    root,
    write,
    git,
    plan: (plan) => write(`state/plans/${planName(plan)}`, planText(plan)),
    async record(...recorded) {
      for (const { plan, receipt } of recorded) {
        await checkout.plan(plan);
        if (receipt !== undefined) await write(`state/receipts/${planName(plan)}`, receiptText(receipt));
      }
    },
    person: (id, facts, more = {}) =>
      write(
        personFileOf(id),
        `${[
          `employee: ${JSON.stringify({ id, ...facts })}`,
          `stage: ${more.stage ?? 'active'}`,
          ...(more.hold === undefined ? [] : [`hold: { code: ${more.hold}, message: CANARY-hold-message }`]),
        ].join('\n')}\n`,
      ),
    async commit() {
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '-m', 'state');
    },
    async notify(environment, ...args) {
      const outside = createOutside(['--root', root, '--json', ...args], { environment, folder: root });
      const exit = await openDoor(door, outside);
      const out = outside.out();
      return { exit, out, err: outside.err(), json: JSON.parse(out) as NotifyDocument };
    },
    close: () => rm(root, { recursive: true }),
  };
  if (options.git !== false) await checkout.commit();
  return checkout;
}

/** Somebody else's commit, made on order: at once, or in the moment between a client's read and its write. */
import { z } from 'zod';
import type { Call } from '../kit/service.ts';
import { readCommit, writeWebCommit } from './commit-making.ts';
import { buildTree, type TreeChange } from './git/trees.ts';
import { announceRefMove, swapRef } from './refs.ts';
import { SeedError } from '../kit/service.ts';
import type { View } from './routing.ts';
import type { Actor } from './people.ts';
import { accountOf, type Interleave, type Repository } from './world.ts';

type InTurn = <T>(repository: Repository, work: () => Promise<T>) => Promise<T>;

const PushOrder = z.strictObject({
  /** Repository by full name; absent: the first one. */
  repository: z.string().optional(),
  branch: z.string().default('main'),
  login: z.string().default('somebody'),
  message: z.string().default('edited by somebody'),
  /** New text of each file; null removes it. */
  files: z.record(z.string(), z.string().nullable()),
});
export type PushOrder = z.infer<typeof PushOrder>;

const InterleaveOrder = PushOrder.omit({ repository: true }).extend({
  method: z.string().optional(),
  /** Path prefix of the request before which the commit is made. */
  path: z.string(),
  times: z.number().int().positive().default(1),
});

export function parsePushOrder(input: unknown): PushOrder {
  return parse(PushOrder, input);
}

/** Orders for `PUT /_emulator/interleaves`. */
export function parseInterleaves(input: unknown): Interleave[] {
  return parse(z.array(InterleaveOrder), input).map(({ branch, method, ...rest }) => ({
    ...rest,
    method: method?.toUpperCase(),
    ref: `refs/heads/${branch}`,
  }));
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SeedError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not an order'}`);
}

/** Makes the commits that were ordered for this request. */
export async function interleave(
  view: View,
  repository: Repository,
  call: Call,
  inTurn: InTurn,
): Promise<void> {
  const path = call.path.replace(/^\/api\/v3/, '');
  for (const order of view.world.interleaves) {
    if (order.times <= 0 || !path.startsWith(order.path)) continue;
    if (order.method !== undefined && order.method !== call.method) continue;
    order.times -= 1;
    await inTurn(repository, async () => pushCommit(view, repository, order, call.now));
  }
}

/** Puts one commit of a person with every right on a branch, rules or not; returns its id. */
export async function pushCommit(
  view: View,
  repository: Repository,
  order: Pick<Interleave, 'ref' | 'login' | 'message' | 'files'>,
  now: Date,
): Promise<string> {
  const base = await readCommit(repository, order.ref);
  const standing = Object.entries(order.files);
  const changes: TreeChange[] = standing.map(([path, text]) =>
    text === null
      ? { path, mode: '100644', sha: null }
      : { path, mode: '100644', content: Buffer.from(text, 'utf8') },
  );
  const tree = await buildTree(repository.store, base?.tree, changes);
  if (!tree.ok) throw new SeedError(`${tree.missing} is not on ${order.ref}`);
  const account = accountOf(view.world, order.login);
  const parents = base === undefined ? [] : [base.sha];
  const commit = await writeWebCommit(
    repository,
    account,
    { tree: tree.sha, parents, message: order.message },
    now,
  );
  const move = { ref: order.ref, from: base?.sha, to: commit.sha };
  if (!(await swapRef(repository, move))) throw new Error(`${order.ref} could not be moved`);
  const actor: Actor = {
    account,
    kind: account.type === 'Bot' ? 'App' : 'User',
    role: 'admin',
    permissions: undefined,
    bypass: true,
    appId: undefined,
  };
  await announceRefMove(view, repository, actor, move, now);
  return commit.sha;
}

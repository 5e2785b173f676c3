/** Control routes that only this emulator has, beside the kit's: what would have started, and disasters on order. */
import { z } from 'zod';
import { SeedError, type Answer } from '../kit/service.ts';
import { addToken } from './building.ts';
import { parseInterleaves, parsePushOrder, pushCommit } from './interleaving.ts';
import type { View } from './routing.ts';
import { TokenSeed } from './seed.ts';
import { listEvents } from './triggers.ts';
import { instant, nextId, type Repository } from './world.ts';

const Lags = z.strictObject({
  repository: z.string().optional(),
  commitPulls: z.number().int().min(0).optional(),
  mergeable: z.number().int().min(0).optional(),
});
const RunOrder = z.strictObject({
  repository: z.string().optional(),
  /** Of a run that was told before, which this ends; absent: another one. */
  id: z.int().optional(),
  workflow: z.string().min(1),
  /** null: it has not ended. */
  conclusion: z.string().nullable().default('success'),
  event: z.string().default('schedule'),
  branch: z.string().default('main'),
  /** When it began, or ended where it has; absent: now. */
  at: z.iso.datetime().optional(),
});
const TokenOrder = TokenSeed.extend({ repository: z.string().optional(), token: z.string().min(1) });

/**
 * `GET|DELETE /events`, `PUT /lags`, `PUT /interleaves`, `POST /commits`, `POST /runs`, `POST|DELETE /tokens`; undefined for anything else.
 * @throws SeedError for an order that makes no sense.
 */
export async function controlGitHub(
  view: View,
  method: string,
  path: string,
  body: Buffer,
  now: Date,
  inTurn: <T>(repository: Repository, work: () => Promise<T>) => Promise<T>,
): Promise<Answer | undefined> {
  const { world } = view;
  const input = (): unknown => JSON.parse(body.toString('utf8'));
  switch (`${method} ${path}`) {
    case 'GET /events':
      return { status: 200, json: listEvents(world.repositories.values()) };
    case 'DELETE /events':
      for (const { events } of world.repositories.values()) events.length = 0;
      return { status: 204 };
    case 'PUT /lags': {
      const { repository, ...lags } = parse(Lags, input());
      const target = pick(view, repository);
      target.lags = {
        commitPulls: lags.commitPulls ?? target.lags.commitPulls,
        mergeable: lags.mergeable ?? target.lags.mergeable,
      };
      return { status: 204 };
    }
    case 'PUT /interleaves':
      world.interleaves = parseInterleaves(input());
      return { status: 204 };
    case 'POST /commits': {
      const order = parsePushOrder(input());
      const target = pick(view, order.repository);
      const push = { ...order, ref: `refs/heads/${order.branch}` };
      return {
        status: 201,
        json: { sha: await inTurn(target, async () => pushCommit(view, target, push, now)) },
      };
    }
    case 'POST /runs': {
      const { repository, at = instant(now), id = nextId(world), ...run } = parse(RunOrder, input());
      const { runs } = pick(view, repository);
      const told = runs.find((each) => each.id === id);
      if (told === undefined) runs.push({ id, begunAt: at, at, ...run });
      else Object.assign(told, run, { at });
      return { status: 204 };
    }
    case 'POST /tokens': {
      const { token, repository, ...seed } = parse(TokenOrder, input());
      addToken(world, pick(view, repository), token, seed);
      return { status: 204 };
    }
    case 'DELETE /tokens': {
      const { token } = parse(z.strictObject({ token: z.string() }), input());
      for (const { tokens } of world.repositories.values()) tokens?.delete(token);
      return { status: 204 };
    }
    default:
      return undefined;
  }
}

function pick({ world }: View, name: string | undefined): Repository {
  const found =
    name === undefined
      ? world.repositories.values().next().value
      : world.repositories.get(name.toLowerCase());
  if (found === undefined) throw new SeedError(`there is no repository ${name ?? ''}`);
  return found;
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SeedError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not an order'}`);
}

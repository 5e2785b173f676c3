/** What a seed's references mean: a name or an id. */
import { SeedError } from '../kit/service.ts';
import { canAssociate } from './associations.ts';
import type { GraphNode } from './graph.ts';
import { isObjectId } from './object-id.ts';
import type { Seed } from './seed.ts';
import { mintId, type World } from './world.ts';

/** Where something stands in the seed. */
export type SeedPath = readonly (string | number)[];

const SOURCE_TYPES = {
  user: 'user',
  userGroup: 'user_group',
  systemGroup: 'system_group',
  system: 'system',
} as const;

/** People, groups and devices must be listed; policies, applications and the like come into being when named. */
const MUST_BE_LISTED = new Set(['user', 'user_group', 'system_group', 'system']);

export interface References {
  /** @throws SeedError when nothing of that type is called so. */
  resolve(type: string, reference: string, path: SeedPath): GraphNode;
}

/** Indexes the world as it is now; what comes later is found by its id only. */
export function indexReferences(world: World): References {
  const byName = new Map<string, string>();
  const remember = (type: string, name: unknown, id: string): void => {
    const key = `${type} ${String(name)}`;
    if (typeof name === 'string' && !byName.has(key)) byName.set(key, id);
  };
  for (const group of world.groups.values()) remember(group.type, group.name, group.id);
  for (const { type, id, name, fields } of world.objects.values())
    for (const alias of [name, fields['displayName'], fields['hostname'], fields['name']])
      remember(type, alias, id);

  function find(type: string, reference: string): string | undefined {
    if (type === 'user') return (world.users.byUsername(reference) ?? world.users.get(reference))?.id;
    const named = byName.get(`${type} ${reference}`);
    if (named !== undefined) return named;
    const known = world.groups.get(reference) ?? world.objects.get(reference);
    return known?.type === type ? reference : undefined;
  }

  return {
    resolve(type, reference, path) {
      const found = find(type, reference);
      if (found !== undefined) return { type, id: found };
      if (MUST_BE_LISTED.has(type))
        throw new SeedError(`jumpcloud.${path.join('.')}: there is no ${type} ${reference}`, path);
      const id = isObjectId(reference) ? reference : mintId(world, 'seed', type, reference);
      world.usedIds.add(id);
      world.objects.set(id, { id, type, name: reference, fields: { name: reference } });
      remember(type, reference, id);
      return { type, id };
    },
  };
}

/** @throws SeedError when a side is missing, unknown or of a type that cannot be bound. */
export function resolveAssociation(
  references: References,
  seed: Seed['associations'][number],
  path: SeedPath,
): [GraphNode, GraphNode] {
  const place = `jumpcloud.${path.join('.')}`;
  for (const [key, type] of Object.entries(SOURCE_TYPES)) {
    const reference = seed[key as keyof typeof SOURCE_TYPES];
    if (reference === undefined) continue;
    if (!canAssociate(type, seed.type))
      throw new SeedError(`${place}: a ${type} cannot be bound to a ${seed.type}`, [...path, 'type']);
    const from = references.resolve(type, reference, [...path, key]);
    return [from, references.resolve(seed.type, seed.target, [...path, 'target'])];
  }
  throw new SeedError(`${place}: needs a user, userGroup, systemGroup or system`, path);
}

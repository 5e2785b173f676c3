/** Groups by name and pinned id: one that is in doubt is frozen alone, and what it froze is not given back either. */
import { expect, test } from 'vitest';
import { settle } from '../../simulate.ts';
import {
  accountId,
  change,
  employee,
  giveByHand,
  GROUPS,
  planWorld,
  policyOf,
  type World,
  worldOf,
} from '../../world.ts';

const SALES = accountId('group Sales');
const joinsOf = (world: World, input: Parameters<typeof planWorld>[1] = {}): string[] =>
  planWorld(world, input).actions.flatMap(({ kind, after }) =>
    kind === 'join-group' ? [(after as { group: string }).group] : [],
  );
const codesOf = (world: World, input: Parameters<typeof planWorld>[1] = {}): string[] =>
  planWorld(world, input).findings.map(({ code, subject }) => `${code} ${subject ?? ''}`);

/** Somebody who moves to Sales, in London. */
function moving(): World {
  const world = worldOf([employee('1'), employee('2')]);
  change(world, '1', { department: 'Sales' });
  return world;
}

test('a group of the name and the pinned id is joined, and pinned when first seen', () => {
  expect(joinsOf(moving())).toEqual(['Sales']);
  expect(joinsOf(moving(), { pins: { Sales: SALES } })).toEqual(['Sales']);
  expect(planWorld(moving()).pins).toMatchObject({ Sales: SALES });
});

test('a name that reads like what every object has is pinned to nothing', () => {
  const world = moving();
  const policy = policyOf({ groups: `${GROUPS}  - { group: constructor, when: "false" }\n` });
  expect(codesOf(world, { policy })).toEqual(['group-missing constructor']);
});

test('two of one name freeze that name, and nothing else', () => {
  const world = moving();
  world.live.groups.set('e'.repeat(24), { ...world.live.groups.get(SALES)!, id: 'e'.repeat(24) });
  change(world, '2', { location: 'Paris' });
  expect(joinsOf(world)).toEqual([]);
  expect(codesOf(world)).toEqual(['group-doubled Sales']);
});

test('another id behind the name, or another name behind the id, freezes it and keeps the pin', () => {
  const gone = { pins: { Sales: 'f'.repeat(24) } };
  expect(joinsOf(moving(), gone)).toEqual([]);
  expect(codesOf(moving(), gone)).toEqual(['group-gone Sales']);
  expect(planWorld(moving(), gone).pins).toMatchObject(gone.pins);
  const renamed = moving();
  renamed.live.groups.set(SALES, { ...renamed.live.groups.get(SALES)!, name: 'Sellers' });
  expect(codesOf(renamed, { pins: { Sales: SALES } })).toEqual(['group-renamed Sales']);
  expect(joinsOf(renamed, { pins: { Sales: SALES } })).toEqual([]);
});

test.each([
  ['dynamic', { membershipMethod: 'DYNAMIC_REVIEW_REQUIRED' as const }, '{}', 'group-dynamic Sales'],
  ['protected', {}, 'protected: { groups: [Sales] }', 'group-protected Sales'],
])('a group that is %s is never written', (_name, change_, guardrails, code) => {
  const world = moving();
  world.live.groups.set(SALES, { ...world.live.groups.get(SALES)!, ...change_ });
  world.policy = policyOf({ guardrails });
  expect(joinsOf(world)).toEqual([]);
  expect(codesOf(world)).toEqual([code]);
});

test('one that is missing is made only where the mappings ask for it', () => {
  const world = moving();
  world.live.groups.delete(SALES);
  expect(codesOf(world)).toEqual(['group-missing Sales']);
  expect(planWorld(world).actions.some(({ kind }) => kind === 'create-group')).toBe(false);
  world.policy = policyOf({ groups: GROUPS.replace('{ group: Sales,', '{ group: Sales, create: true,') });
  const planned = planWorld(world);
  expect(planned.actions.filter(({ kind }) => kind === 'create-group')).toMatchObject([{ target: 'Sales' }]);
  expect(joinsOf(world)).toEqual([]);
});

test('back from leave nobody gets back into a group that has been closed meanwhile', () => {
  const back = (guardrails: string, method: 'STATIC' | 'DYNAMIC_AUTOMATED', groups = GROUPS): string[] => {
    const world = worldOf([employee('1'), employee('2')]);
    const vpn = giveByHand(world, 'VPN', '1');
    change(world, '1', { employmentStatus: 'Furloughed' });
    settle(world);
    change(world, '1', { employmentStatus: 'Full-Time' });
    world.live.groups.set(vpn, { ...world.live.groups.get(vpn)!, membershipMethod: method });
    world.policy = policyOf({ guardrails, groups });
    return joinsOf(world).filter((group) => group === 'VPN');
  };
  expect(back('{}', 'STATIC')).toEqual(['VPN']);
  expect(back('protected: { groups: [VPN] }', 'STATIC')).toEqual([]);
  expect(back('{}', 'DYNAMIC_AUTOMATED')).toEqual([]);
  const rule = (members: string): string =>
    `${GROUPS}  - { group: VPN, when: "false", members: ${members} }\n`;
  expect(back('{}', 'STATIC', rule('exact'))).toEqual([]);
  expect(back('{}', 'STATIC', rule('none'))).toEqual([]);
  expect(back('{}', 'STATIC', rule('given'))).toEqual(['VPN']);
});

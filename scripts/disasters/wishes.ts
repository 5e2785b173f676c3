/** What ought to come of a day, told in the words of people and held against JumpCloud's own facts. */
import type { DirectoryState, Facts } from './facts.ts';
import { ANY, type Wanted } from './score.ts';

/** Each adds to what ought to change; ids are HR ids, groups go by name. */
export interface Wishes {
  /** Suspended, and out of every group, device and application. */
  exit(id: string): void;
  /** An account comes into being; its profile is HR's business, its state and groups are named here. */
  account(id: string, state: 'ACTIVATED' | 'STAGED', groups: string[]): void;
  state(id: string, state: string): void;
  field(id: string, field: string, value: string | undefined): void;
  join(id: string, ...groups: string[]): void;
  leave(id: string, ...groups: string[]): void;
  /** What an exit of this story took of devices and applications is there again. */
  rebind(id: string): void;
  /** A state that JumpCloud is told to set at an instant. */
  armed(id: string, state: string, instant: string): void;
  /** Allowed, not asked for. */
  allow(key: string): void;
}

/** @param before what JumpCloud was when the stretch began; `state` names its groups; `taken` are bindings that the story ended */
export function makeWishes(
  before: Facts,
  state: DirectoryState,
  taken: ReadonlySet<string>,
): { wishes: Wishes; wanted: Wanted } {
  const wanted = new Map<string, string | undefined>();
  const groupIds = new Map(state.userGroups.map(({ id, name }) => [name, id]));
  const set = (key: string, value: string | undefined): void => void wanted.set(key, value);
  const member = (id: string, group: string): string => {
    const groupId = groupIds.get(group);
    if (groupId === undefined) throw new RangeError(`JumpCloud has no group ${group}`);
    return `member ${groupId} hr:${id}`;
  };
  const wishes: Wishes = {
    exit(id) {
      wishes.state(id, 'SUSPENDED');
      for (const key of before.keys()) {
        const [kind, second, third] = key.split(' ');
        if ((kind === 'member' && third === `hr:${id}`) || (kind === 'bound' && second === `hr:${id}`))
          set(key, undefined);
      }
    },
    account(id, state, groups) {
      set(`user hr:${id}`, 'there');
      set(`user hr:${id} *`, ANY);
      wishes.state(id, state);
      wishes.join(id, ...groups);
    },
    state: (id, state) => set(`user hr:${id} state`, JSON.stringify(state)),
    field: (id, field, value) =>
      set(`user hr:${id} ${field}`, value === undefined ? undefined : JSON.stringify(value)),
    join: (id, ...groups) => groups.forEach((group) => set(member(id, group), 'in')),
    leave: (id, ...groups) => groups.forEach((group) => set(member(id, group), undefined)),
    rebind(id) {
      for (const key of taken) if (key.startsWith(`bound hr:${id} `)) set(key, 'bound');
    },
    armed: (id, state, instant) => set(`armed hr:${id} ${state} ${new Date(instant).toISOString()}`, '1'),
    allow: (key) => set(key, ANY),
  };
  return { wishes, wanted };
}

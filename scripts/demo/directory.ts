/** What JumpCloud has now, read back from the emulator and told in people's words. */
import { Temporal } from 'temporal-polyfill';
import type { EmulatedVendors } from './emulated-vendors.ts';

interface User {
  _id: string;
  username: string;
  state: string;
  employeeIdentifier?: string | null;
  jobTitle?: string;
  department?: string;
  displayname?: string;
  manager?: string | null;
  phoneNumbers?: { type: string; number: string }[];
}

interface Named {
  _id: string;
  name?: string;
  displayName?: string;
}

interface State {
  users: User[];
  userGroups: { name: string; members: string[] }[];
  systems: Named[];
  policies: Named[];
  associations: { user?: string; type: string; target: string }[];
  scheduled: { user: string; state: string; scheduledDate: string }[];
  emails?: { kind: string; to: string; at: string }[];
}

export interface Directory {
  accounts: number;
  linked: number;
  states: Record<string, number>;
  /** "ada.lovelace: ACTIVATED; groups All Staff, Engineering". */
  account(id: string): string;
  /** What is armed for a person, in company time. */
  armed(id: string): string[];
  mailsTo(address: string): string[];
  /** Devices and policies bound to a person. */
  bindings(id: string): string[];
  profile(id: string): User;
}

export async function readDirectory(vendors: EmulatedVendors, timeZone: string): Promise<Directory> {
  const state = await vendors.control<State>('jumpcloud', 'GET', '/state');
  const byId = new Map(state.users.map((user) => [user.employeeIdentifier ?? '', user]));
  const find = (id: string): User => {
    const user = byId.get(id);
    if (user === undefined) throw new Error(`JumpCloud has no account of ${id}`);
    return user;
  };
  const isOf = (user: User, reference: string | undefined): boolean =>
    reference === user.username || reference === user._id;
  const things = new Map(
    [...state.systems, ...state.policies].map(({ _id, displayName, name }) => [
      _id,
      displayName ?? name ?? _id,
    ]),
  );
  const states: Record<string, number> = {};
  for (const user of state.users) states[user.state] = (states[user.state] ?? 0) + 1;
  return {
    accounts: state.users.length,
    linked: state.users.filter(({ employeeIdentifier }) => (employeeIdentifier ?? '') !== '').length,
    states,
    account(id) {
      const user = find(id);
      const groups = state.userGroups
        .filter(({ members }) => members.some((member) => isOf(user, member)))
        .map(({ name }) => name)
        .sort();
      return `${user.username}: ${user.state}; ${groups.length === 0 ? 'no groups' : groups.join(', ')}`;
    },
    armed(id) {
      const user = find(id);
      return state.scheduled
        .filter((job) => isOf(user, job.user))
        .map((job) => `${job.state} on ${companyTime(job.scheduledDate, timeZone)}`);
    },
    mailsTo: (address) =>
      (state.emails ?? [])
        .filter(({ to }) => to === address)
        .map(({ kind, at }) => `${kind} ${companyTime(at, timeZone)}`),
    bindings(id) {
      const user = find(id);
      return state.associations
        .filter((each) => isOf(user, each.user))
        .map(({ type, target }) => `${type === 'system' ? 'device' : type} ${things.get(target) ?? target}`)
        .sort();
    },
    profile: find,
  };
}

/** `2026-12-11 00:00` */
export function companyTime(instant: string, timeZone: string): string {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone);
  return `${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit: 'minute' })}`;
}

/** JumpCloud as it is: what the planner compares with. Ids are JumpCloud's (24 hex). */

export type LiveState = 'STAGED' | 'ACTIVATED' | 'SUSPENDED';

export interface LiveAccount {
  id: string;
  username: string;
  email: string;
  state: LiveState;
  /** `employeeIdentifier`, or '' when there is none. */
  anchor: string;
  /** Account id of the manager, or null. */
  manager: string | null;
  /** Flat names as in mappings/attributes.yaml; empty values left out. */
  attributes: Record<string, string>;
  /** A console administrator's login is attached: suspending the user leaves that login alive. */
  admin: boolean;
  /** Profile fields owned by another source (Active Directory, SCIM): a write may be refused. */
  restricted: string[];
  /** JumpCloud's answer about this one makes no sense: it is there, and nothing else is to be believed. */
  unreadable?: true;
}

export type MembershipMethod = 'NOTSET' | 'STATIC' | 'DYNAMIC_REVIEW_REQUIRED' | 'DYNAMIC_AUTOMATED';

export interface LiveGroup {
  id: string;
  name: string;
  membershipMethod: MembershipMethod;
  /** Account ids of direct members. */
  members: ReadonlySet<string>;
}

export interface LiveBinding {
  /** system, system_group, policy, policy_group or application. */
  type: string;
  id: string;
  name: string;
}

/** A state change that JumpCloud will make by itself. */
export interface ArmedState {
  job: string;
  account: string;
  state: 'ACTIVATED' | 'SUSPENDED';
  /** ISO instant, UTC. */
  at: string;
}

export interface LiveDirectory {
  accounts: LiveAccount[];
  /** Every user group: id and name. */
  groupNames: { id: string; name: string }[];
  /** Groups that the mappings name or the record knows, read in full; by id. */
  groups: ReadonlyMap<string, LiveGroup>;
  /** All groups of the people who are leaving or on leave; by account id. */
  memberships: ReadonlyMap<string, { id: string; name: string }[]>;
  /** Direct bindings of the people whose bindings matter; by account id. */
  bindings: ReadonlyMap<string, LiveBinding[]>;
  /** Things that devices.yaml may bind to, by `type:name`. */
  bindable: ReadonlyMap<string, LiveBinding>;
  armed: ArmedState[];
  /** SSH keys of leavers, when policy removes them: account id -> key ids. */
  sshKeys: ReadonlyMap<string, string[]>;
  /** Accounts of which something should have been read and could not be. */
  unread?: ReadonlySet<string>;
  /** How many accounts JumpCloud has, where only some were read and a budget asks for it. */
  total?: number | undefined;
}

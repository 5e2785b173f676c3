/** What an edit of the mappings would do to real people: the difference of two derivations over the same facts. */
import type { AccountState, Stage } from '../people/person-file.ts';
import type { Problem } from '../values/failure.ts';
import type { PeopleNames } from './plan-view.ts';

/** A line in mappings/. */
export interface Place {
  file: string;
  line: number;
}

export interface Membership {
  group: string;
  /** Joined: why the new rules want it. Left: why the old rules wanted it. */
  because: string;
  /** The rule: of the new mappings when joined, of the old ones when left; undefined when it cannot be told. */
  at?: Place;
}

export interface BindingChange {
  /** `type:name`, as in devices.yaml. */
  binding: string;
  because: string;
  at?: Place;
}

export interface ValueChange {
  /** Attribute, or `username`, `email`, `manager` (HR ids). */
  name: string;
  before: string | null;
  after: string | null;
  at?: Place;
}

export interface PreviewPerson {
  person: string;
  joins: Membership[];
  leaves: Membership[];
  binds: BindingChange[];
  unbinds: BindingChange[];
  values: ValueChange[];
  stage?: { before: Stage; after: Stage; because?: string };
  /** Desired state of the account, where the edit changes it. */
  account?: { before: AccountState; after: AccountState };
}

/** A group that no rule names any more: who is in it stays in it, and Rollcall no longer looks. */
export interface ReleasedGroup {
  group: string;
  /** Members whom Rollcall gave it and no longer looks after. */
  people: number;
  /** Where the old mappings named it. */
  at?: Place;
}

export interface PreviewDelta {
  /** Only people for whom anything changes, by id. */
  people: PreviewPerson[];
  names: PeopleNames;
  /** People that the mappings were tried on. */
  tried: number;
  /** Groups that the edit names for the first time. */
  added: string[];
  released: ReleasedGroup[];
  /** Groups of guardrails.yaml (old and new) whose memberships are privileged or protected: shown first. */
  sensitive: string[];
  /** What is wrong with the edited mappings. With any error nothing else can be told. */
  problems: Problem[];
  /** examples.yaml of the edit: how many passed, and the ones that failed are among the problems. */
  examples?: { passed: number; failed: number };
}

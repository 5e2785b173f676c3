/** What JumpCloud's own log (Directory Insights) tells of changes: who, when, what; ids are JumpCloud's. */

export interface EventActor {
  id: string;
  /** admin, service_account, system, systemuser … */
  type: string;
  /** Address, name or user name, as the log has it; text of strangers. */
  name: string;
  /** `jumpcloud:scim`, `jumpcloud:dynamic_group` …; '' when the log says nothing. */
  source: string;
}

export interface EventEnd {
  type: string;
  id: string;
}

export interface DirectoryEvent {
  id: string;
  /** ISO instant, UTC. */
  at: string;
  /** user_create, user_update, association_change … */
  type: string;
  by: EventActor;
  /** How the actor proved who they are: session, api-key …; '' when the log says nothing. */
  method: string;
  resource: EventEnd;
  /** Changed fields, in JumpCloud's names. */
  changes: { field: string; to: unknown }[];
  /** Of an association_change: what was bound to what, or taken from it. */
  association?: { op: string; ends: EventEnd[] };
}

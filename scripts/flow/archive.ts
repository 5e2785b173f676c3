/** The repository as an auditor opens it. Implemented over git by adapters/files; nothing here is of the working tree but `workingBlobs`. */
import type { Entry } from '../core/audit/aged-entries.ts';
import type { History } from '../core/audit/history.ts';
import type { Policy } from '../core/mappings/policy.ts';
import type { PersonFile } from '../core/people/person-file.ts';
import type { Hold } from '../core/record/holds-file.ts';

export interface Archive {
  history: History;
  /** The commit that is looked at: the newest of main. */
  head: string;
  /** Path below state/ -> blob, at head. */
  state: ReadonlyMap<string, string>;
  /** Texts of all files of head below `folder` (`state/plans`), by name. */
  texts(folder: string): Promise<Map<string, string>>;
  /** A person file by blob; undefined when it does not read. */
  person(blob: string): Promise<PersonFile | undefined>;
  /** state/groups.yaml by blob: name -> id; empty when it does not read. */
  pins(blob: string): Promise<Readonly<Record<string, string>>>;
  /** state/holds.yaml by blob: HR id -> hold; empty when it does not read. */
  holds(blob: string): Promise<Readonly<Record<string, Hold>>>;
  /** Exceptions, or overrides of guardrails, in a version of their file; null: the file was removed; undefined: it does not read. */
  entries(path: string, blob: string | null): Promise<Entry[] | undefined>;
  /** Files below a folder in a commit: path from the root -> blob. */
  filesAt(commit: string, folder: string): Promise<Map<string, string>>;
  /** The mappings of a commit, compiled once for each state they were in; undefined when they do not compile. */
  policyAt(commit: string): Promise<Policy | undefined>;
  /** Path -> what git would call the file that lies there now, below state/. */
  workingBlobs(): ReadonlyMap<string, string>;
  close(): void;
}

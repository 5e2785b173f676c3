/** What a verb finds in a checkout and leaves there. Implemented over the files by adapters/files. */
import type { Policy } from '../core/mappings/policy.ts';
import type { PersonFile } from '../core/people/person-file.ts';
import type { GroupPins } from '../core/plan/group-index.ts';
import type { Plan } from '../core/plan/plan-file.ts';
import type { Hold } from '../core/record/holds-file.ts';
import type { RecordedPlan } from '../core/record/ledger.ts';
import type { Manifest } from '../core/record/manifest.ts';
import type { Receipt } from '../core/record/receipt.ts';

/** Reading throws badInput with every problem's place; writing is atomic, file by file. */
export interface Workspace {
  readPolicy(): Promise<Policy>;
  /** Everybody in state/people. With a manifest, files that were edited since export wrote them are bad input. */
  readPeople(manifest: Manifest | undefined): Promise<PersonFile[]>;
  /** Every plan with its receipt; one that fails its digest, schema or name is bad input. */
  readRecord(): Promise<RecordedPlan[]>;
  readPins(): Promise<GroupPins>;
  readHolds(): Promise<Readonly<Record<string, Hold>>>;
  readManifest(): Promise<Manifest | undefined>;
  /** Unchanged people leave byte-identical files. @returns files that changed, and sha256 of all. */
  writePeople(
    people: PersonFile[],
  ): Promise<{ written: string[]; unchanged: number; digests: Record<string, string> }>;
  writeManifest(manifest: Manifest): Promise<void>;
  writePlan(plan: Plan): Promise<string>;
  writePins(pins: GroupPins): Promise<void>;
  /** Never overwrites one. @returns its path. */
  writeReceipt(name: string, receipt: Receipt): Promise<string>;
}

/** A checkout as a verb sees it: mappings to read, state to read and to add to. */
import { compilePolicy, type Policy } from '../../core/mappings/policy.ts';
import type { PersonFile } from '../../core/people/person-file.ts';
import type { Plan } from '../../core/plan/plan-file.ts';
import type { Hold } from '../../core/record/holds-file.ts';
import type { RecordedPlan } from '../../core/record/ledger.ts';
import type { Manifest } from '../../core/record/manifest.ts';
import type { Receipt } from '../../core/record/receipt.ts';
import { badInput } from '../../core/values/failure.ts';
import { readMappings } from './mappings-folder.ts';
import { readPeople, writePeople } from './people-folder.ts';
import { readRecord, readRecordTexts, type RecordTexts, writePlan, writeReceipt } from './record-folder.ts';
import { readHolds, readManifest, readPins, writeHolds, writeManifest, writePins } from './state-files.ts';

/** Reading throws exit 2 with every problem's place; writing is atomic, file by file, and removes nothing. */
export interface FilesWorkspace {
  readonly root: string;
  readPolicy(): Promise<Policy>;
  /** Everybody in state/people. With a manifest, files that were edited since export wrote them are bad input. */
  readPeople(manifest: Manifest | undefined): Promise<PersonFile[]>;
  /** Every plan with its receipt; one that fails its digest, schema or name is bad input. */
  readRecord(): Promise<RecordedPlan[]>;
  /** The bytes of plans and receipts, unread. */
  readRecordTexts(): Promise<RecordTexts>;
  readPins(): Promise<Record<string, string>>;
  readHolds(): Promise<Record<string, Hold>>;
  readManifest(): Promise<Manifest | undefined>;
  /** Unchanged people leave byte-identical files; `written` are paths, `digests` sha256 by path. */
  writePeople(
    people: PersonFile[],
  ): Promise<{ written: string[]; unchanged: number; digests: Record<string, string> }>;
  writeManifest(manifest: Manifest): Promise<void>;
  /** Returns its path; the same plan may be there already. */
  writePlan(plan: Plan): Promise<string>;
  writePins(pins: Readonly<Record<string, string>>): Promise<void>;
  writeHolds(holds: Readonly<Record<string, Hold>>): Promise<void>;
  /** Never overwrites one; returns its path. */
  writeReceipt(name: string, receipt: Receipt): Promise<string>;
}

/** @param root absolute path of the checkout */
export function openWorkspace(root: string): FilesWorkspace {
  return {
    root,
    async readPolicy() {
      const compiled = compilePolicy(readMappings(root));
      if (!compiled.ok) throw badInput(compiled.problems);
      return compiled.policy;
    },
    async readPeople(manifest) {
      // A refused export has written nothing that could be compared.
      const written = manifest?.complete === true ? manifest.files : {};
      return [...readPeople(root, written).values()].map(({ person }) => person);
    },
    readRecord: async () => readRecord(root),
    readRecordTexts: async () => readRecordTexts(root),
    readPins: async () => readPins(root),
    readHolds: async () => readHolds(root),
    readManifest: async () => readManifest(root),
    writePeople: async (people) => writePeople(root, people),
    writeManifest: async (manifest) => writeManifest(root, manifest),
    writePlan: async (plan) => writePlan(root, plan),
    writePins: async (pins) => writePins(root, pins),
    writeHolds: async (holds) => writeHolds(root, holds),
    writeReceipt: async (name, receipt) => writeReceipt(root, name, receipt),
  };
}

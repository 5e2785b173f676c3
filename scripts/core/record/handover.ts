/**
 * What one job hands to the next: one file, whose sha256 travels beside it as an output of the job. Jobs are walls
 * between keys, so whoever takes a handover takes only what its giver may write: a package gone bad beside the
 * BambooHR key must not leave a script for the job beside the JumpCloud key.
 *
 * | part      | given by  | holds                                              |
 * |-----------|-----------|----------------------------------------------------|
 * | exported  | export    | person files that changed, and the manifest        |
 * | planned   | plan      | new plans, and the groups that were pinned         |
 * | approvals | approvals | who approved what is pending                       |
 * | applied   | apply     | new receipts                                       |
 * | preview   | preview   | the Markdown of a comment                          |
 */
import { z } from 'zod';
import { sha256 } from '../values/canonical-json.ts';

export const PartName = z.enum(['exported', 'planned', 'approvals', 'applied', 'preview']);
export type PartName = z.infer<typeof PartName>;

const SAFE = '[A-Za-z0-9][A-Za-z0-9._-]{0,120}';

const PARTS: Record<PartName, { roots: string[]; path: RegExp }> = {
  exported: {
    roots: ['state/people', 'state/export.json'],
    path: new RegExp(`^state/(?:people/${SAFE}/${SAFE}\\.yaml|export\\.json)$`),
  },
  planned: {
    roots: ['state/plans', 'state/groups.yaml'],
    path: new RegExp(`^state/(?:plans/${SAFE}\\.json|groups\\.yaml)$`),
  },
  approvals: { roots: ['approvals.json'], path: /^approvals\.json$/ },
  applied: { roots: ['state/receipts'], path: new RegExp(`^state/receipts/${SAFE}\\.json$`) },
  preview: { roots: ['preview.md'], path: /^preview\.md$/ },
};

export const Handover = z.strictObject({
  version: z.literal(1),
  part: PartName,
  /** Both jobs work on this commit, so that changes are all there is to hand on. */
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** Path from the root -> text. */
  files: z.record(z.string(), z.string()),
});
export type Handover = z.infer<typeof Handover>;

/** Files and folders in which a part's files lie. */
export function rootsOf(part: PartName): string[] {
  return PARTS[part].roots;
}

export function belongsTo(part: PartName, path: string): boolean {
  return PARTS[part].path.test(path);
}

export function handoverText(handover: Handover): string {
  return `${JSON.stringify(handover)}\n`;
}

export type HandoverRead = { ok: true; handover: Handover } | { ok: false; message: string };

/** Trusts nothing of the text but its digest. */
export function readHandover(
  text: string,
  expected: { part: PartName; sha256: string; commit: string },
): HandoverRead {
  if (sha256(text) !== expected.sha256)
    return { ok: false, message: 'it is not the file that the job before handed on: its sha256 differs' };
  const parsed = Handover.safeParse(parseJson(text));
  if (!parsed.success) return { ok: false, message: 'it is not a handover' };
  const handover = parsed.data;
  if (handover.part !== expected.part)
    return { ok: false, message: `it is ${handover.part}, not ${expected.part}` };
  if (handover.commit !== expected.commit)
    return {
      ok: false,
      message: `it was made on commit ${handover.commit.slice(0, 12)}, and ${expected.commit.slice(0, 12)} is checked out`,
    };
  const stranger = Object.keys(handover.files).find((path) => !belongsTo(handover.part, path));
  if (stranger !== undefined)
    return { ok: false, message: `${JSON.stringify(stranger)} is no file that ${handover.part} may hold` };
  return { ok: true, handover };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

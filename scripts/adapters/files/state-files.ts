/** The single files of state/: pinned groups, holds, and what the newest export did. */
import { PinnedGroupsFile } from '../../core/record/groups-file.ts';
import { type Hold, HoldsFile } from '../../core/record/holds-file.ts';
import { Manifest } from '../../core/record/manifest.ts';
import { canonicalFile } from '../../core/values/canonical-json.ts';
import { badInput } from '../../core/values/failure.ts';
import { compareText } from '../../core/values/finding.ts';
import { compareHrIds } from '../../core/values/hr-id.ts';
import { checkSource } from '../../core/values/source.ts';
import type { z } from 'zod';
import { writeBlock } from './block-yaml.ts';
import { readJson } from './json-source.ts';
import { readFile, type TextFile } from './read-folder.ts';
import { createFileWriter } from './write-file.ts';
import { type ReadSource, readYaml } from './yaml-source.ts';

const PINS = 'state/groups.yaml';
const HOLDS = 'state/holds.yaml';
const MANIFEST = 'state/export.json';

/** Group name -> JumpCloud id; empty before anything was pinned. Throws exit 2. */
export function readPins(root: string): Record<string, string> {
  return read(root, PINS, PinnedGroupsFile, yamlOf)?.groups ?? {};
}

/** HR id -> hold. Throws exit 2. */
export function readHolds(root: string): Record<string, Hold> {
  return read(root, HOLDS, HoldsFile, yamlOf)?.holds ?? {};
}

/** The newest export of this checkout; undefined before the first. Throws exit 2. */
export function readManifest(root: string): Manifest | undefined {
  return read(root, MANIFEST, Manifest, ({ path, text }) => readJson(path, text));
}

/** Writes only what differs: an unchanged file keeps its time. */
export function writePins(root: string, pins: Readonly<Record<string, string>>): void {
  writeIfChanged(root, PINS, pinsText(pins));
}

export function writeHolds(root: string, holds: Readonly<Record<string, Hold>>): void {
  writeIfChanged(root, HOLDS, holdsText(holds));
}

export function writeManifest(root: string, manifest: Manifest): void {
  createFileWriter(root, true).write(MANIFEST, canonicalFile(manifest));
}

export function pinsText(pins: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(pins).sort((a, b) => compareText(a[0], b[0]));
  return headOf('pinned-groups') + writeBlock({ groups: Object.fromEntries(sorted) });
}

export function holdsText(holds: Readonly<Record<string, Hold>>): string {
  const sorted = Object.entries(holds)
    .sort((a, b) => compareHrIds(a[0], b[0]))
    .map(
      ([id, { by, at, until, reason, pullRequest }]) => [id, { by, at, until, reason, pullRequest }] as const,
    );
  return headOf('holds') + writeBlock({ holds: Object.fromEntries(sorted) });
}

function headOf(schema: string): string {
  return `# yaml-language-server: $schema=../schemas/${schema}.schema.json\n`;
}

function yamlOf({ path, text }: TextFile): ReadSource {
  return readYaml(path, text, { excerpts: false });
}

function read<T extends z.ZodType>(
  root: string,
  path: string,
  schema: T,
  parse: (file: TextFile) => ReadSource,
): z.output<T> | undefined {
  const file = readFile(root, path);
  if (file === undefined) return undefined;
  if (!('text' in file)) throw badInput([file]);
  const source = parse(file);
  if (!source.ok) throw badInput(source.problems);
  const checked = checkSource(source.source, schema);
  if (!checked.ok) throw badInput(checked.problems);
  return checked.value;
}

function writeIfChanged(root: string, path: string, text: string): void {
  const present = readFile(root, path);
  if (present === undefined || !('text' in present) || present.text !== text)
    createFileWriter(root, true).write(path, text);
}

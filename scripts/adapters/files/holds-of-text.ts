/** state/holds.yaml as text, from any commit. */
import { type Hold, HoldsFile } from '../../core/record/holds-file.ts';
import { readYaml } from './yaml-source.ts';

/** HR id -> hold; empty when the text is no such file. */
export function readHoldsText(text: string): Record<string, Hold> {
  const read = readYaml('state/holds.yaml', text, { excerpts: false });
  const parsed = read.ok ? HoldsFile.safeParse(read.source.value ?? {}) : undefined;
  return parsed?.success === true ? parsed.data.holds : {};
}

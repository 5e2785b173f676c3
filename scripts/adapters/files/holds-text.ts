/** state/holds.yaml as a text of some commit, not of the working tree: the forge's is what counts. */
import { type Hold, HoldsFile } from '../../core/record/holds-file.ts';
import { badInput } from '../../core/values/failure.ts';
import { checkSource } from '../../core/values/source.ts';
import { readYaml } from './yaml-source.ts';

/** HR id -> hold. Throws exit 2. */
export function parseHoldsText(text: string): Record<string, Hold> {
  const read = readYaml('state/holds.yaml', text, { excerpts: false });
  if (!read.ok) throw badInput(read.problems);
  const checked = checkSource(read.source, HoldsFile);
  if (!checked.ok) throw badInput(checked.problems);
  return checked.value.holds;
}

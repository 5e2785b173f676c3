/** state/groups.yaml as text, from any commit. */
import { PinnedGroupsFile } from '../../core/record/groups-file.ts';
import { readYaml } from './yaml-source.ts';

/** Name -> id; empty when the text is no such file. */
export function readPinsText(text: string): Readonly<Record<string, string>> {
  const read = readYaml('state/groups.yaml', text, { excerpts: false });
  const parsed = read.ok ? PinnedGroupsFile.safeParse(read.source.value ?? {}) : undefined;
  return parsed?.success === true ? parsed.data.groups : {};
}

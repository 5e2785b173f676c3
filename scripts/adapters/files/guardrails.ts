/** mappings/guardrails.yaml alone, for the verbs that need who may approve and nothing else of the mappings. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GuardrailsFile } from '../../core/mappings/guardrails-file.ts';
import { badInput } from '../../core/values/failure.ts';
import { checkSource } from '../../core/values/source.ts';
import { readYaml } from './yaml-source.ts';

const PATH = 'mappings/guardrails.yaml';

/** Defaults when the file is not there. Throws exit 2 with every place that is wrong. */
export async function readGuardrails(root: string): Promise<GuardrailsFile> {
  let text: string;
  try {
    text = await readFile(join(root, PATH), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return GuardrailsFile.parse({});
    throw error;
  }
  const read = readYaml(PATH, text);
  if (!read.ok) throw badInput(read.problems);
  const checked = checkSource(read.source, GuardrailsFile);
  if (!checked.ok) throw badInput(checked.problems);
  return checked.value;
}

/** mappings/guardrails.yaml alone, for the verbs that need who may approve and nothing else of the mappings. */
import { GuardrailsFile } from '../../core/mappings/guardrails-file.ts';
import { badInput } from '../../core/values/failure.ts';
import { checkSource } from '../../core/values/source.ts';
import { readFile } from './read-folder.ts';
import { readYaml } from './yaml-source.ts';

const PATH = 'mappings/guardrails.yaml';

/** Defaults when the file is not there. Throws exit 2 with every place that is wrong. */
export function readGuardrails(root: string): GuardrailsFile {
  const file = readFile(root, PATH);
  if (file === undefined) return GuardrailsFile.parse({});
  if (!('text' in file)) throw badInput([file]);
  const read = readYaml(PATH, file.text);
  if (!read.ok) throw badInput(read.problems);
  const checked = checkSource(read.source, GuardrailsFile);
  if (!checked.ok) throw badInput(checked.problems);
  return checked.value;
}

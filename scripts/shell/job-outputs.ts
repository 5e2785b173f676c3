/** Outputs of a step: lines `name=value` appended to the file of GITHUB_OUTPUT (GitHub Docs, "Workflow commands"). */
import { appendFile } from 'node:fs/promises';

/** What a later step or job may decide by: counts, flags, digests. Never a word that somebody else chose. */
export type Outputs = Readonly<Record<string, string | number | boolean>>;

const NAME = /^[a-z][a-z0-9-]*$/;
const VALUE = /^[A-Za-z0-9_.:/-]*$/;

/** @throws RangeError for a value that could end its line and begin another output. */
export async function writeJobOutputs(file: string, outputs: Outputs): Promise<void> {
  const lines = Object.entries(outputs).map(([name, value]) => {
    if (!NAME.test(name) || !VALUE.test(String(value)))
      throw new RangeError(`not fit for an output of a job: ${name}`);
    return `${name}=${value}\n`;
  });
  await appendFile(file, lines.join(''));
}

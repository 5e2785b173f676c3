/** The files by which steps talk to the runner: outputs, environment, path, summary (GitHub Docs, "Workflow commands"). */
import { readFile, stat, writeFile } from 'node:fs/promises';

const MEBIBYTE = 1024 * 1024;

/** `name=value` lines and `name<<MARK … MARK` blocks. @throws Error for a line that is neither, as the runner fails the step. */
export async function takePairs(file: string): Promise<Record<string, string>> {
  const { size } = await stat(file);
  if (size > MEBIBYTE) throw new Error('a file of outputs may hold 1 MiB');
  const text = await readFile(file, 'utf8');
  await writeFile(file, '');
  const pairs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const block = /^([^=<]+)<<(.+)$/.exec(line);
    if (block !== null) {
      const end = lines.indexOf(block[2] ?? '', at + 1);
      if (end === -1) throw new Error(`Matching delimiter not found '${block[2] ?? ''}'`);
      pairs[block[1] ?? ''] = lines.slice(at + 1, end).join('\n');
      at = end;
      continue;
    }
    const equals = line.indexOf('=');
    if (equals < 1) throw new Error(`Invalid format '${line.slice(0, 80)}'`);
    pairs[line.slice(0, equals)] = line.slice(equals + 1);
  }
  return pairs;
}

/** The summary of a step; one above 1 MiB is thrown away with an error that leaves the step green. */
export async function takeSummary(file: string): Promise<{ text: string; dropped: boolean }> {
  const { size } = await stat(file);
  const text = await readFile(file, 'utf8');
  await writeFile(file, '');
  return size > MEBIBYTE ? { text: '', dropped: true } : { text, dropped: false };
}

export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  file: string | undefined;
  line: number | undefined;
  message: string;
}

const PER_STEP = 10;

/** What GitHub keeps of the annotations of one step: ten of each kind. */
export function readAnnotations(log: string): Annotation[] {
  const found: Annotation[] = [];
  for (const line of log.split('\n')) {
    const [, level, properties = '', message = ''] =
      /^::(error|warning|notice)(?: ([^:]*))?::(.*)$/.exec(line) ?? [];
    if (level !== 'error' && level !== 'warning' && level !== 'notice') continue;
    const property = (name: string): string | undefined =>
      new RegExp(`(?:^|,)${name}=([^,]*)`).exec(properties)?.[1];
    if (found.filter((each) => each.level === level).length >= PER_STEP) continue;
    const at = property('line');
    found.push({
      level,
      file: property('file'),
      line: at === undefined ? undefined : Number(at),
      message: message.replaceAll('%0A', '\n').replaceAll('%25', '%'),
    });
  }
  return found;
}

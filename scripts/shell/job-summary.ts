/** The summary of a GitHub job: Markdown appended to the file of GITHUB_STEP_SUMMARY, which may hold 1 MiB. */
import { appendFile, stat } from 'node:fs/promises';

const LIMIT = 1024 * 1024;
const CUT =
  '\n\n… the rest is in the log of this step and in the files it wrote: GitHub takes no more than 1 MiB here.\n';

/** Above the limit GitHub drops the whole summary, so the end is cut at a line, and says so. Never fails a run. */
export async function writeJobSummary(file: string, markdown: string): Promise<void> {
  try {
    const taken = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    const text = fitSummary(markdown, LIMIT - taken - 2);
    if (text !== '') await appendFile(file, `${text}\n`);
  } catch {
    // The summary is a courtesy: what counts is on the receipt and on stdout.
  }
}

/** At most `bytes` bytes of UTF-8, cut at the end of a line. */
export function fitSummary(markdown: string, bytes: number): string {
  const whole = Buffer.from(markdown, 'utf8');
  if (whole.length <= bytes) return markdown;
  const room = bytes - Buffer.byteLength(CUT);
  if (room < 0) return '';
  const end = whole.lastIndexOf('\n', room);
  return whole.subarray(0, Math.max(0, end)).toString('utf8') + CUT;
}

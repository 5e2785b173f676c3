/** Thousands of HR ids in as few characters as they need, always whole ids, in lines of a readable width. */
import { compareHrIds } from '../values/hr-id.ts';

const WIDTH = 100;

/** Sorted, each once, separated by blanks, broken into lines between ids. */
export function idLines(ids: string[], width: number = WIDTH): string[] {
  return breakLines(sorted(ids), width);
}

/** The same with runs of three and more consecutive numbers as `1001-1044`: every id of a run is on the list. */
export function idRangeLines(ids: string[]): string[] {
  const words: string[] = [];
  let run: string[] = [];
  const close = (): void => {
    words.push(...(run.length < 3 ? run : [`${run[0]}-${run.at(-1)}`]));
    run = [];
  };
  for (const id of sorted(ids)) {
    if (!follows(run.at(-1), id)) close();
    run.push(id);
  }
  close();
  return breakLines(words, WIDTH);
}

function follows(previous: string | undefined, id: string): boolean {
  return (
    previous !== undefined &&
    /^[1-9]\d{0,14}$/.test(previous) &&
    /^[1-9]\d{0,14}$/.test(id) &&
    Number(id) === Number(previous) + 1
  );
}

function sorted(ids: string[]): string[] {
  return [...new Set(ids)].sort(compareHrIds);
}

function breakLines(words: string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

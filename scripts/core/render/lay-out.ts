/**
 * A document under a hard limit of characters, from sections that know how to say the same in less. GitHub refuses a
 * body or comment of more than 65,536 characters (422); others cut there, through the middle of a suspension.
 * Here nothing is cut: each section is first given the room of its shortest true form, then what is left goes to
 * the sections in the order of their priority, first within their share, then whatever is still free.
 */

/** Well under GitHub's 65,536; there are reports of 502 for the largest bodies. */
export const BODY_BUDGET = 60_000;

export interface Section {
  /** 1 is served first. The order of the array is the order of the document. */
  priority: number;
  /** Share of the whole budget (0 to 1) that it may take before the others have had theirs. */
  share: number;
  /** The shortest form that leaves out nothing that must be named. */
  least: string;
  /** What stands here when even that has no room: how many, and where they are. */
  last: string;
  /** The richest form of at most `room` characters; `room` is at least the length of `least`, or of `last` in need. */
  render(room: number): string;
}

const GAP = '\n\n';

/** @throws RangeError when not even the last forms fit, or a section breaks its promise: both are bugs of ours. */
export function layOut(sections: Section[], budget: number = BODY_BUDGET): string {
  const byPriority = sections.map((section, index) => ({ section, index }));
  byPriority.sort((a, b) => a.section.priority - b.section.priority || a.index - b.index);

  const texts = sections.map((section) => section.least);
  let spare = budget - texts.reduce((sum, text) => sum + text.length + GAP.length, 0);
  for (const { section, index } of byPriority.toReversed()) {
    if (spare >= 0) break;
    spare += section.least.length - section.last.length;
    texts[index] = section.last;
  }
  if (spare < 0)
    throw new RangeError(`the sections need ${-spare} characters more than the budget of ${budget}`);

  for (const share of [true, false])
    for (const { section, index } of byPriority) {
      const now = texts[index]?.length ?? 0;
      const room = Math.min(
        now + spare,
        share ? Math.max(now, Math.floor(section.share * budget)) : Infinity,
      );
      const text = section.render(room);
      if (text.length > room) throw new RangeError(`a section took ${text.length} of ${room} characters`);
      spare -= text.length - now;
      texts[index] = text;
    }
  return `${texts.filter((text) => text !== '').join(GAP)}\n`;
}

/** A section of one form. */
export function fixedSection(text: string): Section {
  return { priority: 0, share: 1, least: text, last: text, render: () => text };
}

/** A section of ready-made forms, from the richest to the shortest. */
export function sectionOfForms(
  priority: number,
  share: number,
  forms: string[],
  last: string = forms.at(-1) ?? '',
): Section {
  const least = forms.at(-1) ?? '';
  return {
    priority,
    share,
    least,
    last,
    render: (room) => forms.find((form) => form.length <= room) ?? last,
  };
}

/**
 * A section of lines between a head and a foot: as many as fit, then one line that says how many are left.
 * `over(0)` is never asked for.
 */
export function sectionOfLines(
  priority: number,
  share: number,
  lines: string[],
  frame: { wrap: (lines: string[], over: string) => string; over: (left: number) => string },
): Section {
  if (lines.length === 0) return fixedSection('');
  const least = frame.wrap([], frame.over(lines.length));
  return {
    priority,
    share,
    least,
    last: least,
    render: (room) =>
      fitMost(lines, room, (count) =>
        frame.wrap(lines.slice(0, count), count === lines.length ? '' : frame.over(lines.length - count)),
      ) ?? least,
  };
}

/**
 * The text of the largest count, 0 to the number of `parts`, that takes at most `room` characters; undefined when none
 * does. `build` must hold the first so many parts whole and give longer texts for larger counts, but for the very last
 * one, which needs no note of what is left.
 */
export function fitMost(parts: string[], room: number, build: (count: number) => string): string | undefined {
  // Parts alone that are too long need not be built: with ten thousand lines that is most of the work.
  let [high, left] = [0, room];
  for (const part of parts) {
    left -= part.length;
    if (left < 0) break;
    high += 1;
  }
  let [low, best]: [number, string | undefined] = [0, undefined];
  if (high === parts.length) {
    const whole = build(high);
    if (whole.length <= room) return whole;
    high -= 1;
  }
  while (low <= high) {
    const count = Math.floor((low + high) / 2);
    const text = build(count);
    if (text.length <= room) {
      best = text;
      low = count + 1;
    } else high = count - 1;
  }
  return best;
}

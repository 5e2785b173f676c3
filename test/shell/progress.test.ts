import { describe, expect, it } from 'vitest';
import { createProgress } from '../../scripts/shell/progress.ts';

function progressOn(isTerminal: boolean) {
  const state = { time: 0, text: '' };
  const progress = createProgress({
    write: (text) => (state.text += text),
    isTerminal,
    columns: 30,
    now: () => state.time,
  });
  return { state, progress };
}

describe('progress', () => {
  it('rewrites one line on a terminal, never wider than it, and clears it', () => {
    const { state, progress } = progressOn(true);
    for (let done = 0; done <= 1_000; done += 1) {
      state.time += 1;
      progress.update('reading something with a very long name', done, 1_000);
    }
    progress.end();
    expect(state.text).not.toContain('\n');
    const lines = state.text.split('\r\u001b[K');
    expect(lines.length).toBeLessThan(20);
    for (const line of lines) expect(line.length).toBeLessThan(30);
    expect(lines.at(-1)).toBe('');
  });

  it('says a line now and then in a log: the first, one in ten seconds, the last', () => {
    const { state, progress } = progressOn(false);
    for (let done = 0; done <= 25; done += 1) {
      progress.update('applying', done, 25);
      state.time += 1_000;
    }
    progress.end();
    expect(state.text).toBe(
      'applying: 0 of 25 (0 %)\napplying: 10 of 25 (40 %)\napplying: 20 of 25 (80 %)\napplying: 25 of 25 (100 %)\n',
    );
  });

  it('tells where a step ended when nobody knew the total', () => {
    const { state, progress } = progressOn(false);
    progress.update('reading', 1);
    progress.update('reading', 2);
    progress.end();
    progress.end();
    expect(state.text).toBe('reading: 1\nreading: 2\n');
  });

  it('lets nothing through that could act on a terminal', () => {
    const { state, progress } = progressOn(false);
    progress.update('a\u001b[2J\u202eb\nc');
    expect(state.text).toBe('a␛[2J⟨U+202E⟩b↵c\n');
  });
});

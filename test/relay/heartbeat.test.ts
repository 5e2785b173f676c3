import { expect, it } from 'vitest';
import { startHeartbeat } from '../../scripts/shell/relay/heartbeat.ts';

function play(hours: number | undefined, start: string) {
  let now = Date.parse(start);
  let planned: { at: number; run: () => void } | undefined;
  const beats: string[] = [];
  const stop = startHeartbeat(
    hours,
    () => {
      beats.push(new Date(now).toISOString());
      return Promise.reject(new Error('GitHub is down'));
    },
    () => now,
    (ms, run) => {
      planned = { at: now + ms, run };
      return () => (planned = undefined);
    },
  );
  return {
    beats,
    stop,
    until(end: string) {
      while (planned !== undefined && planned.at <= Date.parse(end)) {
        now = planned.at;
        planned.run();
      }
    },
  };
}

it('beats by the clock, not by the start, failed beats or not', () => {
  const { beats, until, stop } = play(24, '2026-11-23T17:31:07Z');
  until('2026-11-26T12:00:00Z');
  expect(beats).toEqual(['2026-11-24', '2026-11-25', '2026-11-26'].map((day) => `${day}T00:00:00.000Z`));
  stop();
  until('2026-12-24T12:00:00Z');
  expect(beats).toHaveLength(3);
});

it('does not beat unless asked', () => {
  const { beats, until } = play(undefined, '2026-11-23T17:31:07Z');
  until('2026-12-24T12:00:00Z');
  expect(beats).toEqual([]);
});

/** A process that is not one: what a door prints is kept, signals are sent by hand. */
import type { Outside } from '../../scripts/shell/door.ts';
import type { StopSignal } from '../../scripts/shell/stopping.ts';

export interface FakeOutside extends Outside {
  out(): string;
  err(): string;
  signal(name: StopSignal): void;
  crash(error: unknown): void;
}

export function createOutside(
  args: string[],
  options: { environment?: Record<string, string>; terminal?: boolean; folder?: string } = {},
): FakeOutside {
  const written = { out: '', err: '' };
  const signals: ((signal: StopSignal) => void)[] = [];
  const crashes: ((error: unknown) => void)[] = [];
  const isTerminal = options.terminal ?? false;
  return {
    args,
    environment: options.environment ?? {},
    folder: options.folder ?? process.cwd(),
    stdout: { write: (text) => (written.out += text), isTerminal, columns: 80 },
    stderr: { write: (text) => (written.err += text), isTerminal, columns: 80 },
    now: () => new Date('2026-11-23T12:00:00Z'),
    onSignal: (callback) => signals.push(callback),
    onUncaught: (callback) => crashes.push(callback),
    out: () => written.out,
    err: () => written.err,
    signal: (name) => signals.forEach((callback) => callback(name)),
    crash: (error) => crashes.forEach((callback) => callback(error)),
  };
}

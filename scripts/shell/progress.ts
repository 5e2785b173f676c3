/** Progress on stderr: one line that rewrites itself on a terminal, a line now and then in a log, nothing with --json. */
import { visibleText } from '../core/render/visible-text.ts';

export interface Progress {
  /** `total` is left out while nobody knows it. Never a name or an address: progress ends up in logs. */
  update(what: string, done?: number, total?: number): void;
  /** Clears the line; the next update starts another. */
  end(): void;
}

export interface ProgressOutside {
  write(text: string): void;
  isTerminal: boolean;
  columns: number;
  /** Milliseconds of any clock that only goes forward. */
  now(): number;
}

const REWRITE_EVERY = 80;
const LOG_EVERY = 10_000;

export function createProgress(outside: ProgressOutside): Progress {
  return outside.isTerminal ? onTerminal(outside) : inLog(outside);
}

export const SILENT: Progress = {
  update: () => undefined,
  end: () => undefined,
};

function onTerminal({ write, columns, now }: ProgressOutside): Progress {
  let shown = false;
  let last = -Infinity;
  return {
    update(what, done, total) {
      if (now() - last < REWRITE_EVERY && done !== total) return;
      last = now();
      shown = true;
      write(`\r\u001b[K${lineOf(what, done, total).slice(0, Math.max(10, columns - 1))}`);
    },
    end() {
      if (shown) write('\r\u001b[K');
      shown = false;
      last = -Infinity;
    },
  };
}

/** The first line of each kind, one every ten seconds after it, and the last. */
function inLog({ write, now }: ProgressOutside): Progress {
  let last: { what: string; at: number; line: string } | undefined;
  let waiting: string | undefined;
  return {
    update(what, done, total) {
      const line = lineOf(what, done, total);
      const due = last === undefined || last.what !== what || now() - last.at >= LOG_EVERY;
      if (!due && done !== total) {
        waiting = line;
        return;
      }
      waiting = undefined;
      if (last?.line === line) return;
      write(`${line}\n`);
      last = { what, at: now(), line };
    },
    end() {
      if (waiting !== undefined) write(`${waiting}\n`);
      waiting = undefined;
      last = undefined;
    },
  };
}

function lineOf(what: string, done: number | undefined, total: number | undefined): string {
  const text = visibleText(what);
  if (done === undefined) return text;
  if (total === undefined) return `${text}: ${done}`;
  const share = total === 0 ? 100 : Math.floor((100 * done) / total);
  return `${text}: ${done} of ${total} (${share} %)`;
}

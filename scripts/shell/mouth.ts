/** Everything that leaves the process: secrets taken out, controls made visible, no commands to GitHub's runner. */
import { type Paint, paintWith } from '../core/render/escape-terminal.ts';
import { printableJson, printableText, withoutCommands } from './printable.ts';
import { createRedactor } from './redaction.ts';

export interface Sink {
  write(text: string): void;
  isTerminal: boolean;
  columns: number;
}

export interface Mouth {
  out(text: string): void;
  err(text: string): void;
  /** Progress on stderr, whose own control characters rewrite a line. */
  raw(text: string): void;
  /** The one JSON document on stdout, on one line; any further one is dropped. */
  document(value: unknown): void;
  /** A workflow command of ours, escaped already. */
  command(line: string): void;
  redact(text: string): string;
  /** Keeps a further secret out of everything from now on. */
  hide(secret: string): void;
  /** For stderr. */
  paint: Paint;
}

export function createMouth(outside: {
  environment: Readonly<Record<string, string | undefined>>;
  stdout: Sink;
  stderr: Sink;
}): Mouth {
  const { stdout, stderr, environment } = outside;
  const { redact, hide } = createRedactor(environment);
  const plain = (environment['NO_COLOR'] ?? '') !== '';
  const inActions = environment['GITHUB_ACTIONS'] === 'true';
  const clean = (text: string, sink: Sink): string => {
    const printable = printableText(redact(text), sink.isTerminal && !plain);
    return inActions ? withoutCommands(printable) : printable;
  };
  let documented = false;
  return {
    out: (text) => stdout.write(clean(text, stdout)),
    err: (text) => stderr.write(clean(text, stderr)),
    raw: (text) => stderr.write(redact(text)),
    document(value) {
      if (documented) return;
      documented = true;
      stdout.write(`${printableJson(value, redact)}\n`);
    },
    command: (line) => stderr.write(`${redact(line)}\n`),
    redact,
    hide,
    paint: paintWith(stderr.isTerminal && !plain),
  };
}

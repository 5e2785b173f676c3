/** A git command that stays alive and answers each question with lines: starting git costs more than most answers. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { gitEnvironment } from './process.ts';

export interface LineProcess {
  /** Sends one question and resolves with the lines of its answer. Rejects when git ends instead; the next question starts it anew. */
  ask(question: string, lines?: number): Promise<string[]>;
  close(): void;
}

interface Waiting {
  lines: number;
  got: string[];
  resolve(lines: string[]): void;
  reject(error: Error): void;
}

/** Prepares `git <args>` in a repository; it is started with the first question. */
export function openLineProcess(dir: string, args: string[]): LineProcess {
  let child: ChildProcessWithoutNullStreams | undefined;
  let waiting: Waiting[] = [];

  function start(): ChildProcessWithoutNullStreams {
    const started = spawn('git', ['-C', dir, ...args], { env: gitEnvironment() });
    const mine: Waiting[] = [];
    waiting = mine;
    let partial = '';
    let complaint = '';
    started.stdout.setEncoding('utf8');
    started.stdout.on('data', (chunk: string) => {
      const lines = (partial + chunk).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) deliver(mine, line);
    });
    started.stderr.setEncoding('utf8');
    started.stderr.on('data', (chunk: string) => (complaint = (complaint + chunk).slice(-2_000)));
    started.stdin.on('error', () => undefined);
    started.on('close', () => {
      if (child === started) child = undefined;
      for (const each of mine.splice(0))
        each.reject(new Error(`git ${args[0] ?? ''} ended: ${complaint.trim()}`));
    });
    return started;
  }

  return {
    async ask(question, lines = 1) {
      return new Promise((resolve, reject) => {
        child ??= start();
        waiting.push({ lines, got: [], resolve, reject });
        child.stdin.write(question);
      });
    },
    close() {
      child?.stdin.end();
      child?.kill();
    },
  };
}

function deliver(waiting: Waiting[], line: string): void {
  const first = waiting[0];
  if (first === undefined) return;
  first.got.push(line);
  if (first.got.length < first.lines) return;
  waiting.shift();
  first.resolve(first.got);
}

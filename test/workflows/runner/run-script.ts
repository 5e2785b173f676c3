/** A `run` step: bash over a script file, as the runner starts it, with exactly the environment it is given. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';

/** GitHub Docs, "Workflow syntax", `shell`: without a name `bash -e`, with it also pipefail. */
const SHELLS: Record<string, string[]> = {
  '': ['-e'],
  bash: ['--noprofile', '--norc', '-eo', 'pipefail'],
};

export interface ScriptRun {
  code: number | null;
  log: string;
}

export async function runScript(
  script: string,
  options: {
    shell: string | undefined;
    file: string;
    folder: string;
    environment: Record<string, string>;
    signal: AbortSignal;
  },
): Promise<ScriptRun> {
  const shell = SHELLS[options.shell ?? ''];
  if (shell === undefined) throw new Error(`shell ${options.shell ?? ''} is not used here`);
  await writeFile(options.file, script);
  return new Promise((done, failed) => {
    const child = spawn('bash', [...shell, options.file], {
      cwd: options.folder,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a cancelled job takes everything with it.
      detached: true,
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const stop = (): void => {
      if (child.pid === undefined) return;
      const group = -child.pid;
      kill(group, 'SIGINT');
      setTimeout(() => kill(group, 'SIGTERM'), 7_500).unref();
      setTimeout(() => kill(group, 'SIGKILL'), 10_000).unref();
    };
    options.signal.addEventListener('abort', stop, { once: true });
    child.on('error', failed);
    child.on('close', (code) => {
      options.signal.removeEventListener('abort', stop);
      done({ code, log: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

function kill(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(group, signal);
  } catch {
    // It has ended by itself.
  }
}

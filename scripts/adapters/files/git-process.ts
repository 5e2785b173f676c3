/** One process of git that is read as a stream; nobody's configuration, replaced objects or grafts change what is seen. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** What a person's configuration may not change about what an auditor is shown. */
const PLAIN = [
  '--no-replace-objects',
  '-c',
  'log.showSignature=false',
  '-c',
  'log.showRoot=true',
  '-c',
  'core.quotePath=false',
  '-c',
  'core.fsmonitor=false',
];

export function spawnGit(root: string, args: string[]): ChildProcessWithoutNullStreams {
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...environment } = process.env;
  return spawn('git', ['-C', root, ...PLAIN, ...args], {
    env: {
      ...environment,
      GIT_TERMINAL_PROMPT: '0',
      GIT_GRAFT_FILE: '/dev/null',
      GIT_OPTIONAL_LOCKS: '0',
      LC_ALL: 'C',
    },
  });
}

/** stdout as text; undefined when git fails or is not there. */
export function readGit(root: string, args: string[], input = ''): Promise<string | undefined> {
  return new Promise((done) => {
    const child = spawnGit(root, args);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.resume();
    child.stdin.on('error', () => undefined);
    child.on('error', () => done(undefined));
    child.on('close', (code) => done(code === 0 ? Buffer.concat(chunks).toString('utf8') : undefined));
    child.stdin.end(input);
  });
}

/** Pieces of stdout between NUL bytes, as they come. Throws when git fails. */
export async function* streamGit(root: string, args: string[]): AsyncGenerator<string> {
  const child = spawnGit(root, args);
  child.stdin.end();
  child.stderr.resume();
  const ended = new Promise<number | null>((done) => {
    child.on('error', () => done(-1));
    child.on('close', done);
  });
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    let start = 0;
    let end = chunk.indexOf(0);
    while (end !== -1) {
      const piece = chunk.subarray(start, end);
      yield (rest.length === 0 ? piece : Buffer.concat([rest, piece])).toString('utf8');
      rest = Buffer.alloc(0);
      start = end + 1;
      end = chunk.indexOf(0, start);
    }
    rest = rest.length === 0 ? chunk.subarray(start) : Buffer.concat([rest, chunk.subarray(start)]);
  }
  if (rest.length > 0) yield rest.toString('utf8');
  const code = await ended;
  if (code !== 0) throw new Error(`git ${args[0] ?? ''} ended with ${code ?? 'a signal'}`);
}

/** Reads objects through one long-lived `git cat-file --batch`, and writes blobs by the thousand through `git fast-import`. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash } from 'node:crypto';
import { git, gitEnvironment } from './process.ts';

export interface GitObject {
  sha: string;
  type: 'blob' | 'tree' | 'commit' | 'tag';
  content: Buffer;
}

export interface ObjectReader {
  /** The object a name or revision expression stands for; undefined when there is none. */
  read(name: string): Promise<GitObject | undefined>;
  close(): void;
}

interface Waiting {
  resolve(object: GitObject | undefined): void;
  reject(error: Error): void;
}

/** Opens the reader of a repository; git is started with the first read and again should it ever end. */
export function openObjects(dir: string): ObjectReader {
  let child: ChildProcessWithoutNullStreams | undefined;
  let buffered: Buffer = Buffer.alloc(0);
  const waiting: Waiting[] = [];

  function start(): ChildProcessWithoutNullStreams {
    const started = spawn('git', ['-C', dir, 'cat-file', '--batch'], { env: gitEnvironment() });
    started.stdout.on('data', (chunk: Buffer) => {
      buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
      while (waiting.length > 0 && deliver());
    });
    started.stdin.on('error', () => undefined);
    started.on('close', () => {
      if (child === started) child = undefined;
      buffered = Buffer.alloc(0);
      for (const each of waiting.splice(0)) each.reject(new Error('git cat-file ended'));
    });
    return started;
  }

  /** Takes one whole answer off the buffer; false when it has not fully arrived. */
  function deliver(): boolean {
    const end = buffered.indexOf(10);
    if (end === -1) return false;
    const header = buffered.toString('utf8', 0, end);
    const [, sha, type, size] = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/.exec(header) ?? [];
    if (sha === undefined || type === undefined || size === undefined) {
      buffered = buffered.subarray(end + 1);
      waiting.shift()?.resolve(undefined);
      return true;
    }
    const from = end + 1;
    const to = from + Number(size);
    if (buffered.length < to + 1) return false;
    const content = Buffer.from(buffered.subarray(from, to));
    buffered = buffered.subarray(to + 1);
    waiting.shift()?.resolve({ sha, type: type as GitObject['type'], content });
    return true;
  }

  return {
    async read(name) {
      if (name === '' || name.startsWith('-') || /[\n\r\0 ]/.test(name)) return undefined;
      return new Promise((resolve, reject) => {
        child ??= start();
        waiting.push({ resolve, reject });
        child.stdin.write(`${name}\n`);
      });
    },
    close() {
      child?.kill();
    },
  };
}

/** The id git gives to a blob of these bytes. */
export function blobSha(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** Writes blobs in one process of their own, however many; returns their ids in order. */
export async function writeManyBlobs(dir: string, contents: Buffer[]): Promise<string[]> {
  if (contents.length === 0) return [];
  const stream = contents.flatMap((content) => [
    Buffer.from(`blob\ndata ${content.length}\n`),
    content,
    Buffer.from('\n'),
  ]);
  await git(dir, ['fast-import', '--quiet'], { input: Buffer.concat(stream) });
  return contents.map(blobSha);
}

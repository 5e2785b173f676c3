/** Objects of git by name, many of them through one process (`git cat-file --batch`). */
import { spawnGit } from './git-process.ts';

export interface GitObject {
  id: string;
  type: string;
  body: Buffer;
}

export interface ObjectReader {
  /** `name`: an id, or `<commit>:<path>`. undefined when there is no such object. Reads are answered in order and may be many at once. */
  read(name: string): Promise<GitObject | undefined>;
  /** A blob as UTF-8 text. */
  readText(name: string): Promise<string | undefined>;
  /** Regular files below the tree `name`, however deep: path inside it -> blob id, sorted. Empty when there is no such tree. */
  readTree(name: string): Promise<Map<string, string>>;
  close(): void;
}

interface Waiting {
  done: (object: GitObject | undefined) => void;
  fail: (error: Error) => void;
}

export function openObjects(root: string): ObjectReader {
  const child = spawnGit(root, ['cat-file', '--batch']);
  child.stderr.resume();
  child.stdin.on('error', () => undefined);
  const waiting: Waiting[] = [];
  let chunks: Buffer[] = [];
  let held = 0;
  /** The object whose body is being read: its header, and how many bytes it takes with its final line break. */
  let open: { id: string; type: string; size: number } | undefined;

  const take = (length: number): Buffer => {
    const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    chunks = all.length === length ? [] : [all.subarray(length)];
    held -= length;
    return all.subarray(0, length);
  };
  const pump = (): void => {
    for (;;) {
      if (open === undefined) {
        const all = chunks.length === 1 ? chunks[0] : chunks.length === 0 ? undefined : Buffer.concat(chunks);
        if (all === undefined) return;
        chunks = [all];
        const end = all.indexOf(0x0a);
        if (end === -1) return;
        const [id = '', type = '', size = ''] = take(end + 1)
          .toString('utf8')
          .trimEnd()
          .split(' ');
        if (!/^\d+$/.test(size)) {
          waiting.shift()?.done(undefined);
          continue;
        }
        open = { id, type, size: Number(size) };
      }
      if (held < open.size + 1) return;
      const body = Buffer.from(take(open.size + 1).subarray(0, open.size));
      const { id, type } = open;
      open = undefined;
      waiting.shift()?.done({ id, type, body });
    }
  };
  const end = (): void => {
    for (const { fail } of waiting.splice(0)) fail(new Error('git cat-file ended before it had answered'));
  };
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    if (open === undefined || held > open.size) pump();
  });
  child.on('error', end);
  child.on('close', end);

  // Questions of one turn go out in one write: thousands of small ones cost more than their answers.
  let asked: string[] = [];
  const ask = (name: string): void => {
    if (asked.push(name) > 1) return;
    queueMicrotask(() => {
      const questions = asked;
      asked = [];
      child.stdin.write(`${questions.join('\n')}\n`);
    });
  };

  const reader: ObjectReader = {
    read(name) {
      // A line break would be two questions.
      if (/[\n\r]/.test(name)) return Promise.resolve(undefined);
      return new Promise((done, fail) => {
        waiting.push({ done, fail });
        ask(name);
      });
    },
    async readText(name) {
      const object = await reader.read(name);
      return object?.type === 'blob' ? object.body.toString('utf8') : undefined;
    },
    async readTree(name) {
      const files = new Map<string, string>();
      const walk = async (tree: string, folder: string): Promise<void> => {
        const object = await reader.read(tree);
        if (object?.type !== 'tree') return;
        for (const entry of entriesOf(object)) {
          if (entry.mode === '40000') await walk(entry.id, `${folder}${entry.name}/`);
          else if (entry.mode.startsWith('100')) files.set(`${folder}${entry.name}`, entry.id);
        }
      };
      await walk(name, '');
      return files;
    },
    close() {
      child.stdin.end();
      child.kill();
    },
  };
  return reader;
}

/** A tree is `mode name NUL id`, again and again; the id as bytes, as long as the repository's hash. */
function entriesOf({ id, body }: GitObject): { mode: string; name: string; id: string }[] {
  const length = id.length / 2;
  const entries: { mode: string; name: string; id: string }[] = [];
  let at = 0;
  while (at < body.length) {
    const end = body.indexOf(0, at);
    const head = body.subarray(at, end).toString('utf8');
    const blank = head.indexOf(' ');
    entries.push({
      mode: head.slice(0, blank),
      name: head.slice(blank + 1),
      id: body.subarray(end + 1, end + 1 + length).toString('hex'),
    });
    at = end + 1 + length;
  }
  return entries;
}

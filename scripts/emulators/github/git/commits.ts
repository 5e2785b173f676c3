/** Commit objects: written byte by byte so that messages, dates and signatures are exactly what was asked for. */
import { createHmac } from 'node:crypto';
import type { GitStore } from './store.ts';

export interface Signature {
  name: string;
  email: string;
  /** ISO instant; an offset in it is kept. */
  date: string;
}

export interface Commit {
  sha: string;
  tree: string;
  parents: string[];
  author: Signature;
  committer: Signature;
  message: string;
  /** The `gpgsig` header, unfolded; undefined when the commit is unsigned. */
  signature: string | undefined;
  /** What a signature is made over: the object without that header. */
  payload: string;
}

export interface NewCommit {
  tree: string;
  parents: string[];
  author: Signature;
  committer: Signature;
  message: string;
  /** Signed as GitHub signs what its bots and its merge button make. */
  signed: boolean;
  /** A signature of the client's own, kept as it came. */
  signature?: string | undefined;
}

// Not a secret: it only makes a signature that a client cannot get by copying another commit's.
const SIGNING_KEY = 'emulated web-flow key';

/** Writes a commit and returns its id. */
export async function writeCommit(store: GitStore, commit: NewCommit): Promise<string> {
  const head = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${signatureLine(commit.author)}`,
    `committer ${signatureLine(commit.committer)}`,
  ];
  const payload = `${head.join('\n')}\n\n${commit.message}`;
  const signature = commit.signed ? armour(payload) : commit.signature?.trimEnd();
  const signed = [...head, `gpgsig ${(signature ?? '').replaceAll('\n', '\n ')}`];
  const bytes = signature === undefined ? payload : `${signed.join('\n')}\n\n${commit.message}`;
  return store.writeCommit(Buffer.from(bytes, 'utf8'));
}

/** Reads a commit object's bytes. */
export function parseCommit(sha: string, content: Buffer): Commit {
  const text = content.toString('utf8');
  const split = text.indexOf('\n\n');
  const headerText = split === -1 ? text : text.slice(0, split);
  const message = split === -1 ? '' : text.slice(split + 2);
  const headers = headerText.replaceAll('\n ', '\0').split('\n');
  const value = (name: string): string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const signature = value('gpgsig')[0]?.replaceAll('\0', '\n');
  const payload = `${headers
    .filter((line) => !line.startsWith('gpgsig '))
    .join('\n')
    .replaceAll('\0', '\n ')}\n\n${message}`;
  return {
    sha,
    tree: value('tree')[0] ?? '',
    parents: value('parent'),
    author: parseSignature(value('author')[0] ?? ''),
    committer: parseSignature(value('committer')[0] ?? ''),
    message,
    signature,
    payload,
  };
}

/** True when this emulator's own key made the signature over this very payload. */
export function isVerified(commit: Commit): boolean {
  return commit.signature !== undefined && commit.signature.trim() === armour(commit.payload).trim();
}

function armour(payload: string): string {
  const digest = createHmac('sha512', SIGNING_KEY).update(payload).digest('base64');
  const lines = digest.match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PGP SIGNATURE-----', '', ...lines, '-----END PGP SIGNATURE-----'].join('\n');
}

function signatureLine({ name, email, date }: Signature): string {
  const clean = (text: string): string => text.replaceAll(/[<>\n\r\0]/g, '').trim();
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)$/.exec(date) ?? [];
  const offset = sign === undefined ? '+0000' : `${sign}${hours}${minutes}`;
  const seconds = Math.floor(new Date(date).getTime() / 1000);
  return `${clean(name)} <${clean(email)}> ${seconds} ${offset}`;
}

function parseSignature(line: string): Signature {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<([^>]*)> (-?\d+) [+-]\d{4}$/.exec(line) ?? [];
  return { name, email, date: secondsToInstant(Number(seconds)) };
}

/** Seconds since 1970 as GitHub prints instants: UTC, no fraction. */
export function secondsToInstant(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

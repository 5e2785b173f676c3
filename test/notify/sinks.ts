/** Receivers on loopback: an HTTP sink that answers as told, and a real SMTP server. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Hit {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** `cut`: the connection is torn after the request was read. */
export type Answer = { status: number; headers?: Record<string, string> } | 'cut';

export interface HttpSink {
  url: string;
  hits: Hit[];
  /** Answers in order; then 200. */
  answers: Answer[];
  close(): Promise<void>;
}

export async function startHttpSink(): Promise<HttpSink> {
  const hits: Hit[] = [];
  const answers: Answer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      hits.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      });
      const answer = answers.shift() ?? { status: 200 };
      if (answer === 'cut') {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, answer.headers ?? {});
      response.end('ok');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hits,
    answers,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

export interface Mail {
  from: string;
  to: string[];
  /** As it came over the wire. */
  raw: string;
  /** Header lines, unfolded. */
  headers: string[];
  subject: string;
  text: string;
  html: string;
}

export interface SmtpSink {
  url: string;
  mails: Mail[];
  /** Codes of refusals of DATA, in order; then accepted. */
  refusals: number[];
  /** Addresses refused with 550. */
  unknown: Set<string>;
  close(): Promise<void>;
}

export async function startSmtpSink(): Promise<SmtpSink> {
  const mails: Mail[] = [];
  const refusals: number[] = [];
  const unknown = new Set<string>();
  const server = new SMTPServer({
    authOptional: false,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'rollcall@example.com' && password === 'pa ss/word'
        ? done(null, { user: username })
        : done(new Error('no')),
    onRcptTo({ address }, _session, done) {
      if (unknown.has(address)) done(Object.assign(new Error(`unknown ${address}`), { responseCode: 550 }));
      else done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const code = refusals.shift();
        if (code !== undefined) {
          done(Object.assign(new Error('not now, CANARY-SERVER-WORDS'), { responseCode: code }));
          return;
        }
        const from = session.envelope.mailFrom;
        mails.push({
          from: from === false ? '' : from.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          ...parseMail(Buffer.concat(chunks).toString('utf8')),
        });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://rollcall%40example.com:pa%20ss%2Fword@127.0.0.1:${port}`,
    mails,
    refusals,
    unknown,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

function parseMail(raw: string): Omit<Mail, 'from' | 'to'> {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const boundary = /boundary="([^"]+)"/.exec(head)?.[1] ?? '';
  const parts = rest.join('\r\n\r\n').split(`--${boundary}`);
  const part = (type: string): string => {
    const found = parts.find((each) => each.includes(`Content-Type: ${type}`)) ?? '';
    const [inner = '', ...body] = found.split('\r\n\r\n');
    return decodeBody(
      body.join('\r\n\r\n').trimEnd(),
      /quoted-printable/i.test(inner) ? 'qp' : /base64/i.test(inner) ? 'base64' : 'plain',
    );
  };
  const subject = headers.find((line) => line.startsWith('Subject: '))?.slice(9) ?? '';
  return { raw, headers, subject: decodeWords(subject), text: part('text/plain'), html: part('text/html') };
}

function decodeBody(body: string, how: 'qp' | 'base64' | 'plain'): string {
  if (how === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (how === 'plain') return body;
  return decodeQuoted(body.replace(/=\r\n/g, ''));
}

function decodeQuoted(text: string): string {
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}

function decodeWords(text: string): string {
  return text
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, how: string, body: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(body, 'base64').toString('utf8')
        : decodeQuoted(body.replaceAll('_', ' ')),
    );
}

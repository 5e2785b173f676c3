/** GitHub's dispatch route on loopback, with the moods a test asks for. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PlayGithub {
  url: string;
  /** Ids of each dispatch that landed, in order. */
  landed: string[][];
  attempts: number;
  /** Authorization headers seen, each once. */
  tokens: Set<string>;
  mood: (attempt: number) => { status: number; headers?: Record<string, string> };
  /** Milliseconds before an answer. */
  latency: number;
  close(): Promise<void>;
}

export async function startPlayGithub(): Promise<PlayGithub> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      github.attempts += 1;
      github.tokens.add(request.headers.authorization ?? '');
      const { status, headers } = github.mood(github.attempts);
      if (status === 204) {
        const { client_payload: payload } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
          client_payload: { employees?: string[] };
        };
        github.landed.push(payload.employees ?? []);
      }
      setTimeout(() => response.writeHead(status, headers).end(), github.latency);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const github: PlayGithub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    landed: [],
    attempts: 0,
    tokens: new Set(),
    mood: () => ({ status: 204 }),
    latency: 0,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return github;
}

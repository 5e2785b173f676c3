/** `npm run relay`: hears from BambooHR, verifies, tells GitHub. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { proxiedFetch } from './adapters/http/proxy.ts';
import { badUsage, serviceFailure } from './core/values/failure.ts';
import { type Door, type DoorContext, type DoorResult, isMain, runDoor } from './shell/door.ts';
import { createRelayLog } from './shell/relay/relay-log.ts';
import { parseHours, parseKeys, readRelaySettings } from './shell/relay/relay-settings.ts';
import { startRelay } from './shell/relay/start-relay.ts';

const OPTIONS = {
  port: { type: 'string', value: 'N', description: 'port to listen on (default: 8080; 0 takes a free one)' },
  host: { type: 'string', value: 'ADDRESS', description: 'address to listen on (default: all)' },
  'key-file': {
    type: 'string',
    value: 'FILE',
    description:
      'webhook keys, one a line, instead of BAMBOOHR_WEBHOOK_KEY; taken up anew when the file changes',
  },
  ledger: {
    type: 'string',
    value: 'DIR',
    description: 'folder in which several relays remember together what they have passed on',
  },
  heartbeat: {
    type: 'string',
    value: 'HOURS',
    description:
      'also send a rollcall-heartbeat dispatch every so often, a second clock beside GitHub’s schedule',
  },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'relay',
  summary: 'Receives BambooHR’s webhook, verifies it, and starts the urgent lane by repository_dispatch.',
  details:
    'Plain HTTP: put it behind something that terminates TLS, BambooHR delivers to https only. POST /webhook is what ' +
    'BambooHR calls, GET /health and GET /metrics are for you. A delivery is answered 200 once its dispatch has ' +
    'landed; 503 makes BambooHR try again, five times in 155 minutes. Logs are JSON lines on stderr without personal data.',
  options: OPTIONS,
  variables: [
    'BAMBOOHR_WEBHOOK_KEY',
    'BAMBOOHR_COMPANY',
    'GITHUB_TOKEN',
    'GITHUB_REPOSITORY',
    'GITHUB_API_URL',
    'RELAY_HEARTBEAT',
  ],
  exits: {
    0: 'stopped by a signal; what was in flight was answered',
    2: 'no key, no token, no repository, a bad option',
  },
  examples: [
    ['npm run relay -- --port 8080', 'one relay'],
    ['npm run relay -- --port 8081 --ledger /var/lib/rollcall', 'one of several on this host'],
  ],
  untilStopped: true,
  run: relay,
};

export async function relay(context: DoorContext<typeof OPTIONS>): Promise<DoorResult> {
  const { options, environment, root } = context;
  const keyFile = options['key-file'] === undefined ? undefined : resolve(root, options['key-file']);
  const keyText = keyFile === undefined ? undefined : readKeyFile(keyFile);
  for (const key of parseKeys(keyText ?? '')) context.hide(key);
  const settings = readRelaySettings(environment, keyText);
  const running = await startRelay({
    settings: { ...settings, heartbeatHours: parseHours(options.heartbeat) ?? settings.heartbeatHours },
    port: parsePort(options.port),
    host: options.host,
    ledgerFolder: options.ledger === undefined ? undefined : resolve(root, options.ledger),
    keyFile,
    fetch: proxiedFetch(environment),
    log: createRelayLog((line) => context.log(line.trimEnd()), Date.now),
  }).catch((error: unknown) => {
    throw explainStart(error);
  });
  const url = `http://127.0.0.1:${running.port}`;
  if (context.json) context.printJson({ relay: url, port: running.port });
  await new Promise<void>((stopped) => {
    context.onStop(async () => {
      await running.close();
      stopped();
    });
  });
  return { json: { relay: url, port: running.port }, text: '' };
}

function explainStart(error: unknown): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const call = error instanceof Error ? (error as NodeJS.ErrnoException).syscall : undefined;
  if (call === 'listen')
    return serviceFailure(
      'cannot-listen',
      `--port or --host cannot be had (${code})`,
      'stop what holds it, or name another',
    );
  if (call === 'mkdir')
    return badUsage(
      'bad-ledger',
      `--ledger cannot be made (${code})`,
      'name a folder that this user may write',
    );
  return error;
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw badUsage(
      'bad-key-file',
      '--key-file cannot be read',
      'name a file that `webhook create --key-file` wrote',
    );
  }
}

function parsePort(text: string | undefined): number {
  const port = text === undefined ? 8080 : /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw badUsage('bad-port', '--port is not a port', 'write a number from 0 to 65535');
  return port;
}

if (isMain(import.meta)) await runDoor(door);

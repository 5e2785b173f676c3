/** One JSON line per event. The fields are this closed list, so no body, header, key or person can slip in. */

export interface RelayEvent {
  level: 'info' | 'warn' | 'error';
  event:
    | 'listening'
    | 'draining'
    | 'stopped'
    | 'delivery'
    | 'dispatch'
    | 'heartbeat'
    | 'ledger'
    | 'keys'
    | 'fault';
  /** First twelve digits of the sha256 of the signature: the same for a retry that kept it, of no use to anybody else. */
  delivery?: string;
  outcome?: string;
  reason?: string;
  status?: number;
  /** How many, never who. */
  employees?: number;
  ms?: number;
  /** Position of the key that fitted, from 1. */
  key?: number;
  keys?: number;
  port?: number;
  /** What to do, in words of ours. */
  remedy?: string;
}

export type RelayLog = (event: RelayEvent) => void;

export function createRelayLog(write: (line: string) => void, now: () => number): RelayLog {
  return (event) => write(`${JSON.stringify({ at: new Date(now()).toISOString(), ...event })}\n`);
}

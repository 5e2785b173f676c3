/** What every exchange needs of the world, in one value, so that tests bring their own clock, chance and network. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { Environment } from './environment.ts';
import { openNetwork } from './proxy.ts';
import { createTraffic, type Traffic } from './traffic.ts';

export interface Wire {
  dispatcher: Dispatcher;
  sleep(milliseconds: number): Promise<unknown>;
  /** 0 <= random() < 1 */
  random(): number;
  /** Milliseconds since the epoch: budgets, and Retry-After given as a date. */
  now(): number;
  /** One line for a person who waits; never an id, a name or a secret. */
  progress(line: string): void;
  traffic: Traffic;
}

/** Connections kept to one vendor; requests beyond that wait their turn (send.ts), before their time limit starts. */
export const CONNECTIONS = 8;

/** The real network as the environment's proxy has it, real clock and chance; what `parts` gives wins. Throws like openNetwork. */
export function createWire(environment: Environment, parts: Partial<Wire> = {}): Wire {
  return {
    dispatcher: parts.dispatcher ?? openNetwork(environment, CONNECTIONS),
    sleep: parts.sleep ?? pause,
    random: parts.random ?? Math.random,
    now: parts.now ?? Date.now,
    progress: parts.progress ?? (() => undefined),
    traffic: parts.traffic ?? createTraffic(),
  };
}

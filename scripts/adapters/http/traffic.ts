/** What went over the wire, counted: for `--json`, the bench and "0 writes". */

export interface Traffic {
  /** Every attempt counts. */
  requests: number;
  /** Attempts after the first. */
  retries: number;
  waitedMs: number;
  /** `GET /api/systemusers` -> attempts. */
  byRoute: Map<string, number>;
}

export function createTraffic(): Traffic {
  return { requests: 0, retries: 0, waitedMs: 0, byRoute: new Map() };
}

export function countAttempt(traffic: Traffic, route: string, attempt: number): void {
  traffic.requests += 1;
  if (attempt > 1) traffic.retries += 1;
  traffic.byRoute.set(route, (traffic.byRoute.get(route) ?? 0) + 1);
}

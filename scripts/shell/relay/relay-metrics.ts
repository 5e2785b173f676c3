/** Counts of the relay, for `/health` and for Prometheus. Codes and numbers only. */

export interface RelayMetrics {
  delivery(outcome: string, reason: string | undefined, ms: number): void;
  attempt(result: string, reason: string | undefined, employees: number, at: number): void;
  /** Which key fitted, from 0; tells while rotating when the old one has gone quiet. */
  keyUsed(position: number): void;
  ledgerFailed(): void;
  snapshot(): RelayCounts;
  prometheus(): string;
}

export interface RelayCounts {
  deliveries: Record<string, number>;
  reasons: Record<string, number>;
  dispatches: { landed: number; retry: number; refused: number; employees: number };
  /** ISO instants, or null. */
  lastLanded: string | null;
  lastFailure: { at: string; reason: string } | null;
  keys: number[];
  ledgerFailures: number;
}

/** Upper edges in seconds: an answer is due within ten. */
const BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Always listed, so that a rate of something that never happened is zero and not absent. */
const OUTCOMES = ['accepted', 'duplicate', 'ignored', 'refused', 'too-large', 'incomplete', 'failed'];

export function createRelayMetrics(): RelayMetrics {
  const deliveries = new Map<string, number>(OUTCOMES.map((outcome) => [outcome, 0]));
  const reasons = new Map<string, number>();
  const dispatches = { landed: 0, retry: 0, refused: 0, employees: 0 };
  const buckets = BUCKETS.map(() => 0);
  const keys: number[] = [];
  let [answers, seconds, ledgerFailures] = [0, 0, 0];
  let lastLanded: string | null = null;
  let lastFailure: RelayCounts['lastFailure'] = null;

  function prometheus(): string {
    const lines = [
      ...family('rollcall_relay_deliveries_total', 'counter', 'Deliveries by outcome.', [
        ...[...deliveries].map(([outcome, count]) => [`{outcome="${outcome}"}`, count] as const),
      ]),
      ...family('rollcall_relay_reasons_total', 'counter', 'Deliveries not passed on, by reason.', [
        ...[...reasons].map(([reason, count]) => [`{reason="${reason}"}`, count] as const),
      ]),
      ...family('rollcall_relay_dispatches_total', 'counter', 'Attempts at repository_dispatch by result.', [
        ['{result="landed"}', dispatches.landed],
        ['{result="retry"}', dispatches.retry],
        ['{result="refused"}', dispatches.refused],
      ]),
      ...family('rollcall_relay_employees_total', 'counter', 'Ids in dispatches that landed.', [
        ['', dispatches.employees],
      ]),
      ...family(
        'rollcall_relay_key_used_total',
        'counter',
        'Signatures that fitted, by position of the key.',
        [...keys.map((count, position) => [`{key="${position + 1}"}`, count] as const)],
      ),
      ...family(
        'rollcall_relay_ledger_failures_total',
        'counter',
        'Times the shared ledger was out of reach.',
        [['', ledgerFailures]],
      ),
      ...family('rollcall_relay_answer_seconds', 'histogram', 'Time from receipt to answer.', [
        ...BUCKETS.map((edge, index) => [`_bucket{le="${edge}"}`, buckets[index] ?? 0] as const),
        ['_bucket{le="+Inf"}', answers],
        ['_sum', seconds],
        ['_count', answers],
      ]),
    ];
    return `${lines.join('\n')}\n`;
  }

  return {
    delivery(outcome, reason, ms) {
      add(deliveries, outcome);
      if (reason !== undefined) add(reasons, reason);
      answers += 1;
      seconds += ms / 1000;
      BUCKETS.forEach((edge, index) => {
        if (ms / 1000 <= edge) buckets[index] = (buckets[index] ?? 0) + 1;
      });
    },
    attempt(result, reason, employees, at) {
      if (result === 'landed' || result === 'retry' || result === 'refused') dispatches[result] += 1;
      if (result === 'landed') {
        dispatches.employees += employees;
        lastLanded = new Date(at).toISOString();
      } else lastFailure = { at: new Date(at).toISOString(), reason: reason ?? result };
    },
    keyUsed(position) {
      while (keys.length <= position) keys.push(0);
      keys[position] = (keys[position] ?? 0) + 1;
    },
    ledgerFailed: () => {
      ledgerFailures += 1;
    },
    snapshot: () => ({
      deliveries: Object.fromEntries(deliveries),
      reasons: Object.fromEntries(reasons),
      dispatches: { ...dispatches },
      lastLanded,
      lastFailure,
      keys: [...keys],
      ledgerFailures,
    }),
    prometheus,
  };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function family(name: string, type: string, help: string, samples: (readonly [string, number])[]): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([suffix, value]) => `${name}${suffix} ${value}`),
  ];
}

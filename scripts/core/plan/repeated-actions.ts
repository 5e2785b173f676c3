/** Guardrails over what the record repeats: two systems that undo each other, and writes that keep failing. */
import { overrideFor, overrideUsed } from '../mappings/overrides.ts';
import { hasLanded } from '../record/receipt.ts';
import { addDays } from '../values/calendar.ts';
import { type GuardrailFinding, guardrailFinding } from '../values/guardrail-words.ts';
import { type Action, isSuspension } from './action.ts';
import type { World } from './context.ts';
import { type RuleResult, windowStart } from './guardrail.ts';

/** The same action on the same target three times in seven days: frozen and paged, except suspensions. */
export function stopFlapping(actions: Action[], world: World): RuleResult {
  const { times, days } = world.policy.guardrails.flapping;
  const since = windowStart(days, world);
  const counts = new Map<string, number>();
  for (const deed of world.ledger.deeds)
    if (deed.outcome === 'done' && Date.parse(deed.at) >= since)
      counts.set(keyOf(deed), (counts.get(keyOf(deed)) ?? 0) + 1);
  const findings: GuardrailFinding[] = [];
  const block: string[] = [];
  for (const action of actions) {
    const count = counts.get(keyOf(action)) ?? 0;
    if (isSuspension(action) || count < times) continue;
    const { person } = action;
    const what = `${action.kind} was done ${count} times in ${days} days and is wanted again`;
    const { overrides } = world.policy.guardrails;
    const pass = overrideFor(overrides, 'flapping', world.asOf, person ?? undefined);
    if (pass === undefined) block.push(action.id);
    findings.push(
      pass === undefined ? guardrailFinding('flapping', what, { person }) : overrideUsed(pass, what),
    );
  }
  return { findings, block };
}

/** So many failures in a row before an action waits; then it waits 1, 2, 4 … days, at most QUARANTINE_DAYS. */
const FAILURES = 3;
const QUARANTINE_DAYS = 16;

/** What keeps failing is tried again with growing pauses and named in every plan until it works. Suspensions never wait. */
export function quarantine(actions: Action[], world: World): RuleResult {
  const failing = new Map<string, { count: number; last: string; reason: string }>();
  for (const deed of world.ledger.deeds) {
    if (deed.outcome === 'failed') {
      const count = (failing.get(keyOf(deed))?.count ?? 0) + 1;
      failing.set(keyOf(deed), {
        count,
        last: deed.at.slice(0, 10),
        reason: deed.reason ?? 'no reason given',
      });
    } else if (hasLanded(deed.outcome)) failing.delete(keyOf(deed));
  }
  const findings: GuardrailFinding[] = [];
  const block: string[] = [];
  for (const action of actions) {
    const known = failing.get(keyOf(action));
    if (known === undefined || known.count < FAILURES || isSuspension(action)) continue;
    const again = addDays(known.last, Math.min(QUARANTINE_DAYS, 2 ** (known.count - FAILURES)));
    const waits = again > world.asOf;
    if (waits) block.push(action.id);
    findings.push(
      guardrailFinding(
        'quarantine',
        `${action.kind} failed ${known.count} times in a row, last on ${known.last} (${known.reason}), and is tried again ${waits ? `on ${again}` : 'now'}`,
        { person: action.person },
      ),
    );
  }
  return { findings, block };
}

function keyOf(deed: { person: string | null; kind: string; target: string | null }): string {
  return [deed.person, deed.kind, deed.target].join('\u0000');
}

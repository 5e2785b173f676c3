/**
 * What becomes of a change that somebody made by hand in JumpCloud, against what Rollcall had set there: `drift` of
 * guardrails.yaml, by what was changed.
 *
 * | in guardrails.yaml   | actions that would put it back | choices                     |
 * |----------------------|--------------------------------|-----------------------------|
 * | `drift.attributes`   | update, set-manager            | usual, report, review, auto |
 * | `drift.memberships`  | join-group                     | usual, report, review, auto |
 * | `drift.bindings`     | bind                           | usual, report, review, auto |
 * | `drift.accounts`     | reinstate, rename              | usual, report, review       |
 *
 * | choice   | then                                                                                       |
 * |----------|--------------------------------------------------------------------------------------------|
 * | `usual`  | as if HR had changed it: lanes.ts decides                                                  |
 * | `report` | nothing is done; a finding says so in every plan, and reconcile who did it                 |
 * | `review` | the next plan proposes it                                                                  |
 * | `auto`   | the next plan does it, within the budget `drift`; groups of privilegedGroups stay reviewed |
 *
 * Access that comes back to somebody who left or is on leave is not asked for here: it is taken away again, always.
 */
import type { Policy } from '../mappings/policy.ts';
import type { DriftChoice } from '../mappings/guardrails-file.ts';
import { guardrailFinding } from '../values/guardrail-words.ts';
import { textIn } from '../values/json-fields.ts';
import type { Action, ActionKind } from './action.ts';
import type { World } from './context.ts';
import type { RuleResult } from './guardrail.ts';

type Area = keyof Policy['guardrails']['drift'];

const AREA_OF: Partial<Record<ActionKind, Area>> = {
  update: 'attributes',
  'set-manager': 'attributes',
  'join-group': 'memberships',
  bind: 'bindings',
  reinstate: 'accounts',
  rename: 'accounts',
};

/** `usual` for whatever is no drift, or none that can be chosen about. */
export function driftChoice({ cause, kind }: Pick<Action, 'cause' | 'kind'>, policy: Policy): DriftChoice {
  const area = AREA_OF[kind];
  return cause !== 'drift' || area === undefined ? 'usual' : policy.guardrails.drift[area];
}

/** Keeps what policy only reports from being done, and names each. */
export function reportDrift(actions: Action[], { policy }: World): RuleResult {
  const reported = actions.filter((action) => driftChoice(action, policy) === 'report');
  return {
    findings: reported.map((action) => {
      const area = AREA_OF[action.kind] ?? 'attributes';
      const thing =
        textIn(action.after, 'group') || textIn(action.after, 'name') || (action.target ?? 'account');
      return guardrailFinding(
        `drift-${area}`,
        `${action.kind} is not planned, because it was changed in JumpCloud by hand`,
        { person: action.person, subject: thing },
      );
    }),
    block: reported.map(({ id }) => id),
  };
}

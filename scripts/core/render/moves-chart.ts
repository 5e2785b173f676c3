/** A picture of a reorganisation: who moves from where to where, when enough people move for a picture to help. */
import type { Action } from '../plan/action.ts';
import { compareText } from '../values/finding.ts';
import { textIn } from '../values/json-fields.ts';
import { fence } from './escape-markdown.ts';
import { clampText } from './visible-text.ts';

const PEOPLE_FROM = 10;
/** More arrows than this is a hairball. */
const FLOWS_UP_TO = 12;

export interface Flow {
  from: string;
  to: string;
  people: number;
}

/** Moves between departments where HR changed those, else between groups; the largest first. */
export function movesOf(actions: Action[]): Flow[] {
  const byDepartment = departmentMoves(actions);
  return sumFlows(byDepartment.length > 0 ? byDepartment : groupMoves(actions));
}

function departmentMoves(actions: Action[]): [string, string][] {
  return actions.flatMap(({ kind, target, before, after }): [string, string][] =>
    kind === 'update' && target === 'department' && typeof before === 'string' && typeof after === 'string'
      ? [[before, after]]
      : [],
  );
}

/** Only people who leave one group and join one: with more, which replaces which would be a guess. */
function groupMoves(actions: Action[]): [string, string][] {
  const moves = new Map<string, { left: string[]; joined: string[] }>();
  for (const { person, kind, before, after } of actions) {
    if (person === null || (kind !== 'join-group' && kind !== 'leave-group')) continue;
    const move = moves.get(person) ?? { left: [], joined: [] };
    moves.set(person, move);
    if (kind === 'join-group') move.joined.push(textIn(after, 'group'));
    else move.left.push(textIn(before, 'group'));
  }
  return [...moves.values()].flatMap(({ left, joined }): [string, string][] => {
    const [from, to] = [left[0], joined[0]];
    return left.length === 1 && joined.length === 1 && from !== undefined && to !== undefined
      ? [[from, to]]
      : [];
  });
}

function sumFlows(moves: [string, string][]): Flow[] {
  const flows = new Map<string, Flow>();
  for (const [from, to] of moves) {
    const key = JSON.stringify([from, to]);
    const flow = flows.get(key) ?? { from, to, people: 0 };
    flow.people += 1;
    flows.set(key, flow);
  }
  return [...flows.values()].sort(
    (a, b) => b.people - a.people || compareText(a.from, b.from) || compareText(a.to, b.to),
  );
}

/** A mermaid flow chart, or '' when fewer than ten people move or there is only one arrow to draw. */
export function renderMovesChart(flows: Flow[]): string {
  const people = flows.reduce((sum, flow) => sum + flow.people, 0);
  if (people < PEOPLE_FROM || flows.length < 2) return '';
  const shown = flows.slice(0, FLOWS_UP_TO);
  const nodes = new Map<string, string>();
  const nodeOf = (side: string, name: string): string => {
    const key = `${side} ${name}`;
    const id = nodes.get(key) ?? `${side}${nodes.size}`;
    nodes.set(key, id);
    return `${id}["${mermaidText(name)}"]`;
  };
  const arrows = shown.map(({ from, to, people: moving }) => {
    const left = nodeOf('from', from);
    return `  ${left} -->|${moving}| ${nodeOf('to', to)}`;
  });
  const left = flows.length - shown.length;
  const note = left === 0 ? [] : ['', `_The ${shown.length} largest of ${flows.length} moves._`];
  return [fence('mermaid', ['flowchart LR', ...arrows]), ...note].join('\n');
}

/** Inside a quoted label mermaid still reads quotes, entities and Markdown: all but letters, digits and blanks become `#code;`. */
function mermaidText(text: string): string {
  return clampText(text, 40).replace(/[^\p{L}\p{M}\p{N} ]/gu, (sign) => `#${sign.codePointAt(0) ?? 32};`);
}

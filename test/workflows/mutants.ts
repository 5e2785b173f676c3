/**
 * Every line of the workflow files that gives something: a grant, a secret, a token, a trigger, a need, an environment, an
 * output. Each can be taken out, alone, so that a test can show that the flow does not survive it.
 */
import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';

export type MutantKind =
  | 'grant'
  | 'key'
  | 'trigger'
  | 'need'
  | 'environment'
  | 'output'
  | 'app permission'
  | 'handover';

export interface Mutant {
  workflow: string;
  kind: MutantKind;
  /** `sync/export permissions.contents` */
  name: string;
  /** Keys from the root of the file. */
  at: (string | number)[];
}

export function listMutants(workflow: string, text: string): Mutant[] {
  const document = parseDocument(text);
  const found: Mutant[] = [];
  const add = (kind: MutantKind, at: (string | number)[], label = at.join('.')): void => {
    found.push({ workflow, kind, name: `${workflow}: ${label}`, at });
  };
  for (const event of keysAt(document, ['on'])) {
    add('trigger', ['on', event]);
    const paths = document.getIn(['on', event, 'paths']);
    // A filter that is taken away as a whole starts more, not less.
    if (isSeq(paths) && paths.items.length > 1)
      paths.items.forEach((item, index) =>
        add('trigger', ['on', event, 'paths', index], `on.${event}.paths ${textOf(item)}`),
      );
  }
  for (const job of keysAt(document, ['jobs'])) {
    const at = ['jobs', job];
    for (const name of keysAt(document, [...at, 'permissions'])) add('grant', [...at, 'permissions', name]);
    if (document.hasIn([...at, 'environment'])) add('environment', [...at, 'environment']);
    for (const name of keysAt(document, [...at, 'outputs'])) add('output', [...at, 'outputs', name]);
    const needs = document.getIn([...at, 'needs']);
    if (isSeq(needs))
      needs.items.forEach((item, index) =>
        add('need', [...at, 'needs', index], `${job} needs ${textOf(item)}`),
      );
    const steps = document.getIn([...at, 'steps']);
    if (!isSeq(steps)) continue;
    steps.items.forEach((_, index) => {
      const step = [...at, 'steps', index];
      const title = textOf(document.getIn([...step, 'name']) ?? document.getIn([...step, 'uses']));
      for (const part of ['env', 'with'])
        for (const name of keysAt(document, [...step, part])) {
          const kind = kindOf(name, textOf(document.getIn([...step, part, name])));
          if (kind !== undefined) add(kind, [...step, part, name], `${job}, ${title}: ${name}`);
        }
    });
  }
  return found;
}

function kindOf(name: string, value: string): MutantKind | undefined {
  if (name.startsWith('permission-')) return 'app permission';
  if (name === 'parts' || name === 'part') return 'handover';
  if (/secrets\.|github\.token|steps\.app\.outputs\.token|client-id/.test(`${name} ${value}`)) return 'key';
  return undefined;
}

/** The text of the file without that line. */
export function withoutLine(text: string, { at }: Mutant): string {
  const document = parseDocument(text);
  document.deleteIn(at);
  // An empty list or map left behind would be another mistake than the one that is meant.
  const parent = document.getIn(at.slice(0, -1));
  if ((isSeq(parent) || isMap(parent)) && parent.items.length === 0 && at.at(-2) !== 'permissions')
    document.deleteIn(at.slice(0, -1));
  return document.toString({ lineWidth: 0 });
}

function keysAt(document: Document, at: (string | number)[]): string[] {
  const node = document.getIn(at);
  return isMap(node) ? node.items.map(({ key }) => textOf(key)) : [];
}

function textOf(node: unknown): string {
  return String(isScalar(node) ? node.value : (node ?? ''));
}

/** preview: what an edit of mappings/ would do to real people, from committed facts alone. Needs no key. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readMappings } from './adapters/files/mappings-folder.ts';
import { openWorkspace } from './adapters/files/workspace.ts';
import { compilePolicy, type MappingSources } from './core/mappings/policy.ts';
import { runExamples } from './core/people/examples.ts';
import { previewMappings } from './core/plan/preview.ts';
import { foldRecord } from './core/record/ledger.ts';
import { renderMappingPreview } from './core/render/mapping-preview.ts';
import { labelOf } from './core/render/plan-view.ts';
import { previewHeadline } from './core/render/preview-headline.ts';
import type { PreviewDelta } from './core/render/preview-view.ts';
import { clampPair, clampText, visibleText } from './core/render/visible-text.ts';
import { type Day, dayIn } from './core/values/calendar.ts';
import { badUsage, Failure, type Problem } from './core/values/failure.ts';
import type { Workspace } from './flow/workspace.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

/** Main's mappings and facts against the edited mappings. Problems of the edit are part of the answer, not thrown. */
export async function preview(
  main: Workspace,
  readEdited: () => MappingSources,
  today: (zone: string) => Day,
): Promise<PreviewDelta> {
  const before = await main.readPolicy();
  const people = await main.readPeople(undefined);
  const ledger = foldRecord(await main.readRecord());
  const asOf = today(before.lifecycle.timeZone);
  const over = (
    after: typeof before,
    problems: Problem[],
    examples: { passed: number; failed: number },
  ): PreviewDelta => previewMappings({ people, ledger, before, after, asOf, examples, problems });
  const none = { passed: 0, failed: 0 };
  try {
    const edited = readEdited();
    const compiled = compilePolicy(edited);
    if (!compiled.ok) return over(before, compiled.problems, none);
    const { problems, ...examples } = runExamples(compiled.policy, edited.examples);
    return over(compiled.policy, problems, examples);
  } catch (error) {
    if (error instanceof Failure && error.problems.length > 0) return over(before, error.problems, none);
    throw error;
  }
}

export function previewText(delta: PreviewDelta): string {
  const { problems, people } = delta;
  const headline = previewHeadline(delta);
  if (problems.length > 0)
    return [
      `${headline}.`,
      ...problems.map(({ file, line, column, message, remedy }) =>
        visibleText(`${file}:${line}:${column}: ${message}${remedy === undefined ? '' : ` (${remedy})`}`),
      ),
    ].join('\n');
  const lines = people.map(({ person, joins, leaves, values, stage }) =>
    [
      labelOf(person, delta.names),
      ...(stage === undefined ? [] : [`  ! stage ${stage.before} -> ${stage.after}`]),
      ...joins.map(({ group, because }) => `  + ${clampText(group)}: ${clampText(because)}`),
      ...leaves.map(({ group, because }) => `  - ${clampText(group)}: no longer ${clampText(because)}`),
      ...values.map(({ name, before, after }) => {
        const [from, to] = clampPair(before ?? '(none)', after ?? '(none)');
        return `  ~ ${name}: ${from} -> ${to}`;
      }),
    ].join('\n'),
  );
  return [`This edit ${headline}.`, ...lines].join('\n\n');
}

const OPTIONS = {
  head: { type: 'string', value: 'DIR', description: 'folder whose mappings/ are the edited ones' },
  out: { type: 'string', value: 'FILE', description: 'write the Markdown there, for a comment' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'preview',
  summary: 'Shows what an edit of mappings/ would do to real people, before it is merged.',
  details:
    'Facts, state and code are those of --root (main); only the mappings come from --head. It reads no key and changes nothing: merging a mapping changes no access, the sync that follows proposes the plan that it causes.',
  options: OPTIONS,
  shared: ['as-of'],
  exits: { 2: 'the edited mappings are wrong, or an example does not hold; each place is named' },
  examples: [['npm run preview -- --head ../edited', 'compares ../edited/mappings with the mappings here']],
  async run({ root, asOf, options, now }) {
    if (options.head === undefined)
      throw badUsage('no-head', '--head is missing', 'name the folder whose mappings/ are the edited ones');
    const head = resolve(options.head);
    const delta = await preview(
      openWorkspace(root),
      () => readMappings(head),
      (zone) => asOf ?? dayIn(zone, now()),
    );
    const markdown = renderMappingPreview(delta);
    if (options.out !== undefined) await writeFile(options.out, markdown);
    return {
      exit: delta.problems.length > 0 ? 2 : 0,
      json: {
        headline: previewHeadline(delta),
        people: delta.people,
        added: delta.added,
        released: delta.released,
        problems: delta.problems,
        examples: delta.examples,
      },
      text: previewText(delta),
      summary: markdown,
    };
  },
};

if (isMain(import.meta)) await runDoor(door);

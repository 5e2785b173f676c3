/** check: are mappings and state in order? Needs no key and no network. */
import { readMappings } from './adapters/files/mappings-folder.ts';
import { openWorkspace } from './adapters/files/workspace.ts';
import { compilePolicy, type Policy } from './core/mappings/policy.ts';
import { runExamples } from './core/people/examples.ts';
import { rederive } from './core/people/person.ts';
import { reservationsOf } from './core/people/reservations.ts';
import type { PersonFile } from './core/people/person-file.ts';
import { adviseEnds } from './core/plan/advise.ts';
import { foldRecord } from './core/record/ledger.ts';
import { canonicalJson } from './core/values/canonical-json.ts';
import { type Day, dayIn } from './core/values/calendar.ts';
import { badInput } from './core/values/failure.ts';
import type { Finding } from './core/values/finding.ts';
import type { Workspace } from './flow/workspace.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

export interface Checked {
  groups: number;
  attributes: number;
  examples: number;
  people: number;
  /** People whose consequences the mappings now give differently than their files say: the next export rewrites them. */
  stale: number;
  plans: number;
  pending: number;
  findings: Finding[];
}

/** @throws badInput (2) with every problem of mappings, examples and state. */
export async function check(
  root: string,
  workspace: Workspace,
  today: (zone: string) => Day,
): Promise<Checked> {
  const sources = readMappings(root);
  const compiled = compilePolicy(sources);
  if (!compiled.ok) throw badInput(compiled.problems);
  const { policy } = compiled;
  const examples = runExamples(policy, sources.examples);
  if (examples.problems.length > 0) throw badInput(examples.problems);
  const asOf = today(policy.lifecycle.timeZone);
  const people = await workspace.readPeople(await workspace.readManifest());
  const record = await workspace.readRecord();
  await workspace.readPins();
  await workspace.readHolds();
  const ledger = foldRecord(record);
  return {
    groups: policy.groups.length,
    attributes: policy.attributes.length,
    examples: examples.passed,
    people: people.length,
    stale: countStale(people, policy, asOf, ledger),
    plans: record.length,
    pending: ledger.pending.length,
    findings: adviseEnds(policy, asOf),
  };
}

function countStale(
  people: PersonFile[],
  policy: Policy,
  asOf: Day,
  ledger: ReturnType<typeof foldRecord>,
): number {
  const reserved = reservationsOf(people, ledger);
  return people.filter((file) => {
    const { person } = rederive(file, { ledger, reserved, asOf }, policy);
    return canonicalJson(person) !== canonicalJson(file);
  }).length;
}

export function checkedText(checked: Checked): string {
  const { groups, attributes, examples, people, stale, plans, pending, findings } = checked;
  return [
    `Mappings are in order: ${attributes} attributes, ${groups} groups, ${examples} examples hold.`,
    `State is in order: ${people} people, ${plans} plans, ${pending} pending.`,
    ...(stale === 0
      ? []
      : [`${stale} people would read differently over these mappings today: run export, then plan.`]),
    ...findings.map(({ severity, message }) => `  ${severity}: ${message}`),
  ].join('\n');
}

export const door: Door = {
  name: 'check',
  summary: 'Validates mappings/ and state/, and runs mappings/examples.yaml.',
  details:
    'It needs no key and no network, so it runs on every pull request. Every problem is named with its file, line and column.',
  shared: ['as-of'],
  exits: { 2: 'something is wrong; each place is named' },
  examples: [['npm run check', 'checks this checkout']],
  async run({ root, asOf, now }) {
    const checked = await check(root, openWorkspace(root), (zone) => asOf ?? dayIn(zone, now()));
    return { json: checked, text: checkedText(checked) };
  },
};

if (isMain(import.meta)) await runDoor(door);

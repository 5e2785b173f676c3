/**
 * explain: why one person has what they have, or who is in a group and why, from git alone; beside it what JumpCloud
 * has, where a key is in the environment. Writes nothing.
 */
import { readCheckedOut } from './adapters/files/checked-out.ts';
import { readLineCommits } from './adapters/files/git-blame.ts';
import { readMappings } from './adapters/files/mappings-folder.ts';
import { readOpenPlans } from './adapters/files/open-plans.ts';
import { openWorkspace } from './adapters/files/workspace.ts';
import { connectDirectoryReader } from './adapters/jumpcloud/read/connect.ts';
import { connectDirectoryLog } from './adapters/jumpcloud/read/events.ts';
import { type Explanation, placesOf } from './core/explain/explanation.ts';
import { renderExplanation } from './core/explain/explanation-terminal.ts';
import { findPerson } from './core/explain/find-person.ts';
import { type GroupExplanation, knownGroups } from './core/explain/group-explanation.ts';
import { renderGroup } from './core/explain/group-terminal.ts';
import type { TracedPlan } from './core/explain/record-trace.ts';
import type { LineCommits } from './core/explain/rule-trace.ts';
import { readWhatIf } from './core/explain/what-if.ts';
import { compilePolicy, type MappingSources, type Policy } from './core/mappings/policy.ts';
import type { PersonFile } from './core/people/person-file.ts';
import { planName } from './core/plan/plan-file.ts';
import type { RecordedPlan } from './core/record/ledger.ts';
import { labelOf, personNameOf } from './core/render/plan-view.ts';
import { badInput, badUsage } from './core/values/failure.ts';
import { nearestName } from './core/values/nearest-name.ts';
import type { Day } from './core/values/calendar.ts';
import { explainGroupAt, explainPersonAt, type LiveSources } from './flow/explain-desk.ts';
import { type Desk, readDesk } from './flow/plan-desk.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';
import type { Environment } from './shell/variables.ts';

/** The checkout, read once. */
interface Read {
  desk: Desk;
  recorded: RecordedPlan[];
  /** Plans that wait in the pull request. */
  open: TracedPlan[];
  sources: MappingSources;
}

export interface ExplainOptions {
  asOf: Day | undefined;
  now: () => string;
  /** Absent: offline. */
  live: LiveSources | undefined;
  progress: (text: string) => void;
}

/** Everything of the checkout, each file parsed once. @throws badInput (2) */
export async function readCheckout(
  root: string,
  options: Pick<ExplainOptions, 'asOf' | 'now'>,
): Promise<Read> {
  const sources = readMappings(root);
  const policy = compile(sources);
  const workspace = openWorkspace(root);
  const recorded = await workspace.readRecord();
  const manifest = await workspace.readManifest();
  const desk = await readDesk(
    {
      ...workspace,
      readPolicy: () => Promise.resolve(policy),
      readRecord: () => Promise.resolve(recorded),
      // Why nothing is happening is a question too: a refused export or a freeze keeps nobody from asking.
      readManifest: () => Promise.resolve(manifest?.complete === false ? undefined : manifest),
    },
    { ...options, lane: 'urgent' },
  );
  const open = await readOpenPlans(root, new Set(recorded.map(({ plan }) => planName(plan))));
  return { desk, recorded, open, sources };
}

function compile(sources: MappingSources): Policy {
  const compiled = compilePolicy(sources);
  if (!compiled.ok) throw badInput(compiled.problems);
  return compiled.policy;
}

export type Answer<T> = { found: true; explanation: T } | { found: false; many: boolean; near: PersonFile[] };

/** One person, by HR id, address or user name. */
export async function explain(
  root: string,
  query: string,
  whatIf: string[],
  options: ExplainOptions,
): Promise<Answer<Explanation>> {
  const { desk, recorded, open, sources } = await readCheckout(root, options);
  const set = whatIf.length === 0 ? undefined : readWhatIf(whatIf, desk.policy);
  const found = findPerson(query, desk.people, desk.ledger);
  if (found.kind !== 'one') return { found: false, many: found.kind === 'many', near: found.near };
  const explanation = await explainPersonAt(desk, found.person, {
    recorded,
    open,
    sources,
    set,
    live: options.live,
    progress: options.progress,
    readCommits: (person) => readCommits(root, placesOf(person, desk.policy, sources)),
  });
  return { found: true, explanation };
}

/** One group, by its exact name. @throws exit 2 for a group that neither mappings, exceptions nor record know. */
export async function explainGroup(
  root: string,
  group: string,
  options: ExplainOptions,
): Promise<GroupExplanation> {
  const { desk, recorded, open } = await readCheckout(root, options);
  const known = knownGroups(desk.policy, desk.ledger);
  if (!known.includes(group)) {
    const near =
      known.find((name) => name.toLowerCase() === group.toLowerCase()) ?? nearestName(group, known);
    throw badUsage(
      'unknown-group',
      `no mapping, exception or receipt names the group ${JSON.stringify(group.slice(0, 80))}`,
      near === undefined
        ? `${known.length} groups are known; names compare exactly`
        : `did you mean ${JSON.stringify(near)}?`,
    );
  }
  const places = desk.policy.groups.find(({ name }) => name === group)?.rules.map(({ place }) => place) ?? [];
  return explainGroupAt(desk, group, {
    recorded,
    open,
    commits: await readCommits(root, places),
    now: options.now,
    live: options.live,
    progress: options.progress,
  });
}

async function readCommits(root: string, places: string[]): Promise<LineCommits> {
  return (await readCheckedOut(root)) === undefined ? new Map() : readLineCommits(root, places);
}

/** A key makes it live; a wrong one is exit 2, as everywhere. */
function liveOf(
  environment: Environment,
  offline: boolean,
  log: (line: string) => void,
): LiveSources | undefined {
  const { JUMPCLOUD_API_KEY: key, JUMPCLOUD_CLIENT_ID: id } = environment;
  if (offline || (key === undefined && id === undefined)) return undefined;
  const wire = { progress: log };
  return {
    reader: connectDirectoryReader(environment, { wire }),
    log: connectDirectoryLog(environment, { wire }),
  };
}

const OPTIONS = {
  group: { type: 'string', value: 'NAME', description: 'turn it round: who is in this group and why' },
  'what-if': {
    type: 'string',
    value: 'FIELD=VALUE',
    multiple: true,
    description: 'what this change of HR would do; may be given more than once',
  },
  offline: { type: 'boolean', description: 'from git alone, although a JumpCloud key is set' },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'explain',
  summary:
    'Says why one person has what they have: HR row, stage, every attribute and group with its rule and commit, what JumpCloud has, what waits, what was done.',
  details:
    'Works from git alone. With a JumpCloud key that can read it shows live values, the difference, and what a plan of now would do. Nothing is written anywhere.',
  options: OPTIONS,
  shared: ['as-of'],
  positionals: {
    usage: '[ID]',
    description: 'HR id, address or user name',
    min: 0,
    max: 1,
  },
  variables: [
    'JUMPCLOUD_API_KEY',
    'JUMPCLOUD_CLIENT_ID',
    'JUMPCLOUD_CLIENT_SECRET',
    'JUMPCLOUD_BASE_URL',
    'JUMPCLOUD_INSIGHTS_URL',
    'JUMPCLOUD_ORG_ID',
  ],
  exits: { 2: 'nobody, or more than one, of this name; near matches are shown' },
  examples: [
    ['npm run explain -- 1042', 'one person, by HR id'],
    ['npm run explain -- ada@example.com --what-if department=Sales', 'what a move would do'],
    ["npm run explain -- --group 'All Staff'", 'who is in and why'],
  ],
  async run({ root, asOf, options, positionals, now, environment, progress, log, columns, colour }) {
    const [query] = positionals;
    if ((query === undefined) === (options.group === undefined))
      throw badUsage(
        'bad-arguments',
        'name one person, or one group with --group',
        'run with --help to see how',
      );
    if (options.group !== undefined && options['what-if'].length > 0)
      throw badUsage('bad-arguments', '--what-if is about a person', 'name the person instead of --group');
    const shared: ExplainOptions = {
      asOf,
      now,
      live: liveOf(environment, options.offline, log),
      progress: (text) => progress.update(text),
    };
    const look = { width: columns, colour };
    if (options.group !== undefined) {
      const explanation = await explainGroup(root, options.group, shared);
      return { json: explanation, text: renderGroup(explanation, look) };
    }
    const answer = await explain(root, query ?? '', options['what-if'], shared);
    if (answer.found) return { json: answer.explanation, text: renderExplanation(answer.explanation, look) };
    return unknownPerson(answer.many, answer.near);
  },
};

/** Names of people go to stdout with the answer, never into an error text. */
function unknownPerson(many: boolean, near: PersonFile[]) {
  const message = many
    ? 'more than one person has this address or name'
    : 'nobody has this HR id, address or user name';
  const remedy = near.length === 0 ? 'look into state/people' : 'name one of these by HR id';
  const names = new Map(near.map((person) => [person.employee.id, personNameOf(person)]));
  const lines = near.map(({ employee, account }) =>
    [`  ${labelOf(employee.id, names)}`, account?.username, employee['workEmail']]
      .filter((part) => part !== undefined && part !== '')
      .join(', '),
  );
  return {
    exit: 2 as const,
    json: {
      error: { code: many ? 'ambiguous-person' : 'unknown-person', message, remedy, problems: [] },
      near: near.map(({ employee }) => ({ id: employee.id, ...names.get(employee.id) })),
    },
    text: [`explain: ${message}; ${remedy}`, ...lines].join('\n'),
  };
}

if (isMain(import.meta)) await runDoor(door);

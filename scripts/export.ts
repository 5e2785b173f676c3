/** export: BambooHR -> state/people. Holds the BambooHR key and nothing else. */
import { connectBambooHr } from './adapters/bamboohr/connect.ts';
import { openWorkspace } from './adapters/files/workspace.ts';
import type { Policy } from './core/mappings/policy.ts';
import { deriveCompany } from './core/people/company.ts';
import type { HrRead } from './core/people/hr-read.ts';
import { type TimeOff, timeOffWindow } from './core/people/leave.ts';
import type { PersonFile } from './core/people/person-file.ts';
import { foldRecord, type Ledger } from './core/record/ledger.ts';
import type { Manifest } from './core/record/manifest.ts';
import { addDays, type Day, dayIn } from './core/values/calendar.ts';
import { badUsage, Failure } from './core/values/failure.ts';
import { type Finding, orderFindings } from './core/values/finding.ts';
import { HrId } from './core/values/hr-id.ts';
import type { Workspace } from './flow/workspace.ts';
import type { HrReader } from './ports.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

export interface ExportOptions {
  asOf: Day | undefined;
  only: string[] | undefined;
  /** Besides `only`: everybody who changed in BambooHR since the newest urgent receipt, and everybody who is due. */
  changed: boolean;
  /** ISO instant, real time. */
  now: () => string;
  progress: (text: string) => void;
}

export interface Exported {
  asOf: Day;
  employees: number;
  written: number;
  unchanged: number;
  complete: boolean;
  findings: Finding[];
  stages: Record<string, number>;
}

/** Reads BambooHR, proves the read, and writes one file a person. @throws Failure 2 or 3 before anything is written. */
export async function exportPeople(
  hr: HrReader,
  workspace: Workspace,
  options: ExportOptions,
): Promise<Exported> {
  const { now, progress } = options;
  const startedAt = now();
  const policy = await workspace.readPolicy();
  const asOf = options.asOf ?? dayIn(policy.lifecycle.timeZone, startedAt);
  const previous = await workspace.readPeople(undefined);
  const ledger = foldRecord(await workspace.readRecord());
  progress('reading BambooHR');
  const [{ only, read, unread }, timeOff] = await Promise.all([
    readChosen(hr, { previous, ledger, policy, asOf }, options),
    readTimeOff(hr, policy, asOf),
  ]);
  const known = new Map(previous.map((person) => [person.employee.id, person]));
  const deleted = await readDeleted(hr, read, previous, only, asOf);
  const verdict = deriveCompany({ read, previous: known, ledger, policy, asOf, timeOff, deleted, only });
  const seal = async (rest: Pick<Manifest, 'complete' | 'files' | 'refused'>): Promise<void> =>
    workspace.writeManifest({
      version: 1,
      startedAt,
      finishedAt: now(),
      asOf,
      total: read.total,
      ...(only === undefined ? {} : { only: [...only].sort() }),
      ...rest,
    });
  if (!verdict.ok) {
    // Nothing may be planned on an older read as if it were this one.
    await seal({ complete: false, files: {}, refused: verdict.failure.code });
    throw verdict.failure;
  }
  progress(`writing ${verdict.people.length} people`);
  const { written, unchanged, digests } = await workspace.writePeople(verdict.people);
  const others = only === undefined ? {} : ((await workspace.readManifest())?.files ?? {});
  await seal({ complete: true, files: { ...others, ...digests } });
  return {
    asOf,
    employees: read.rows.length,
    written: written.length,
    unchanged,
    complete: true,
    findings: orderFindings([...verdict.findings, ...unread]),
    stages: countStages(verdict.people),
  };
}

interface Chosen {
  /** Undefined: everybody. */
  only: ReadonlySet<string> | undefined;
  read: HrRead;
  /** That who else changed could not be read. */
  unread: Finding[];
}

interface Known {
  previous: PersonFile[];
  ledger: Ledger;
  policy: Policy;
  asOf: Day;
}

/**
 * Everybody, or who was named, and with `changed` whoever is due and whoever else changed. Level-triggered: GitHub may
 * drop all but one of several events, so an urgent run never relies on its own event alone. Seconds count: those who
 * are known beforehand are read beside the question who else changed, and do not wait for its answer.
 */
async function readChosen(hr: HrReader, known: Known, options: ExportOptions): Promise<Chosen> {
  const { previous, ledger, policy, asOf } = known;
  const named = options.only === undefined ? undefined : checkIds(options.only);
  if (!options.changed)
    return {
      only: named,
      read:
        named === undefined
          ? await hr.readCompany(policy.fields, policy.customFields)
          : await readSome(hr, named, policy),
      unread: [],
    };
  const due = previous.filter(
    ({ employee, stage }) =>
      stage !== 'left' && ((employee['terminationDate'] as string | undefined) ?? '9999') <= asOf,
  );
  const first = new Set([...(named ?? []), ...due.map(({ employee }) => employee.id)]);
  const since = ledger.lastUrgent ?? `${addDays(asOf, -1)}T00:00:00Z`;
  const [read, changes] = await Promise.all([readSome(hr, first, policy), readChanges(hr, since)]);
  const files = new Set(previous.map(({ employee }) => employee.id));
  const others = new Set(changes.changed.filter((id) => files.has(id) && !first.has(id)));
  return {
    only: new Set([...first, ...others]),
    read: others.size === 0 ? read : joinReads(read, await readSome(hr, others, policy)),
    unread: changes.unread,
  };
}

/** Who else changed is a second look: an exit that was named does not wait until BambooHR can tell. */
async function readChanges(hr: HrReader, since: string): Promise<{ changed: string[]; unread: Finding[] }> {
  try {
    return { changed: (await hr.readChanges(since)).changed, unread: [] };
  } catch (error) {
    if (!(error instanceof Failure) || error.exit !== 1) throw error;
    return {
      changed: [],
      unread: [
        {
          code: 'changes-unread',
          severity: 'warning',
          message: `who else changed in BambooHR could not be read (${error.code}): only who was named or is due was looked at; the next sync looks at everybody`,
        },
      ],
    };
  }
}

/** Two requests a person, or everybody in a few pages: beyond so many people the pages are faster. */
const FEW = 20;

async function readSome(
  hr: HrReader,
  only: ReadonlySet<string>,
  { fields, customFields }: Policy,
): Promise<HrRead> {
  if (only.size <= FEW) return hr.readPeople([...only], fields, customFields);
  const company = await hr.readCompany(fields, customFields);
  const rows = company.rows.filter(({ id }) => only.has(id));
  return { ...company, rows, total: rows.length };
}

/** Of two reads of different people. */
function joinReads(a: HrRead, b: HrRead): HrRead {
  return {
    total: a.total + b.total,
    rows: [...a.rows, ...b.rows],
    scheduled: new Map([...a.scheduled, ...b.scheduled]),
    hiddenColumns: [...new Set([...a.hiddenColumns, ...b.hiddenColumns])],
  };
}

function checkIds(ids: string[]): ReadonlySet<string> {
  const bad = ids.find((id) => !HrId.safeParse(id).success);
  if (bad !== undefined)
    throw badUsage(
      'bad-id',
      `--only: ${JSON.stringify(bad)} is no HR id`,
      'give BambooHR ids, separated by commas',
    );
  return new Set(ids);
}

/** Approved time off, where lifecycle.yaml maps types; what type it was is not kept. */
async function readTimeOff(hr: HrReader, { lifecycle }: Policy, asOf: Day): Promise<Map<string, TimeOff[]>> {
  const rule = lifecycle.leave.timeOff;
  const byPerson = new Map<string, TimeOff[]>();
  if (rule === undefined) return byPerson;
  const { from, to } = timeOffWindow(lifecycle, asOf);
  for (const { person, start, end } of await hr.readTimeOff(from, to, rule.types))
    byPerson.set(person, [...(byPerson.get(person) ?? []), { start, end }]);
  return byPerson;
}

/** BambooHR names deleted records only in its list of changes; it is asked only when somebody is missing. */
async function readDeleted(
  hr: HrReader,
  read: HrRead,
  previous: PersonFile[],
  only: ReadonlySet<string> | undefined,
  asOf: Day,
): Promise<ReadonlySet<string>> {
  const present = new Set(read.rows.map(({ id }) => id));
  const isMissing = previous.some(
    ({ employee, stage }) =>
      stage !== 'left' && !present.has(employee.id) && (only === undefined || only.has(employee.id)),
  );
  if (!isMissing) return new Set();
  return new Set((await hr.readChanges(`${addDays(asOf, -90)}T00:00:00Z`)).deleted);
}

function countStages(people: PersonFile[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { stage } of people) counts[stage] = (counts[stage] ?? 0) + 1;
  return counts;
}

/** What a person reads after an export. */
export function exportedText({ asOf, employees, written, unchanged, findings, stages }: Exported): string {
  const stageText = Object.entries(stages)
    .sort()
    .map(([stage, count]) => `${count} ${stage}`)
    .join(', ');
  const notes = findings.map(
    ({ severity, code, person, message }) =>
      `  ${severity}: ${person === undefined ? '' : `${person}: `}${message} [${code}]`,
  );
  return [
    `Read ${employees} employees from BambooHR as of ${asOf}: ${stageText || 'nobody'}.`,
    `${written} person files written, ${unchanged} unchanged.`,
    ...notes,
  ].join('\n');
}

const OPTIONS = {
  changed: {
    type: 'boolean',
    description:
      'besides --only: everybody who changed in BambooHR since the newest urgent receipt, and everybody who is due',
  },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'export',
  summary: 'Reads every employee from BambooHR and writes one file a person into state/people.',
  details:
    'The read is proven complete before anything is written. Only the fields that mappings/ use are written; people who did not change keep their files byte for byte.',
  options: OPTIONS,
  shared: ['as-of', 'only'],
  variables: ['BAMBOOHR_COMPANY', 'BAMBOOHR_API_KEY', 'BAMBOOHR_BASE_URL', 'GITHUB_OUTPUT'],
  exits: { 3: 'the read cannot be trusted: incomplete, redacted, or too many people missing' },
  examples: [
    ['npm run export', 'reads the whole company as of today'],
    ['npm run export -- --only 1042', 'reads one person again'],
  ],
  async run({ root, asOf, only, now, environment, options, progress, log }) {
    const hr = connectBambooHr(environment, { wire: { progress: log } });
    const exported = await exportPeople(hr, openWorkspace(root), {
      asOf,
      only,
      changed: options.changed,
      now,
      progress: (text) => progress.update(text),
    });
    const { stages: _, ...json } = exported;
    return { json, text: exportedText(exported), outputs: { changed: exported.written > 0 } };
  },
};

if (isMain(import.meta)) await runDoor(door);

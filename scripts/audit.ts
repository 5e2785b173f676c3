/** audit: what happened, who approved, who had access, and whether the record holds; from git log and receipts alone. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openArchive } from './adapters/files/archive.ts';
import { checkAgainst } from './adapters/files/git-against.ts';
import { evidenceCsv } from './core/audit/csv.ts';
import type { Evidence } from './core/audit/evidence.ts';
import { findingText, renderEvidenceText } from './core/audit/evidence-text.ts';
import { renderEvidencePage } from './core/audit/html-audit.ts';
import { accessLines, renderGroup, renderLife } from './core/audit/life.ts';
import { ocsfLines } from './core/audit/ocsf.ts';
import { DEFAULT_DAYS } from './core/audit/period.ts';
import { DEFAULT_GOALS, type Passage } from './core/audit/timeliness.ts';
import { holds, tally } from './core/audit/verdict.ts';
import { jsonText } from './core/render/json-text.ts';
import { addDays, type Day, dayIn, isDay } from './core/values/calendar.ts';
import { badUsage } from './core/values/failure.ts';
import { type Finding, orderFindings } from './core/values/finding.ts';
import { HrId, personFileOf } from './core/values/hr-id.ts';
import type { Archive } from './flow/archive.ts';
import { gatherEvidence } from './flow/gather-evidence.ts';
import { readAccessOn, readGroup, readLife } from './flow/look-up.ts';
import { readRecordOfMain, type Verified, verifyRecord } from './flow/verify-record.ts';
import { type Door, type DoorContext, type DoorResult, isMain, runDoor } from './shell/door.ts';
import type { OptionValues } from './shell/options.ts';

const FORMATS = ['html', 'csv', 'json', 'ocsf'] as const;
type Format = (typeof FORMATS)[number];

const OPTIONS = {
  from: {
    type: 'string',
    value: 'YYYY-MM-DD',
    description: `first day (default: ${DEFAULT_DAYS} days before the last)`,
  },
  to: {
    type: 'string',
    value: 'YYYY-MM-DD',
    description: 'last day (default: today in the company’s time zone)',
  },
  format: {
    type: 'string',
    value: FORMATS.join(','),
    description: 'what to write into --out (default: all of them)',
  },
  out: {
    type: 'string',
    value: 'DIR',
    description: 'folder for the files; without it only a summary is printed',
  },
  person: { type: 'string', value: 'ID', description: 'everything about one person, by HR id' },
  group: {
    type: 'string',
    value: 'NAME',
    description: 'one group: its members, and everybody who joined or left',
  },
  at: { type: 'string', value: 'YYYY-MM-DD', description: 'who had access to what at the end of that day' },
  against: {
    type: 'string',
    value: 'REMOTE|SHA',
    description: 'verify: a remote, or a commit seen before, that the history must contain',
  },
  strict: {
    type: 'boolean',
    description: 'verify: what nothing vouches for (unsigned, without trailers) fails too',
  },
  'leaver-goal': {
    type: 'string',
    value: 'HOURS',
    description: `hours after the end of the last day (default ${DEFAULT_GOALS.leaver})`,
  },
  'joiner-goal': {
    type: 'string',
    value: 'HOURS',
    description: `hours after the beginning of the first day (default ${DEFAULT_GOALS.joiner})`,
  },
  'mover-goal': {
    type: 'string',
    value: 'HOURS',
    description: `hours after the export that saw the move (default ${DEFAULT_GOALS.mover})`,
  },
} as const;

type Context = DoorContext<typeof OPTIONS>;
type Options = OptionValues<typeof OPTIONS>;

export const door: Door<typeof OPTIONS> = {
  name: 'audit',
  summary:
    'Shows from git log and receipts alone what was changed, who approved it and who had access; "audit verify" proves the record.',
  details:
    'It needs the whole history (no shallow clone) and nothing else: no key, no network, no forge. "audit verify" recomputes every digest, follows the chain of receipts, and derives every plan again from the facts and mappings of its commit.',
  options: OPTIONS,
  positionals: {
    usage: '[verify]',
    description: 'verify: prove the record instead of reporting on it',
    min: 0,
    max: 1,
  },
  exits: { 1: 'verify: something does not hold; a list: somebody is missing from it; each is named' },
  examples: [
    [
      'npm run audit -- --from 2026-07-01 --to 2026-09-30 --out evidence',
      'the evidence of a quarter, in every format',
    ],
    ['npm run audit -- verify --against origin', 'proves the record, and that main here is main there'],
    ['npm run audit -- --at 2026-09-30 --group Finance', 'who was in Finance on that day, and why'],
    ['npm run audit -- --person 1042', 'everything on record about one person'],
  ],
  async run(context) {
    const { root, options, positionals } = context;
    if (positionals.length > 0 && positionals[0] !== 'verify')
      throw badUsage(
        'bad-arguments',
        `${JSON.stringify(positionals[0]?.slice(0, 40))} is not "verify"`,
        'run with --help to see what it takes',
      );
    const isVerify = positionals[0] === 'verify';
    checkOptions(options, isVerify);
    const isLookUp =
      !isVerify && (options.person !== undefined || options.group !== undefined || options.at !== undefined);
    context.progress.update('reading git log');
    const archive = await openArchive(root, { checkSignatures: !isLookUp });
    try {
      if (isVerify) return await verify(archive, context);
      return await (isLookUp ? lookUp(archive, context) : report(archive, context));
    } finally {
      archive.close();
    }
  },
};

function checkOptions(options: Options, isVerify: boolean): void {
  const mistakes: string[] = [];
  for (const name of ['from', 'to', 'at'] as const) {
    const day = options[name];
    if (day !== undefined && !isDay(day))
      mistakes.push(`--${name} ${JSON.stringify(day.slice(0, 40))} is not a day: write YYYY-MM-DD`);
  }
  if (options.from !== undefined && options.to !== undefined && options.from > options.to)
    mistakes.push('--from is after --to');
  if (!isVerify && (options.against !== undefined || options.strict))
    mistakes.push('--against and --strict belong to "audit verify"');
  if (options.person !== undefined && !HrId.safeParse(options.person).success)
    mistakes.push('--person is not an HR id');
  if (options.format !== undefined && options.out === undefined) mistakes.push('--format needs --out DIR');
  if (mistakes.length > 0)
    throw badUsage('bad-arguments', mistakes.join('; '), 'run with --help to see what it takes');
}

async function verify(archive: Archive, { root, options, now, progress }: Context): Promise<DoorResult> {
  const record = await readRecordOfMain(archive);
  const update = (text: string, done?: number, total?: number): void => progress.update(text, done, total);
  const verified = await verifyRecord(archive, record, { now: now(), derive: true, progress: update });
  const against =
    options.against === undefined ? [] : await checkAgainst(root, archive.head, options.against);
  const findings = orderFindings([...verified.findings, ...against]);
  const ok = holds(findings, options.strict);
  return {
    exit: ok ? 0 : 1,
    json: {
      holds: ok,
      strict: options.strict,
      head: archive.head,
      counts: verified.counts,
      tally: tally(findings),
      findings,
    },
    text: verifiedText({ ...verified, findings }, ok, archive.head, options.strict),
  };
}

/** Each contradiction on its own; of what is merely not attested the first few of each code. */
function verifiedText({ counts, findings }: Verified, ok: boolean, head: string, strict: boolean): string {
  const shown: string[] = [];
  for (const { code, severity, count } of tally(findings)) {
    const own = findings.filter((finding) => finding.code === code && finding.severity === severity);
    const limit = severity === 'critical' ? own.length : 3;
    shown.push(...own.slice(0, limit).map((finding) => `  ${findingText(finding)}`));
    if (count > limit) shown.push(`  and ${count - limit} more [${code}]`);
  }
  const what = `${counts.commits} commits, ${counts.plans} plans, ${counts.receipts} receipts; ${counts.derived} actions and ${counts.personFiles} person files derived again`;
  const verdict = ok
    ? `The record holds${strict ? ', and everything is attested' : ''}.`
    : 'The record does not hold.';
  return [`${verdict} ${what}, up to ${head.slice(0, 12)}.`, ...shown].join('\n');
}

async function companyDay(archive: Archive, now: string): Promise<{ timeZone: string; today: Day }> {
  const timeZone = (await archive.policyAt(archive.head))?.lifecycle.timeZone ?? 'UTC';
  return { timeZone, today: dayIn(timeZone, now) };
}

async function lookUp(archive: Archive, { options, now }: Context): Promise<DoorResult> {
  const { timeZone, today } = await companyDay(archive, now());
  const record = await readRecordOfMain(archive);
  const day = options.at ?? today;
  const { access, unreadable } = await readAccessOn(archive, record, day, timeZone);
  const { person } = options;
  const isMissing = ({ subject }: Finding): boolean =>
    person === undefined || subject === personFileOf(person);
  const answer = answerOf(unreadable.filter(isMissing));
  if (person !== undefined) {
    const life = await readLife(archive, record, person, access);
    return answer({ at: day, ...life }, renderLife(life, timeZone));
  }
  if (options.group !== undefined) {
    const { members, changes } = await readGroup(archive, record, options.group, access);
    return answer(
      { at: day, group: options.group, members, changes },
      renderGroup(options.group, changes, members, timeZone),
    );
  }
  return answer({ at: day, people: access }, accessLines(access).join('\n'));
}

/** A list that lacks somebody says so, and does not end well. */
function answerOf(unreadable: Finding[]): (json: object, text: string) => DoorResult {
  const missing = unreadable.map((finding) => `not complete: ${findingText(finding)}`);
  return (json, text) => ({
    exit: unreadable.length === 0 ? 0 : 1,
    json: { ...json, unreadable },
    text: [...missing, text].join('\n'),
  });
}

async function report(archive: Archive, { root, options, now, progress }: Context): Promise<DoorResult> {
  const formats = readFormats(options.format);
  const { timeZone, today } = await companyDay(archive, now());
  const to = options.to ?? today;
  const from = options.from ?? addDays(to, 1 - DEFAULT_DAYS);
  if (from > to) throw badUsage('bad-arguments', '--from is after the last day', 'name a --to as well');
  const goals = readGoals(options);
  const record = await readRecordOfMain(archive);
  const update = (text: string, done?: number, total?: number): void => progress.update(text, done, total);
  const verified = await verifyRecord(archive, record, { now: now(), derive: false, progress: update });
  progress.update('gathering evidence');
  const evidence = await gatherEvidence(archive, record, {
    period: { from, to, timeZone },
    goals,
    generatedAt: now(),
    integrity: verified.findings,
    derived: false,
  });
  const files = options.out === undefined ? [] : writeFiles(resolve(root, options.out), evidence, formats);
  return { json: evidence, text: renderEvidenceText(evidence, files) };
}

function readFormats(text: string | undefined): Format[] {
  if (text === undefined) return [...FORMATS];
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const unknown = names.find((name) => !(FORMATS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw badUsage(
      'bad-arguments',
      `--format ${JSON.stringify(unknown.slice(0, 40))} is none of ${FORMATS.join(', ')}`,
      'name some of them, with commas',
    );
  return names as Format[];
}

function readGoals(options: Options): Record<Passage, number> {
  const goal = (passage: Passage): number => {
    const text = options[`${passage}-goal`];
    const hours = text === undefined ? DEFAULT_GOALS[passage] : Number(text);
    if (!Number.isFinite(hours) || hours < 0)
      throw badUsage(
        'bad-arguments',
        `--${passage}-goal ${JSON.stringify(text?.slice(0, 40))} is no number of hours`,
        'write hours, for instance 24',
      );
    return hours;
  };
  return { leaver: goal('leaver'), joiner: goal('joiner'), mover: goal('mover') };
}

/** Writes into `folder`, which is made where it is missing. @returns the paths */
function writeFiles(folder: string, evidence: Evidence, formats: Format[]): string[] {
  const files = new Map<string, string>();
  if (formats.includes('html')) files.set('audit.html', renderEvidencePage(evidence));
  if (formats.includes('csv')) for (const [name, text] of evidenceCsv(evidence)) files.set(name, text);
  if (formats.includes('json')) files.set('audit.json', `${jsonText(evidence, 2)}\n`);
  if (formats.includes('ocsf')) files.set('ocsf.jsonl', ocsfLines(evidence.population.changes));
  mkdirSync(folder, { recursive: true });
  return [...files].map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
}

if (isMain(import.meta)) await runDoor(door);

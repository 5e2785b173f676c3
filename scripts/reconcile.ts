/**
 * reconcile: HR, the mappings and JumpCloud held against each other both ways, and who is to blame. It holds a key that can
 * only read, writes nothing to JumpCloud and nothing to state/: what it finds is put right by the plan, or by people.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openWorkspace } from './adapters/files/workspace.ts';
import { readGithubConnection } from './adapters/github/client.ts';
import { connectIssues } from './adapters/github/issues.ts';
import { connectDirectoryLog } from './adapters/jumpcloud/read/events.ts';
import { connectDirectoryReader } from './adapters/jumpcloud/read/connect.ts';
import { reportDocument, type Report } from './core/reconcile/report.ts';
import { renderReportHtml } from './core/reconcile/report-html.ts';
import { issueOf, renderReportMarkdown } from './core/reconcile/report-markdown.ts';
import { renderReportTerminal } from './core/reconcile/report-terminal.ts';
import { jsonText } from './core/render/json-text.ts';
import { badUsage } from './core/values/failure.ts';
import type { Day } from './core/values/calendar.ts';
import { readDesk } from './flow/plan-desk.ts';
import { reconcileDesk } from './flow/reconcile-desk.ts';
import type { Workspace } from './flow/workspace.ts';
import type { DirectoryLog, DirectoryReader, IssueTracker } from './ports.ts';
import { type Door, isMain, runDoor } from './shell/door.ts';

/** By this the issue is found again. */
const ISSUE_MARKER = 'reconcile';
const ISSUE_LABELS = ['rollcall'];

export interface ReconcileInput {
  workspace: Workspace;
  reader: DirectoryReader;
  log: DirectoryLog;
  asOf: Day | undefined;
  now: () => string;
  progress: (text: string) => void;
}

/** Compares everybody. A freeze of changes stops no comparison. */
export async function reconcile({
  workspace,
  reader,
  log,
  asOf,
  now,
  progress,
}: ReconcileInput): Promise<Report> {
  const recorded = await workspace.readRecord();
  // Lane urgent is the one that a freeze lets through; nothing is planned from here.
  const desk = await readDesk(
    { ...workspace, readRecord: () => Promise.resolve(recorded) },
    { asOf, now, lane: 'urgent' },
  );
  return reconcileDesk(desk, recorded, { reader, log }, { now, progress });
}

const FORMATS = {
  terminal: { extension: 'txt', render: (report: Report) => renderReportTerminal(report) },
  markdown: { extension: 'md', render: (report: Report) => renderReportMarkdown(report) },
  html: { extension: 'html', render: renderReportHtml },
  json: {
    extension: 'json',
    render: (report: Report) => `${jsonText(reportDocument(report), 2)}\n`,
  },
} as const;
type Format = keyof typeof FORMATS;

/** Throws exit 2 for a name that is no format. */
function readFormats(text: string | undefined): Format[] {
  const names = (text ?? 'terminal').split(',').map((name) => name.trim());
  for (const name of names)
    if (!Object.hasOwn(FORMATS, name))
      throw badUsage(
        'bad-arguments',
        `--format ${JSON.stringify(name.slice(0, 40))} is none of ${Object.keys(FORMATS).join(', ')}`,
        'name one, or several with commas',
      );
  return [...new Set(names)] as Format[];
}

/** One format goes to the file that `out` names, several into the folder. @returns the paths as they were given */
async function writeReports(report: Report, formats: Format[], out: string, root: string): Promise<string[]> {
  const only = formats.length === 1 && !out.endsWith('/') ? formats[0] : undefined;
  const paths = formats.map((format) =>
    format === only ? out : join(out, `reconcile.${FORMATS[format].extension}`),
  );
  for (const [index, format] of formats.entries()) {
    const path = resolve(root, paths[index] ?? out);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, FORMATS[format].render(report));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      throw badUsage('cannot-write', `--out ${out}: ${code}`, 'name a file or folder that can be written');
    }
  }
  return paths;
}

async function keepIssue(issues: IssueTracker, report: Report): Promise<string> {
  const kept = await issues.putIssue(ISSUE_MARKER, { ...issueOf(report), labels: ISSUE_LABELS });
  if (kept === null) return 'no issue is needed';
  return `issue ${kept.number} ${kept.changed ? 'was brought up to date' : 'says so already'}: ${kept.url}`;
}

const OPTIONS = {
  format: {
    type: 'string',
    value: 'FORMAT[,FORMAT]',
    description: 'terminal (default), markdown, html or json; several need --out',
  },
  out: {
    type: 'string',
    value: 'FILE|DIR',
    description: 'write the report there instead: a file for one format, a folder for several',
  },
  issue: {
    type: 'boolean',
    description:
      'keep one issue of the repository up to date: opened while something is out of step, closed after',
  },
} as const;

export const door: Door<typeof OPTIONS> = {
  name: 'reconcile',
  summary:
    'Compares HR, mappings and JumpCloud both ways, and names who changed what, from Directory Insights.',
  details:
    'It reads only, with a key that can only read. What a mapping, an owner or a guardrail lets the next plan put right is marked so (without review, or for review); everything else is only reported. Differences are no failure: exit 0.',
  options: OPTIONS,
  shared: ['as-of'],
  variables: [
    'JUMPCLOUD_API_KEY',
    'JUMPCLOUD_CLIENT_ID',
    'JUMPCLOUD_CLIENT_SECRET',
    'JUMPCLOUD_BASE_URL',
    'JUMPCLOUD_INSIGHTS_URL',
    'JUMPCLOUD_ORG_ID',
    'GITHUB_TOKEN',
    'GITHUB_REPOSITORY',
    'GITHUB_API_URL',
  ],
  exits: { 0: 'compared, whatever was found' },
  examples: [
    ['npm run reconcile', 'shows every difference'],
    ['npm run reconcile -- --format html --out report.html', 'a page to read or to send'],
    ['npm run reconcile -- --issue', 'in a scheduled workflow'],
  ],
  async run({ root, asOf, options, now, environment, progress, log, columns, colour }) {
    const formats = readFormats(options.format);
    if (formats.length > 1 && options.out === undefined)
      throw badUsage('bad-arguments', 'several formats need --out DIR', 'name the folder they go to');
    const issues = options.issue ? connectIssues(readGithubConnection(environment)) : undefined;
    const report = await reconcile({
      workspace: openWorkspace(root),
      reader: connectDirectoryReader(environment, { wire: { progress: log } }),
      log: connectDirectoryLog(environment, { wire: { progress: log } }),
      asOf,
      now,
      progress: (text) => progress.update(text),
    });
    const kept = issues === undefined ? undefined : await keepIssue(issues, report);
    const format = formats[0] ?? 'terminal';
    const shown =
      options.out === undefined
        ? format === 'terminal'
          ? renderReportTerminal(report, { width: columns, colour })
          : FORMATS[format].render(report)
        : (await writeReports(report, formats, options.out, root)).map((path) => `wrote ${path}`).join('\n');
    return {
      json: reportDocument(report),
      text: kept === undefined ? shown : `${shown.trimEnd()}\n${kept}`,
      summary: renderReportMarkdown(report),
      outputs: { differences: String(report.drift.length) },
    };
  },
};

if (isMain(import.meta)) await runDoor(door);

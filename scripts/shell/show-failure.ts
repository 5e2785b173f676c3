/** A failure as people read it (stderr), as machines do (--json), and as GitHub shows it beside the line. */
import { fence } from '../core/render/escape-markdown.ts';
import { columnsOf, type Paint } from '../core/render/escape-terminal.ts';
import { visibleText } from '../core/render/visible-text.ts';
import { Failure, type Problem } from '../core/values/failure.ts';

/** Characters of a line that are shown on either side of the caret: a plan file may be one very long line. */
const AROUND = 60;
/** GitHub shows ten annotations of a step; more only make the log long. */
const MOST_ANNOTATIONS = 50;

/** Anything that was thrown, as a failure; what nobody foresaw becomes exit 1 in one line. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const text =
    error instanceof Error
      ? // JSON.parse quotes what it could not read, and that may be anybody's.
        `${error.name}${error instanceof SyntaxError ? '' : `: ${error.message}`}`
      : `something other than an error: ${typeof error}`;
  const line = (text.split('\n')[0] ?? '').slice(0, 300);
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code))
    return new Failure(
      1,
      'system',
      line,
      'see to the disk, the permissions or the port that is named and run again',
    );
  return new Failure(
    1,
    'unexpected',
    `unexpected error: ${line}`,
    'this is a fault of Rollcall: run again with ROLLCALL_DEBUG=1 and report what it shows',
  );
}

/** The same without secrets, taken out before any text is escaped: a "%" is written %25 in an annotation. */
export function redactFailure(failure: Failure, redact: (text: string) => string): Failure {
  const problems = failure.problems.map((problem) => ({
    ...problem,
    file: redact(problem.file),
    message: redact(problem.message),
    ...(problem.remedy === undefined ? {} : { remedy: redact(problem.remedy) }),
    ...(problem.excerpt === undefined ? {} : { excerpt: redactExcerpt(problem.excerpt, redact) }),
  }));
  return new Failure(failure.exit, failure.code, redact(failure.message), redact(failure.remedy), problems);
}

/** A secret that is taken out would leave the caret below another place: then there is none. */
function redactExcerpt(excerpt: string, redact: (text: string) => string): string {
  const safe = redact(excerpt);
  return safe === excerpt ? excerpt : (safe.split('\n')[0] ?? '');
}

export function renderFailure(door: string, failure: Failure, paint: Paint): string {
  const lines = [paint('red', `${door}: ${clean(failure.message)}`) + paint('dim', ` [${failure.code}]`)];
  for (const problem of failure.problems) lines.push('', ...renderProblem(problem, paint));
  if (failure.problems.length > 0) lines.push('');
  lines.push(`What to do: ${clean(failure.remedy)}`);
  return `${lines.join('\n')}\n`;
}

export function renderProblem(problem: Problem, paint: Paint): string[] {
  const place = `${clean(problem.file)}:${problem.line}:${problem.column}`;
  return [
    `${paint('bold', place)}: ${clean(problem.message)}`,
    ...excerptLines(problem.excerpt).map((line) => `    ${line}`),
    ...(problem.remedy === undefined ? [] : [`  ${clean(problem.remedy)}`]),
  ];
}

/** The document of --json for a run that failed. */
export function failureDocument(failure: Failure): unknown {
  const { code, message, remedy, problems } = failure;
  return { error: { code, message, remedy, problems } };
}

/** Markdown for the job's summary on GitHub. */
export function failureSummary(name: string, failure: Failure): string {
  const text = renderFailure(name, failure, (_style, plain) => plain);
  return `### rollcall ${name}: exit ${failure.exit}\n\n${fence('text', text.trimEnd().split('\n'))}\n`;
}

/** Workflow commands, one for each problem, for GitHub to show them at the line. */
export function renderAnnotations(door: string, failure: Failure): string[] {
  const title = `rollcall ${door}: ${failure.code}`;
  if (failure.problems.length === 0) return [command({ title }, `${failure.message}. ${failure.remedy}`)];
  return failure.problems
    .slice(0, MOST_ANNOTATIONS)
    .map(({ file, line, column, message, remedy }) =>
      command(
        { file, line: String(line), col: String(column), title },
        remedy === undefined ? message : `${message} (${remedy})`,
      ),
    );
}

function command(properties: Record<string, string>, message: string): string {
  const list = Object.entries(properties).map(
    ([name, value]) =>
      `${name}=${escapeData(visibleText(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
  );
  return `::error ${list.join(',')}::${escapeData(clean(message))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The line with a caret below that stands under its place even when the line had to be cut or made visible. */
function excerptLines(excerpt: string | undefined): string[] {
  if (excerpt === undefined) return [];
  const rows = excerpt.split('\n');
  const caretRow = rows.at(-1) ?? '';
  if (rows.length !== 2 || !/^ *\^$/.test(caretRow))
    return rows.map((row) => visibleText(row.slice(0, 2 * AROUND)));
  const text = rows[0] ?? '';
  const caret = Math.min(caretRow.length - 1, text.length);
  const start = caret > AROUND ? caret - AROUND : 0;
  const before = (start > 0 ? '…' : '') + visibleText(text.slice(start, caret));
  const after = visibleText(text.slice(caret, caret + AROUND)) + (text.length > caret + AROUND ? '…' : '');
  return [before + after, `${' '.repeat(columnsOf(before))}^`];
}

function clean(text: string): string {
  return visibleText(text);
}

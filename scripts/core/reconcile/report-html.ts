/** The report as one HTML file: nothing is loaded from anywhere, no script runs, it prints well and reads well aloud. */
import { escapeHtml } from '../render/escape-html.ts';
import type { PeopleNames } from '../render/plan-view.ts';
import { DRIFT_KINDS, type Drift } from './drift.ts';
import { byKind, type Report } from './report.ts';
import { aboutWords, comparedWords, headline, lineOf, logWords, REMEDY_WORDS } from './report-words.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --line: #d9d9e0; --card: #f9f9fb; --paper: #fff;
  --critical: #ce2c31; --warning: #ab6400; --info: #60646c; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #b0b4ba; --line: #363a3f; --card: #18191b;
  --paper: #111113; --critical: #ff9592; --warning: #ffca16; --info: #b0b4ba; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); }
ul.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .5rem; padding: 0;
  margin: 1.25rem 0; list-style: none; }
ul.tiles a { display: block; height: 100%; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--card); color: inherit; text-decoration: none; }
ul.tiles a:hover, ul.tiles a:focus { border-color: var(--ink); }
ul.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { width: 100%; min-width: 52rem; table-layout: fixed; border-collapse: collapse; font-size: .925rem; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 500; } td { overflow-wrap: anywhere; }
th:nth-child(1) { width: 8%; } th:nth-child(2) { width: 20%; } th:nth-child(4) { width: 21%; } th:nth-child(5) { width: 14%; }
.critical { color: var(--critical); } .warning { color: var(--warning); } .info { color: var(--info); }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } tr { break-inside: avoid; } ul.tiles a { border-color: #999; } }
`;

/** @returns a whole document */
export function renderReportHtml(report: Report): string {
  const kinds = byKind(report.drift);
  const log = logWords(report.log);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Rollcall: reconciliation of ${escapeHtml(report.asOf)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(headline(report))}</h1>
<p class="soft">${escapeHtml(comparedWords(report))}; made at ${escapeHtml(report.at)}</p>
${kinds.length === 0 ? '' : `<ul class="tiles">\n${kinds.map(tile).join('\n')}\n</ul>`}
${kinds.map((kind) => section(kind, report.names)).join('\n')}
${log === '' ? '' : `<p class="soft">${escapeHtml(log)}</p>`}
</main>
</body>
</html>
`;
}

function tile({ kind, items }: ReturnType<typeof byKind>[number]): string {
  const worst = (['critical', 'warning', 'info'] as const).find((severity) =>
    items.some((item) => item.severity === severity),
  );
  return `<li><a href="#${kind}"><b class="${worst ?? 'info'}">${items.length}</b>${escapeHtml(DRIFT_KINDS[kind])}</a></li>`;
}

function section({ kind, title, items }: ReturnType<typeof byKind>[number], names: PeopleNames): string {
  return `<section aria-labelledby="${kind}">
<h2 id="${kind}">${escapeHtml(title)}</h2>
<div class="wide"><table>
<thead><tr><th scope="col">how bad</th><th scope="col">about</th><th scope="col">what</th><th scope="col">who</th><th scope="col">put right by</th></tr></thead>
<tbody>
${items.map((item) => row(item, names)).join('\n')}
</tbody>
</table></div>
</section>`;
}

function row(item: Drift, names: PeopleNames): string {
  const { message, author } = lineOf(item);
  const waits = item.pending === true ? ', waiting in a plan' : '';
  const cells = [aboutWords(item, names), message, author, `${REMEDY_WORDS[item.remedy]}${waits}`];
  return `<tr><td class="${item.severity}">${item.severity}</td>${cells
    .map((text) => `<td><bdi>${escapeHtml(text)}</bdi></td>`)
    .join('')}</tr>`;
}

/** A page that stands alone: no script, no request, readable on paper, by keyboard and by ear. */
import { visibleText } from '../render/visible-text.ts';

/** Markup that may stand in a page as it is; everything else goes through `html`. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | undefined | readonly Markup[];

/** A template whose values are escaped unless they are markup themselves. Text of strangers is made visible first. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  let markup = strings[0] ?? '';
  for (const [index, part] of parts.entries()) markup += markupOf(part) + (strings[index + 1] ?? '');
  return { markup };
}

function markupOf(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

/** Fit for text and for quoted attributes. */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export const NOTHING: Markup = { markup: '' };

export function page(title: string, lead: Markup, body: readonly Markup[]): string {
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>${lead}</header>
        <main id="main">${body}</main>
      </body>
    </html>`.markup
  }\n`;
}

export function section(id: string, title: string, aside: string, body: readonly Markup[]): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${aside === '' ? NOTHING : html`<p class="aside">${aside}</p>`} ${body}
  </section>`;
}

export interface Column {
  title: string;
  /** Numbers stand to the right. */
  numeric?: true;
}

/** @param rows cells, escaped unless markup */
export function table(caption: string, columns: Column[], rows: Part[][]): Markup {
  const cell = (part: Part, index: number): Markup =>
    html`<td${{ markup: columns[index]?.numeric === true ? ' class="number"' : '' }}>${part}</td>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ title, numeric }) => html`<th scope="col" ${{ markup: numeric === true ? ' class="number"' : '' }}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

export function facts(
  entries: readonly (readonly [term: string, value: Part, tone?: 'bad' | 'good' | 'plain'])[],
): Markup {
  return html`<dl class="facts">
    ${entries.map(
      ([term, value, tone]) =>
        html`<div class="${tone ?? 'plain'}">
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

export function empty(text: string): Markup {
  return html`<p class="empty">${text}</p>`;
}

/** A word with a sign before it, so that colour is never all that tells. */
export function badge(tone: 'bad' | 'warn' | 'good' | 'plain', text: string): Markup {
  const signs = { bad: '✕', warn: '!', good: '✓', plain: '·' };
  return html`<span class="badge ${tone}"><span aria-hidden="true">${signs[tone]}</span> ${text}</span>`;
}

const STYLE = `
:root { --ink: #1b1f24; --soft: #59636e; --line: #d8dee4; --paper: #ffffff; --wash: #f6f8fa; --bad: #a4133c; --warn: #8a5300; --good: #116329;
  --c1: #0b6bcb; --c2: #d9822b; --c3: #b3261e; --c4: #6b4fa0; --c5: #2d8a67; --c6: #737a82; --link: #0b57a4; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa4af; --line: #30363d; --paper: #0d1117; --wash: #161b22; --bad: #ff8095;
  --warn: #e3b341; --good: #56d364; --c1: #58a6ff; --c2: #f0a04b; --c3: #ff7b72; --c4: #b392f0; --c5: #56d4a5; --c6: #8b949e; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink); background: var(--paper); }
header, main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1.25rem 0; }
main { padding-bottom: 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .25rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .5rem 0; max-width: 46rem; overflow-wrap: anywhere; }
a { color: var(--link); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: 1rem 0 0; }
.aside, .lead, caption { color: var(--soft); }
.aside { font-size: .875rem; margin-top: 0; }
p.lead { max-width: none; }
.empty { color: var(--soft); font-style: italic; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; z-index: 1; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.facts div { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; background: var(--wash); }
.facts dt { font-size: .8125rem; color: var(--soft); } .facts dd { margin: 0; font-size: 1.375rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.facts .bad dd { color: var(--bad); } .facts .good dd { color: var(--good); }
.headlines { padding-left: 1.1rem; margin: 1rem 0; } .headlines li { margin: .25rem 0; max-width: 60rem; }
.scroll { overflow-x: auto; margin: 1rem 0; } .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
caption { text-align: left; padding-bottom: .35rem; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; min-width: 4.5rem; max-width: 26rem; }
th { font-weight: 600; white-space: nowrap; } .number { text-align: right; font-variant-numeric: tabular-nums; padding-right: 1.5rem; }
tbody tr:hover { background: var(--wash); }
code { font: .8125rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.badge { white-space: nowrap; font-weight: 600; } .badge.bad { color: var(--bad); } .badge.warn { color: var(--warn); } .badge.good { color: var(--good); } .badge.plain { color: var(--soft); font-weight: 400; }
figure { margin: 1rem 0; } figcaption { font-weight: 600; margin-bottom: .25rem; } svg { display: block; width: 100%; height: auto; max-width: 60rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); } svg .strong { fill: var(--ink); font-weight: 600; } svg .axis { stroke: var(--line); } svg .goal { stroke: var(--bad); stroke-dasharray: 5 4; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: .25rem 0; font-size: .8125rem; color: var(--soft); }
.legend svg { display: inline-block; width: 12px; height: 12px; vertical-align: -1px; margin-right: .3rem; }
details { margin: .5rem 0 1rem; } summary { cursor: pointer; font-size: .875rem; color: var(--link); }
@media print { :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --wash: #fff; --bad: #8a0022; --warn: #6b4000; --good: #0b4d1d; --link: #000; --c1: #0b6bcb; --c2: #d9822b; --c3: #b3261e; --c4: #6b4fa0; --c5: #2d8a67; --c6: #737a82; color-scheme: light; }
  body { font-size: 10.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; } header, main { max-width: none; padding: 0; } nav, .skip, summary { display: none; } details { display: none; }
  .scroll { overflow: visible; } table { font-size: 8pt; } th { white-space: normal; } th, td { padding: .2rem .4rem .2rem 0; min-width: 0; } thead { display: table-header-group; } tr, figure, .facts div { break-inside: avoid; } h2, h3 { break-after: avoid; } @page { margin: 15mm; } }
`;

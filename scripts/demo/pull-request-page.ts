/**
 * A pull request as a page of its own that looks like GitHub's, for people who have no GitHub at hand. One file, no
 * script, nothing loaded; what is HTML in the text is shown by a browser that may run none of it.
 */
import { Marked, type Tokens } from 'marked';
import type { Comment, PullRequest } from './reviewers.ts';

export interface PageInput {
  pullRequest: PullRequest;
  /** Logins; the first one merged. */
  approvedBy: string[];
  comments: Comment[];
  /** `http://127.0.0.1:…/tarnfell/identity`: links to its files lead into the folder instead. */
  repositoryUrl: string;
}

const ALERTS = {
  NOTE: 'Note',
  TIP: 'Tip',
  IMPORTANT: 'Important',
  WARNING: 'Warning',
  CAUTION: 'Caution',
} as const;

const markdown = new Marked({ gfm: true });
markdown.use({
  renderer: {
    blockquote(this: { parser: { parse(tokens: Tokens.Generic[]): string } }, { tokens }: Tokens.Blockquote) {
      const html = this.parser.parse(tokens);
      const alert = /^<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](?:<br>)?\s*/.exec(html);
      if (alert === null) return `<blockquote>${html}</blockquote>\n`;
      const kind = alert[1] as keyof typeof ALERTS;
      const rest = html
        .slice(alert[0].length)
        .replace(/^<\/p>/, '')
        .trimStart();
      const text = rest.startsWith('<') ? rest : `<p>${rest}`;
      return `<div class="alert ${kind.toLowerCase()}"><p class="title">${ALERTS[kind]}</p>${text}</div>\n`;
    },
    code({ text, lang }: Tokens.Code) {
      const lines = lang === 'diff' ? text.split('\n').map(diffLine).join('\n') : escapeHtml(text);
      return `<pre class="${escapeHtml(lang ?? '')}"><code>${lines}</code></pre>\n`;
    },
  },
});

function diffLine(line: string): string {
  const kind = { '+': 'add', '-': 'del', '@': 'hunk', '!': 'mod' }[line[0] ?? ''];
  const text = escapeHtml(line);
  return kind === undefined ? text : `<span class="${kind}">${text}</span>`;
}

export function renderPullRequestPage({
  pullRequest,
  approvedBy,
  comments,
  repositoryUrl,
}: PageInput): string {
  const { number, title, body, user, head, labels } = pullRequest;
  const merger = approvedBy[0] ?? '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)} #${number}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)} <small>#${number}</small></h1>
<p class="state"><b>Merged</b> ${escapeHtml(merger)} merged <code>${escapeHtml(head.ref)}</code> into <code>main</code></p>
<p>${labels.map(({ name }) => `<span class="label">${escapeHtml(name)}</span>`).join(' ')}</p>
${box(user.login, body, repositoryUrl)}
${approvedBy.map((login) => `<p class="event">✓ <b>${escapeHtml(login)}</b> approved these changes</p>`).join('\n')}
<p class="event">⑃ <b>${escapeHtml(merger)}</b> merged this pull request</p>
${comments.map((comment) => box(comment.user.login, comment.body, repositoryUrl)).join('\n')}
</body>
</html>
`;
}

function box(login: string, text: string, repositoryUrl: string): string {
  const html = markdown
    .parse(text, { async: false })
    .replaceAll(new RegExp(`${escapeExpression(repositoryUrl)}/blob/[0-9a-f]{40}/`, 'g'), '../');
  return `<article><header><b>${escapeHtml(login)}</b></header><div class="body">${html}</div></article>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function escapeExpression(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

const STYLE = `
:root { color-scheme: light dark; --line: #d1d9e0; --soft: #f6f8fa; --faint: #59636e }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #151b23; --faint: #9198a1 } body { background: #0d1117 } }
body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: break-word }
h1 { font-weight: 400; margin: 0 0 .5rem } h1 small, .event, .state { color: var(--faint) }
.body h1, .body h2 { border-bottom: 1px solid var(--line); padding-bottom: .3em; font-weight: 600 } .body h1 { font-size: 1.6em } .body h2 { font-size: 1.35em }
.state b { background: #8250df; color: #fff; border-radius: 2em; padding: .3em .8em; margin-right: .5em }
.label { border: 1px solid var(--line); border-radius: 2em; padding: 0 .6em; font-size: 12px }
article { border: 1px solid var(--line); border-radius: 6px; margin: 1rem 0 } header { background: var(--soft); border-bottom: 1px solid var(--line); padding: .5rem 1rem; border-radius: 6px 6px 0 0 }
.body { padding: .2rem 1rem 1rem } .event { margin-left: 1rem }
pre { background: var(--soft); padding: 1rem; overflow: auto; border-radius: 6px } code { font: 12px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace } :not(pre) > code { background: #818b981f; padding: .2em .4em; border-radius: 6px }
pre.diff span { display: inline-block; min-width: 100% } .add { background: #2da44e33 } .del { background: #cf222e2e } .mod { background: #d4a72c33 } .hunk { color: #8250df }
table { border-collapse: collapse; display: block; overflow: auto } th, td { border: 1px solid var(--line); padding: .3em .8em } tr:nth-child(2n) { background: var(--soft) }
blockquote { border-left: .25em solid var(--line); color: var(--faint); margin: 0; padding: 0 1em } details { margin: .5rem 0 } summary { cursor: pointer }
.alert { border-left: .25em solid var(--tone); padding: .1rem 1rem; margin: 1rem 0 } .alert .title { color: var(--tone); font-weight: 600 }
.note { --tone: #0969da } .tip { --tone: #1a7f37 } .important { --tone: #8250df } .warning { --tone: #9a6700 } .caution { --tone: #d1242f }
a { color: #0969da; text-decoration: none }
`;

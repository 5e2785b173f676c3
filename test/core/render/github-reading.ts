/** How GitHub reads Markdown, near enough to catch what must not arise: marked for the syntax, patterns for its text filters. */
import { marked } from 'marked';

export function htmlOf(markdown: string): string {
  return marked.parse(markdown, { gfm: true, async: false });
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

export function decode(html: string): string {
  return html.replace(/&(#\d+|amp|lt|gt|quot);/g, (whole, name: string) => {
    if (NAMED[name] !== undefined) return NAMED[name];
    return name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : whole;
  });
}

/** Names of all tags in the order in which they stand, closing ones with a slash. */
export function tagsOf(html: string): string[] {
  return [...html.matchAll(/<(\/?[a-z][a-z0-9]*)\b[^>]*>/gi)].map(([, name]) => name ?? '');
}

/** Text that GitHub's filters would look at, node by node; what stands in code and links is left alone by them. */
export function filteredText(html: string): string {
  const outside = html.replace(/<(pre|code|a)\b[^>]*>[\s\S]*?<\/\1>/gi, ' ');
  return decode(outside.replace(/<[^>]*>/g, ' '));
}

/** Patterns of the filters that run over the rendered text (mentions, references, hashes, emoji, addresses, links). */
export const FILTERS: [string, RegExp][] = [
  ['mention', /(?<![a-z0-9_`])@[a-z0-9]/i],
  ['reference', /(?<![\w`])(?:[\w.-]+\/[\w.-]+)?#\d/],
  ['GH reference', /\b(?:GH|CVE|JIRA)-\d|\bGHSA-\w/i],
  ['hash', /(?<!\w)[0-9a-f]{7,40}(?!\w)/],
  ['emoji', /:[a-z0-9_+-]+:/i],
  ['address', /[\w.+-]+@[\w-]+\.\w/],
  ['link', /\b(?:https?|ftp):\/\/\S|\bwww\.\w/i],
];

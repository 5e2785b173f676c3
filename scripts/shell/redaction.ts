/**
 * The last line of defence before anything is printed: every secret of the environment is taken out, in each form in
 * which it travels. Adapters already keep secrets out of their messages; this is for the message nobody foresaw.
 */
import { escapeHtml } from '../core/render/escape-html.ts';
import { escapeMarkdown } from '../core/render/escape-markdown.ts';
import { spellings, VARIABLES } from './variables.ts';

const HIDDEN = '***';
/** Shorter ones are no secrets, and hiding `abc` would make a report unreadable. */
const SHORTEST = 6;
/** Parts of an address that are this long are a secret of their own: the last word of a Slack webhook is its token. */
const TOKEN_LENGTH = 16;
/** Secrets of the runner and of tools beside us that are not in the table. */
const SECRET_NAME = /(?:_KEY|_TOKEN|_SECRET|_PASSWORD|_PASSWD|_PAT)$/;

export interface Redactor {
  /** `text` without any secret. */
  redact(text: string): string;
  /** A secret that was learnt while running, an access token for instance. */
  hide(secret: string): void;
}

export function createRedactor(environment: Readonly<Record<string, string | undefined>>): Redactor {
  const listed = new Set(VARIABLES.filter(({ secret }) => secret === true).flatMap(spellings));
  const forms = new Set<string>();
  let pattern: RegExp | undefined;
  function hide(secret: string): void {
    for (const form of formsOf(secret)) forms.add(form);
    pattern = undefined;
  }
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && (listed.has(name) || SECRET_NAME.test(name)))
      for (const secret of secretsIn(value)) hide(secret);

  return {
    hide,
    redact(text) {
      if (forms.size === 0) return text;
      // The longest first, or a key that begins like another one would leave its end behind.
      pattern ??= new RegExp(
        [...forms]
          .sort((a, b) => b.length - a.length)
          .map((form) => form.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
          .join('|'),
        'g',
      );
      return text.replaceAll(pattern, HIDDEN);
    },
  };
}

/** The value itself and the secrets that it is made of: lists, lines of a PEM key, the password and path of an address. */
function secretsIn(value: string): string[] {
  const whole = value.trim();
  const parts = [
    whole,
    ...whole.split(','),
    ...whole.split(/\r?\n|\\n/).filter((line) => !/^-----/.test(line)),
  ];
  if (URL.canParse(whole)) {
    const url = new URL(whole);
    parts.push(url.password, decodeSafely(url.password), url.pathname.replace(/^\//, ''), url.search);
    parts.push(...url.pathname.split('/').filter((part) => part.length >= TOKEN_LENGTH));
  }
  return parts.map((part) => part.trim()).filter((part) => part.length >= SHORTEST);
}

/** As it is, as a URL, JSON, Markdown and HTML write it, as hex, and as base64 at whatever place inside the encoded text (`user:secret` included). */
function formsOf(secret: string): string[] {
  const text = secret.trim();
  if (text.length < SHORTEST) return [];
  const bytes = Buffer.from(text, 'utf8');
  const encoded = [0, 1, 2].flatMap((shift) => {
    const base64 = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The first characters mix with what stands before, the last one with what comes after.
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    const inner = base64.slice(from, to);
    return inner.length < SHORTEST ? [] : [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [
    text,
    encodeURIComponent(text),
    encodeURI(text),
    new URLSearchParams({ k: text }).toString().slice(2),
    JSON.stringify(text).slice(1, -1),
    escapeMarkdown(text),
    escapeHtml(text),
    bytes.toString('hex'),
    ...encoded,
  ];
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

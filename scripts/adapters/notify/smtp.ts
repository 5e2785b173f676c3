/**
 * Mail over SMTP. `SMTP_URL` is smtps://user:password@host (TLS from the start) or smtp://user:password@host (STARTTLS,
 * which is demanded but for this machine and names without a dot). Nothing else of the address is read: an option in it
 * must not switch certificates off.
 */
import { createTransport, type Transporter } from 'nodemailer';
import type { MailMessage } from '../../core/notify/mail-message.ts';
import type { Sent } from '../../ports.ts';
import { isNear } from '../http/environment.ts';
import { pauseBefore } from '../http/retry-policy.ts';
import type { Wire } from '../http/wire.ts';
import { LIMITS, type PostLimits } from './post-message.ts';

export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the start. */
  secure: boolean;
  /** STARTTLS or nothing. */
  requireTLS: boolean;
  user: string | undefined;
  password: string | undefined;
}

/** Says what is wrong with the address, and none of it. */
export function readSmtpUrl(text: string): { ok: true; server: SmtpServer } | { ok: false; problem: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || url.hostname === '')
    return { ok: false, problem: 'SMTP_URL is not smtps://user:password@host' };
  const [user, password] = [decode(url.username), decode(url.password)];
  if (user === undefined || password === undefined)
    return {
      ok: false,
      problem: 'SMTP_URL has a "%" in user or password that encodes nothing: write it as %25',
    };
  const secure = url.protocol === 'smtps:';
  return {
    ok: true,
    server: {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      requireTLS: !secure && !isNear(url),
      user: user === '' ? undefined : user,
      password: password === '' ? undefined : password,
    },
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

export interface Mail {
  from: string;
  to: string[];
  message: MailMessage;
  /** Names the delivery: a mail that is sent again has the same Message-ID, by which servers and clients tell it. */
  id: string;
  /** When it happened, ISO. */
  at: string;
}

export interface Mailer {
  send(mail: Mail): Promise<Sent>;
}

export function createMailer(server: SmtpServer, wire: Wire, limits: PostLimits = LIMITS): Mailer {
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTLS,
    ...(server.user === undefined ? {} : { auth: { user: server.user, pass: server.password ?? '' } }),
    connectionTimeout: limits.timeoutMs,
    greetingTimeout: limits.timeoutMs,
    socketTimeout: limits.timeoutMs * 2,
    dnsTimeout: limits.timeoutMs,
    // A message of ours names no files and no addresses to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { send: (mail) => sendMail(transport, mail, wire, limits) };
}

async function sendMail(transport: Transporter, mail: Mail, wire: Wire, limits: PostLimits): Promise<Sent> {
  const deadline = wire.now() + limits.budgetMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { rejected } = (await transport.sendMail(envelopeOf(mail))) as { rejected?: unknown[] };
      const refused = rejected?.length ?? 0;
      if (refused === 0) return { outcome: 'sent', attempts: attempt };
      // The others have it; sending again would tell them twice.
      const reason = `mail: the server refused ${refused} of ${mail.to.length} addresses`;
      return { outcome: 'sent', attempts: attempt, reason };
    } catch (error) {
      const failure = explain(error);
      const pause = pauseBefore(attempt + 1, { kind: 'cut', detail: '' }, wire.random(), wire.now());
      if (!failure.again || attempt >= limits.attempts || wire.now() + pause.milliseconds > deadline)
        return { outcome: 'failed', attempts: attempt, reason: `mail: ${failure.reason}` };
      wire.traffic.waitedMs += pause.milliseconds;
      await wire.sleep(pause.milliseconds);
    }
  }
}

function envelopeOf({ from, to, message, id, at }: Mail): object {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    from: { name: 'Rollcall', address: from },
    to: to.map((address) => ({ name: '', address })),
    subject: message.subject,
    text: message.text,
    html: message.html,
    messageId: `<${id}@${domain}>`,
    date: new Date(at),
    headers: {
      // RFC 3834: vacation notices do not answer it.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
  };
}

/** The server's own words stay with it: they quote addresses, and may quote what we sent. */
function explain(error: unknown): { again: boolean; reason: string } {
  const { code, originalCode, responseCode } = (error ?? {}) as {
    code?: unknown;
    /** What happened below, where nodemailer puts a code of its own over it: ESOCKET over every certificate. */
    originalCode?: unknown;
    responseCode?: unknown;
  };
  const status = typeof responseCode === 'number' ? responseCode : undefined;
  const [name, below] = [code, originalCode ?? code].map((each) =>
    typeof each === 'string' && /^[A-Z_]{2,40}$/.test(each) ? each : 'unknown',
  ) as [string, string];
  if (name === 'EAUTH' && !(status !== undefined && status >= 400 && status < 500))
    return { again: false, reason: 'the server does not accept user and password of SMTP_URL' };
  if (name === 'ETLS') return { again: false, reason: 'the server offers no TLS that can be trusted' };
  if (status !== undefined) return { again: status < 500, reason: `the server answered ${status}` };
  if (/CERT|SELF_SIGNED|UNABLE_TO/.test(below))
    return { again: false, reason: `the certificate is not to be trusted (${below})` };
  if (name === 'EDNS' || below === 'ENOTFOUND') return { again: false, reason: 'no such host' };
  if (name === 'EENVELOPE' || name === 'EMESSAGE')
    return { again: false, reason: `the mail was refused (${name})` };
  return { again: true, reason: `the server cannot be reached (${below})` };
}

/** The vendor's ways of answering: legacy errors without a body, JSON errors, problem+json, XML. */
import { randomBytes } from 'node:crypto';
import type { Answer, Call } from '../kit/service.ts';

const HTML = 'text/html; charset=UTF-8';

/** Headers on every recorded answer; the request id counts on, in the live form. */
export function commonHeaders(): Record<string, string> {
  return {
    'strict-transport-security': 'max-age=31536000; includeSubdomains;',
    server: 'nginx',
    'cache-control': 'no-cache, private',
    'x-request-id': `1410${BigInt(`0x${randomBytes(14).toString('hex')}`)
      .toString()
      .padStart(34, '0')
      .slice(0, 35)}`,
    vary: 'Authorization,User-Agent',
  };
}

/** 401 as recorded 2022: empty HTML, the reason in one header, a realm that names the company. */
export function unauthorized(company: string): Answer {
  return {
    status: 401,
    headers: {
      'content-type': HTML,
      'x-bamboohr-error-message': 'API key not provided or invalid',
      'www-authenticate': `Basic realm="https://api.bamboohr.com/${company}"`,
    },
    body: '',
  };
}

/** A legacy error as recorded 2022: empty HTML, the reason in a header and in its misspelt twin. */
export function legacyError(status: number, message: string): Answer {
  return {
    status,
    headers: {
      'content-type': HTML,
      'x-bamboohr-error-messsage': message,
      'x-bamboohr-error-message': message,
    },
    body: '',
  };
}

/** The message of an employee that is not there comes doubled (recorded 2022). */
export function employeeNotFound(): Answer {
  return legacyError(404, 'Employee not found, Employee not found');
}

/** `GET /v1/employees` explains itself in JSON (OpenAPI document). */
export function listError(code: 'BadRequest' | 'BadPage', message: string, status = 400): Answer {
  return { status, json: { error: { code, message } } };
}

/** RFC 7807, as datasets v1_2 and v2 answer (OpenAPI document). */
export function problem(
  status: number,
  code: string,
  detail: string,
  instance: string,
  fields: Record<string, string> = {},
): Answer {
  const titles: Record<number, string> = {
    400: 'Bad Request',
    403: 'Forbidden',
    404: 'Not Found',
    422: 'Unprocessable Entity',
  };
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    json: {
      type: `https://documentation.bamboohr.com/problems/${code.toLowerCase()}`,
      title: titles[status] ?? 'Error',
      status,
      detail,
      instance,
      code,
      ...(Object.keys(fields).length === 0 ? {} : { fields }),
    },
  };
}

/** XML is the default: JSON only when `Accept` asks for it (recorded 2026). */
export function wantsJson(call: Call): boolean {
  return /\bapplication\/json\b/i.test(call.headers.accept ?? '');
}

export function xmlAnswer(body: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'text/xml; charset=UTF-8' },
    body: `<?xml version="1.0"?>\n${body}\n`,
  };
}

export function escapeXml(value: unknown): string {
  const text =
    value === null || value === undefined
      ? ''
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** `<field id="name">value</field>` lines, indented as in the recorded table. */
export function xmlFields(fields: Record<string, unknown>, indent: string): string {
  return Object.entries(fields)
    .map(([id, value]) => `${indent}<field id="${escapeXml(id)}">${escapeXml(value)}</field>`)
    .join('\n');
}

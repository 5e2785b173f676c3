/** Bodies become values here, whatever came; a message says what came instead, and shows none of it. */
import type { z } from 'zod';
import { AnswerLost } from '../../ports.ts';
import { serviceFailure, type Failure } from '../../core/values/failure.ts';
import { repeatOf, type Answer, type WireRequest } from './request.ts';

export type Parsed<T> = { ok: true; value: T } | { ok: false; problem: string };

/** `problem` is one phrase: "HTML instead of JSON", or the field that has a wrong type. */
export function parseJson<T>(answer: Answer, schema: z.ZodType<T>): Parsed<T> {
  const text = answer.text.trimStart();
  if (text === '') return { ok: false, problem: 'an empty body instead of JSON' };
  if (text.startsWith('<')) return { ok: false, problem: `${markupOf(text)} instead of JSON` };
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    return { ok: false, problem: 'broken JSON' };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join('.') ?? '';
  return {
    ok: false,
    problem: `${field === '' ? 'the body' : `field ${field}`}: ${issue?.message ?? 'unreadable'}`,
  };
}

/**
 * The value, or what stops us. For a write an unreadable answer is a lost one: it came with a success, so the write
 * may well have landed, and only a read can tell.
 */
export function readJson<T>(service: string, request: WireRequest, answer: Answer, schema: z.ZodType<T>): T {
  const parsed = parseJson(answer, schema);
  if (parsed.ok) return parsed.value;
  if (repeatOf(request) !== 'read')
    throw new AnswerLost(`${service}, ${request.route}: answered ${answer.status} with ${parsed.problem}`);
  throw unreadable(service, request, answer, parsed.problem);
}

export function unreadable(service: string, request: WireRequest, answer: Answer, problem: string): Failure {
  const page = problem.startsWith('HTML') ? ' (is the base URL right?)' : '';
  return serviceFailure(
    'unreadable-answer',
    `${service}, ${request.route}: answered ${answer.status} with ${problem}${page}`,
    `check ${service.toUpperCase()}_BASE_URL and ${service}'s status page; if both are right, ${service} has changed this answer and Rollcall must learn it`,
  );
}

/** A write that was answered with a page was answered by somebody else: a proxy, a login, a maintenance notice. */
export function refusePage(service: string, request: WireRequest, answer: Answer): void {
  if (answer.text.trimStart().startsWith('<'))
    throw new AnswerLost(
      `${service}, ${request.route}: answered ${answer.status} with ${markupOf(answer.text.trimStart())} instead of JSON`,
    );
}

/** Writes that are documented to answer 204 and nothing else: any other success is not theirs. */
export function requireNoContent(service: string, request: WireRequest, answer: Answer): void {
  if (answer.status !== 204)
    throw new AnswerLost(
      `${service}, ${request.route}: answered ${answer.status} where 204 means that it was done`,
    );
}

function markupOf(text: string): 'HTML' | 'XML' {
  return /^<(!doctype html|html|head|body|!--)/i.test(text) || /<html[\s>]/i.test(text.slice(0, 2_000))
    ? 'HTML'
    : 'XML';
}

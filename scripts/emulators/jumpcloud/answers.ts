/**
 * The bodies of refusals. The document declares {code, message, status}; what was observed differs per route
 * (Terraform provider of Loadsmart, a third-party connector's fixtures of 2026-08), and that is what is sent here.
 */
import type { Answer } from '../kit/service.ts';

/** A request that is answered with an error: an expected outcome, so a value. */
export interface Refused {
  refused: Answer;
}

export function isRefused(value: object): value is Refused {
  return 'refused' in value;
}

export function refuse(status: number, message: string): Refused {
  return { refused: { status, json: { message } } };
}

export const notFound: Answer = { status: 404, json: { message: 'Not Found' } };
export const alreadyExists: Answer = { status: 409, json: { message: 'Already Exists' } };
export const noContent: Answer = { status: 204 };

export function badRequest(message: string): Answer {
  return { status: 400, json: { message } };
}

/** gRPC-flavoured refusals of v2: an unknown group in a member operation is a 400, not a 404. */
export function invalidArgument(message: string): Answer {
  return { status: 400, json: { error: 'INVALID_ARGUMENT', message } };
}

export function unauthorized(detail: string): Answer {
  return { status: 401, json: { error: 'Unauthorized', message: `Unauthorized: ${detail}` } };
}

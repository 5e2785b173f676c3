/** BambooHR's statuses in our words. Its errors are mostly an empty body with a header (recorded 2022). */
import { badUsage, type Failure, serviceFailure } from '../../core/values/failure.ts';
import { knownPhrases } from '../http/known-phrases.ts';
import type { Answer, WireRequest } from '../http/request.ts';

/** The document's name, the one in use, and the misspelt twin that was recorded beside it. */
const MESSAGE_HEADERS = ['x-bamboohr-error-message', 'x-bamboohr-error-messsage', 'x-bamboohr-message'];

export function explainBambooHr(request: WireRequest, answer: Answer): Failure {
  const { status } = answer;
  const where = `BambooHR, ${request.route}: answered ${status}${detailOf(answer)}`;
  if (status === 401)
    return badUsage(
      'bamboohr-key',
      `${where}: the key is missing, wrong, or its user was disabled`,
      'make a new key with the service user in BambooHR and put it into BAMBOOHR_API_KEY; check BAMBOOHR_COMPANY too',
    );
  if (status === 403)
    return badUsage(
      'bamboohr-permission',
      `${where}: the key's user may not read this`,
      "give the service user's access level this permission in BambooHR",
    );
  if (status === 404)
    return badUsage(
      'bamboohr-company',
      `${where}: BambooHR knows no such company or address`,
      'check BAMBOOHR_COMPANY and BAMBOOHR_BASE_URL',
    );
  if (status >= 300 && status < 400)
    return badUsage(
      'bamboohr-address',
      `${where}: it points elsewhere and a key is never carried along`,
      'check BAMBOOHR_COMPANY and BAMBOOHR_BASE_URL: the API answers without redirects',
    );
  return serviceFailure(
    'bamboohr-refused',
    where,
    'BambooHR refused this request; the code above says why. If nothing in the mappings caused it, Rollcall must learn it',
  );
}

/** ` (BadPage, request 1410…)`: a code and BambooHR's own id of the request, for its support. */
function detailOf(answer: Answer): string {
  const header = MESSAGE_HEADERS.map((name) => answer.headers[name]).find((text) => text !== undefined);
  const message = header === undefined ? errorCodeOf(answer) : knownPhrases(header);
  const requestId = answer.headers['x-request-id'];
  const parts = [
    message,
    requestId !== undefined && /^[\w-]{1,64}$/.test(requestId) ? `request ${requestId}` : undefined,
  ].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** A single word may be somebody's name; these shapes of the OpenAPI document are none. */
const CODE = /^(?:Bad(?:Page|Request)|UE-\d{1,6}|[A-Z]{2,}(?:_[A-Z]+)+|\d{1,6})$/;

/** `BadPage`, `UE-1001`, `INVALID_FILTER`, or undefined: only words that cannot hold a person's data. */
export function errorCodeOf(answer: Answer): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(answer.text) as unknown;
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;
  const inner: unknown = (body as { error?: unknown }).error;
  const code: unknown =
    typeof inner === 'object' && inner !== null
      ? (inner as { code?: unknown }).code
      : (body as { code?: unknown }).code;
  return typeof code === 'string' && code.length <= 40 && CODE.test(code) ? code : undefined;
}

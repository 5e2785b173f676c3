/** JumpCloud's statuses in our words. Its error bodies come in several shapes, or as HTML, or not at all. */
import { badUsage, type Failure, serviceFailure } from '../../core/values/failure.ts';
import { knownPhrases } from '../http/known-phrases.ts';
import { methodOf, repeatOf, type Answer, type WireRequest } from '../http/request.ts';

const KEY_REMEDY =
  'check JUMPCLOUD_API_KEY, or JUMPCLOUD_CLIENT_ID and JUMPCLOUD_CLIENT_SECRET, and that the key belongs to the region of JUMPCLOUD_BASE_URL';

export function explainJumpCloud(request: WireRequest, answer: Answer): Failure {
  const { status } = answer;
  const words = knownPhrases(messageOf(answer));
  const said = words === '' ? '' : `: ${words}`;
  const where = `JumpCloud, ${request.route}: answered ${status}${said}`;
  if (status === 401)
    return badUsage(
      'jumpcloud-key',
      `${where}; the key is wrong, or its administrator was removed`,
      KEY_REMEDY,
    );
  if (status >= 300 && status < 400)
    // A missing key is answered with a way to the login page (measured by a third party, 2026-08).
    return /\/login\b/.test(answer.headers['location'] ?? '')
      ? badUsage('jumpcloud-key', `${where} and points to the login page; no key arrived`, KEY_REMEDY)
      : badUsage(
          'jumpcloud-address',
          `${where} and points elsewhere; a key is never carried along`,
          'check JUMPCLOUD_BASE_URL: console.jumpcloud.com, console.eu.jumpcloud.com or console.in.jumpcloud.com',
        );
  const reads = repeatOf(request) === 'read' && methodOf(request) === 'GET';
  if (status === 403 && reads)
    return badUsage(
      'jumpcloud-permission',
      `${where}; the key's role may not read this`,
      'give the service account or administrator a role that can; JUMPCLOUD_ORG_ID is for multi-tenant administrators only',
    );
  if (status === 404 && reads)
    return badUsage(
      'jumpcloud-address',
      `${where}; JumpCloud knows no such address or organisation`,
      'check JUMPCLOUD_BASE_URL and JUMPCLOUD_ORG_ID',
    );
  return serviceFailure(
    status === 403 ? 'jumpcloud-permission' : 'jumpcloud-refused',
    where,
    status === 403
      ? "give the writing key's role this permission; a key that can only read cannot apply"
      : 'JumpCloud refused this; its own words are shown as far as they cannot name anybody, Directory Insights has the rest. The next plan will try again',
  );
}

/** `message`, else `error`, else nothing: raw text may be a page. */
export function messageOf(answer: Answer): string {
  try {
    const body = JSON.parse(answer.text) as unknown;
    if (typeof body !== 'object' || body === null) return '';
    const { message, error } = body as { message?: unknown; error?: unknown };
    if (typeof message === 'string' && message !== '') return message;
    return typeof error === 'string' ? error : '';
  } catch {
    return '';
  }
}

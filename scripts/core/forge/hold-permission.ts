/**
 * Who may hold or release a person.
 *
 * | who                                             | may |
 * |-------------------------------------------------|-----|
 * | the person themselves, by guardrails.yaml        | no: a hold would put off their own exit |
 * | a listed approver                               | yes |
 * | write access to the repository                  | yes |
 * | anybody else                                    | no  |
 */
import type { GuardrailsFile } from '../mappings/guardrails-file.ts';
import type { Permission } from './shapes.ts';

/** undefined: allowed; else why not, in words that fit a comment. */
export function whyNoHold(
  who: { login: string; permission: Permission },
  person: string,
  { approvers }: Pick<GuardrailsFile['approvals'], 'approvers'>,
): string | undefined {
  const listed = approvers.find(({ login }) => login.toLowerCase() === who.login.toLowerCase());
  if (listed?.employee === person) return 'nobody holds or releases themselves';
  if (listed !== undefined || who.permission === 'write' || who.permission === 'admin') return undefined;
  return 'it takes write access to this repository, or a place among the approvers of mappings/guardrails.yaml';
}

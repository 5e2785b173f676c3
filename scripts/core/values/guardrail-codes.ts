/**
 * Every guardrail by its code: what keeps something from happening, moves it to review, or says that a person must act;
 * the accident that it prevents; what to do. Nothing else can be raised: whoever raises one takes severity and remedy
 * from here and adds the numbers (guardrail-words.ts), and only a code of this table ends a run with 3 (`refusal`).
 * test/core/plan/guardrail-codes.test.ts brings about every one.
 *
 * | does    | then                                                                                 |
 * |---------|--------------------------------------------------------------------------------------|
 * | refuses | the run ends with 3 and nothing is written to JumpCloud                              |
 * | holds   | this person is frozen: nothing is granted, nothing is taken                          |
 * | closes  | this group, name or record is left as it is; everything else goes on                 |
 * | blocks  | these actions are in no plan, or not carried out                                     |
 * | reviews | these actions wait for review, by more approvers than usual; everything else goes on |
 * | tells   | nothing is kept from happening, but a person must act                                |
 */
import type { Severity } from './finding.ts';

export interface Guardrail {
  does: 'refuses' | 'holds' | 'closes' | 'blocks' | 'reviews' | 'tells';
  /** Where its judge says nothing else. */
  severity: Severity;
  accident: string;
  /** What to do: the second half of every message. */
  remedy: string;
  /** The file that judges it, below scripts/. */
  judgedIn: string;
}

/** Rows of one judge: code -> the accident that it prevents, and what to do. */
function judged<Code extends string>(
  judgedIn: string,
  does: Guardrail['does'],
  severity: Severity,
  rows: Record<Code, [accident: string, remedy: string]>,
): Record<Code, Guardrail> {
  const table = {} as Record<Code, Guardrail>;
  for (const code of Object.keys(rows) as Code[]) {
    const [accident, remedy] = rows[code];
    table[code] = { does, severity, accident, remedy, judgedIn };
  }
  return table;
}

const LOOK =
  'look whether it is meant; then so many approve, or an override in mappings/guardrails.yaml lets it pass for a while';

export const GUARDRAIL_CODES = {
  ...judged('adapters/bamboohr/employee-list.ts', 'refuses', 'critical', {
    'incomplete-read': [
      'a page that was torn by an import is taken for people who left',
      'nothing was decided on it; run again when nobody is importing into BambooHR',
    ],
  }),
  ...judged('adapters/jumpcloud/read/pages.ts', 'refuses', 'critical', {
    'torn-read': [
      'accounts that moved from page to page are made a second time',
      'nothing was decided on it; run again when nobody is importing into JumpCloud',
    ],
  }),
  ...judged('core/people/company.ts', 'refuses', 'critical', {
    'export-drop': [
      'the key lost sight of half of the company, and half of the company is shut out',
      "look whether the key's user lost access to people; if they are really gone, add an override of export-drop to mappings/guardrails.yaml",
    ],
    'redacted-column': [
      'a permission that somebody took from the key empties a field of everybody',
      "give the access level of the key's user permission to view these fields, or stop using them in mappings/",
    ],
  }),
  ...judged('core/people/company.ts', 'holds', 'critical', {
    'redacted-row': [
      'a field that a permission hid for one person is taken for an empty one',
      "the person is on hold until the access level of the key's user may see it",
    ],
    unexplained: [
      'whoever is not in one answer of BambooHR is taken for somebody who left',
      'nothing is done; a "left" line in mappings/exceptions.yaml decides',
    ],
  }),
  ...judged('core/people/company.ts', 'closes', 'critical', {
    'bad-id': [
      'an id becomes the path of a file elsewhere',
      'they are left out; look at these records in BambooHR',
    ],
  }),
  ...judged('core/people/company.ts', 'holds', 'info', {
    'out-of-scope': [
      'people of another company under the same roof lose what others gave them',
      'left alone; the scope of mappings/lifecycle.yaml decides who is ours',
    ],
  }),
  ...judged('core/people/stage.ts', 'holds', 'warning', {
    'unmapped-status': [
      'HR renames an employment status, and everybody who has it is taken for somebody who left',
      'add it under employmentStatuses',
    ],
    'statuses-disagree': [
      'the dates of an earlier employment shut out somebody who was hired again',
      'HR completes the rehire and removes the old date, or ends the employment',
    ],
    'no-hire-date': ['somebody gets in before anybody knows when they start', 'HR enters it'],
    'hire-date-moved': [
      'a hire date that is moved ahead deactivates somebody who works here already',
      'HR corrects the date, or an exception decides',
    ],
    'unknown-status': ['a status that BambooHR invents tomorrow is read as Inactive', 'HR corrects it'],
  }),
  ...judged('core/people/person.ts', 'holds', 'warning', {
    'rule-failed': [
      'a rule that cannot be worked out over one odd name stops the exits of everybody else',
      "write the rule so that it holds for everybody: ask size() before an index, and lookup('table', field, 'otherwise') instead of int()",
    ],
  }),
  ...judged('core/directory/match.ts', 'holds', 'warning', {
    'anchor-disagrees': [
      'employee numbers stand where HR ids are expected, and a stranger is suspended',
      'correct employeeIdentifier in JumpCloud, or the address or name',
    ],
    'another-person': [
      'HR gives the id of somebody who left to somebody new, who takes over the account',
      'an id is given to one person only; if it is still the same one, an adopt line in mappings/exceptions.yaml says so',
    ],
    'account-unreadable': [
      'an account whose answer makes no sense is taken for none, and a second one is made beside it',
      'nothing is done to it, nor made beside it; look at it in the console',
    ],
    'anchor-doubled': [
      'the wrong one of two accounts is suspended and the other lives on',
      'clear employeeIdentifier on all but one',
    ],
    'anchor-lost': [
      'a person whose id was cleared by hand gets a second account',
      'set it back, or release the account',
    ],
    'address-of-another': [
      "a new hire who was given a colleague's address takes over the colleague's account",
      'HR corrects the address, or the employeeIdentifier is corrected in JumpCloud',
    ],
    'adopt-line-unknown': [
      'a typing error in a hand-written line makes a second account',
      'correct the line in mappings/exceptions.yaml',
    ],
    'adopt-ambiguous': [
      'two people share an address and one gets the account of the other',
      'HR corrects it, or an adopt line in mappings/exceptions.yaml decides',
    ],
    'adopt-name-disagrees': [
      'an address that was given to somebody new brings the old account with it',
      'an adopt line in mappings/exceptions.yaml decides',
    ],
    'adopt-privileged': [
      'on the first day Rollcall takes over an administrator because a name agrees',
      'an adopt line in mappings/exceptions.yaml decides',
    ],
    'adopt-address-disagrees': [
      'somebody whose account has an older address gets a second one',
      'an adopt line in mappings/exceptions.yaml decides, or an ignore line says it is somebody else',
    ],
  }),
  ...judged('core/plan/create-account.ts', 'holds', 'warning', {
    'address-taken': [
      'a joiner inherits the mail and the accounts of whoever had the address before',
      'HR gives another one; an address never passes from one person to another',
    ],
    'no-address': [
      'an account is made under an address that nobody reads',
      'HR enters one, or mappings/naming.yaml makes one',
    ],
    'no-username': ['two people are made under one user name', 'add a candidate to mappings/naming.yaml'],
    'no-name': [
      'a record that HR has only begun becomes an account without a name',
      'HR completes the record',
    ],
  }),
  ...judged('core/plan/gone-accounts.ts', 'blocks', 'critical', {
    'accounts-gone': [
      'a key of another organisation, or one that no longer sees everybody, makes the whole company anew, and leavers stay inside unseen',
      'look whose key it is and what its role sees (JUMPCLOUD_ORG_ID); nothing is made anew meanwhile, and if they were truly deleted an override in mappings/guardrails.yaml lets it pass',
    ],
  }),
  ...judged('core/plan/gone-accounts.ts', 'tells', 'warning', {
    'account-gone': [
      'whoever leaves stays inside because the key does not see their account, and nobody is told',
      'look in the JumpCloud console whether it was deleted, and suspend it there if it was not',
    ],
  }),
  ...judged('core/plan/diff-account.ts', 'closes', 'warning', {
    'username-taken': [
      'a rename takes the user name of somebody else',
      'the rename waits until HR or that account changes',
    ],
    'email-taken': [
      'two addresses that HR swapped swap two accounts',
      'the old address stays until HR or that account changes',
    ],
  }),
  ...judged('core/plan/group-index.ts', 'closes', 'warning', {
    'group-renamed': [
      'two groups are renamed into each other, and everybody gets the access of the other',
      'name it so in mappings/groups, or rename it back; it is frozen until then',
    ],
    'group-gone': [
      'a group that was deleted and made anew for something else is filled with everybody',
      'take its rules out of mappings/groups for one sync and put them back to begin anew; it is frozen until then',
    ],
    'group-doubled': [
      'people are put into the wrong one of two groups of one name',
      'rename all but one; nothing is done to it until then',
    ],
    'group-missing': [
      'a typing error in the mappings makes a group that nobody looks after',
      'create it there, or set "create: true" on it in mappings/groups; its members wait',
    ],
    'group-unread': [
      'a group that could not be read is taken for an empty one',
      'it is frozen in this plan; the next one reads it again',
    ],
    'group-dynamic': [
      'JumpCloud refuses every write, and each run fails for it',
      'remove it from mappings/groups or make it static',
    ],
  }),
  ...judged('core/plan/group-index.ts', 'closes', 'info', {
    'group-protected': [
      'a rule empties the group that opens the vault',
      'its membership is left alone; change it by hand, or take it off the list',
    ],
  }),
  ...judged('core/plan/diff-groups.ts', 'tells', 'critical', {
    'group-kept': [
      'somebody who left keeps a group that nobody may write, and nobody knows',
      'take it away by hand',
    ],
  }),
  ...judged('core/plan/guardrails.ts', 'blocks', 'warning', {
    'protected-account': [
      'the break-glass account is suspended with everybody else',
      'do it by hand, or take it off the list in mappings/guardrails.yaml',
    ],
  }),
  ...judged('core/plan/guardrails.ts', 'tells', 'warning', {
    'protected-unknown': [
      'the name of the break-glass account is misspelt, and it is protected on paper only',
      'correct the name in mappings/guardrails.yaml, or take it off the list',
    ],
  }),
  ...judged('core/plan/guardrails.ts', 'blocks', 'critical', {
    'admins-minimum': [
      'the last administrators lock themselves out',
      'make somebody else administrator first',
    ],
    poison: [
      'a lost permission empties an attribute of the whole company',
      "look whether BambooHR's key lost a permission; nothing of it is done, and if it is meant an override in mappings/guardrails.yaml lets it pass",
    ],
  }),
  ...judged('core/plan/guardrails.ts', 'tells', 'critical', {
    'leaver-is-admin': [
      'the user is suspended and their console login lives on',
      'remove the administrator in the JumpCloud console',
    ],
  }),
  ...judged('core/plan/repeated-actions.ts', 'blocks', 'critical', {
    flapping: [
      'two systems undo each other every hour',
      'find out what undoes it; it is frozen until the count falls',
    ],
  }),
  ...judged('core/plan/repeated-actions.ts', 'blocks', 'warning', {
    quarantine: [
      'one person who cannot be written fails every run for weeks, and the failure that matters is overlooked',
      'mend what the reason names; it is tried again by itself',
    ],
  }),
  ...judged('core/plan/budgets.ts', 'reviews', 'critical', {
    'budget-suspend': ['ten quiet runs of 29 % once removed 97 % of a zone elsewhere', LOOK],
    'budget-leave-group': ['a department is renamed in HR, and everybody in it loses its groups', LOOK],
    'budget-unbind': ['a slip in devices.yaml takes the laptops of half a company away', LOOK],
    'budget-delete': ['the accounts of a year of leavers are deleted in one night', LOOK],
    'budget-update': ['a bad import into HR writes "#REF!" into every title', LOOK],
    'budget-drift': ['what administrators did in the middle of an outage is undone', LOOK],
    'budget-return': ['a slip in HR brings everybody on leave back in one night, unseen', LOOK],
  }),
  ...judged('core/plan/drift-policy.ts', 'blocks', 'info', {
    'drift-attributes': [
      'a value that an administrator set on purpose is overwritten',
      '"report" under drift in mappings/guardrails.yaml leaves that to people',
    ],
    'drift-memberships': [
      'somebody who was taken out in an incident is let in again',
      '"report" under drift in mappings/guardrails.yaml leaves that to people',
    ],
    'drift-bindings': [
      'a device that was taken back is given out again',
      '"report" under drift in mappings/guardrails.yaml leaves that to people',
    ],
    'drift-accounts': [
      'an account that security suspended is brought back',
      '"report" under drift in mappings/guardrails.yaml leaves that to people',
    ],
  }),
  ...judged('core/plan/freeze.ts', 'holds', 'info', {
    'held-by-reviewer': [
      'what a reviewer stopped is done by the next plan',
      '/release in the pull request ends it',
    ],
    'held-by-exception': ['what a reviewed line stopped is done by the next plan', 'the line ends it'],
  }),
  ...judged('core/plan/freeze.ts', 'holds', 'warning', {
    'manual-exit': [
      'security puts somebody out, and the next sync brings them back because HR does not know yet',
      'HR records the exit, or a "reinstate" line in mappings/exceptions.yaml gives everything back',
    ],
  }),
  ...judged('core/mappings/overrides.ts', 'tells', 'warning', {
    'override-used': [
      'a guardrail is lifted for one day and nobody sees what went through',
      'look whether this is what the line was written for',
    ],
    'override-expired': ['somebody counts on a line that no longer counts', 'its owner removes or renews it'],
  }),
  ...judged('core/mappings/overrides.ts', 'tells', 'info', {
    'override-idle': [
      'a line that was written for something else stands open',
      'remove it once it is not needed, or correct its scope',
    ],
  }),
  ...judged('flow/plan-desk.ts', 'refuses', 'critical', {
    'incomplete-export': [
      'a read that was refused is planned upon all the same',
      'run export again once its reason is mended',
    ],
    freeze: [
      'changes run into a migration, or into an incident',
      'take the freeze out of mappings/guardrails.yaml through a pull request; urgent exits go on',
    ],
  }),
  ...judged('plan.ts', 'refuses', 'critical', {
    'manual-exit-refused': [
      'an exit by hand says "nothing to do" while the person is still inside',
      'suspend them in the JumpCloud console now; what is planned for the others may be applied. mappings/guardrails.yaml has budgets and protected accounts',
    ],
  }),
  ...judged('core/plan/execution.ts', 'refuses', 'critical', {
    'not-approved': [
      'one click, or the subject of a plan, is enough',
      'run apply with --approved-by LOGIN of somebody permitted who is not in the plan, or with --approvals FILE',
    ],
    'approval-expired': ['what was right last week is done today', 'the next plan asks again'],
    'needs-review': [
      'a file that calls itself "auto" goes round the review',
      'the next plan proposes it for review',
    ],
  }),
  ...judged('core/plan/execution.ts', 'blocks', 'warning', {
    'no-fresh-hr': ['somebody is let in upon what HR said yesterday', 'run export, then apply again'],
  }),
  ...judged('shell/relay/register-webhook.ts', 'refuses', 'critical', {
    'rotation-unproven': [
      'the old webhook is removed before the relay knows the new key, and every exit is lost',
      'give the relay the new key, change a test employee and run this again; --force skips the proof',
    ],
  }),
};

export type GuardrailCode = keyof typeof GUARDRAIL_CODES;

export function isGuardrailCode(code: string): code is GuardrailCode {
  return Object.hasOwn(GUARDRAIL_CODES, code);
}

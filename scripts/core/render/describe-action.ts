/**
 * One line for every action: what happens, and because of what. Terminal, pull request and comments say it in the
 * same words. All text given back is one visible line, not yet escaped for its medium.
 *
 * | kind         | says                                                         |
 * |--------------|--------------------------------------------------------------|
 * | create-group | + new group Engineering: because                             |
 * | create       | + new account ada, ada@example.com, staged: because          |
 * | adopt        | ~ account ada (Ada Lovelace, ada@example.com) adopted: because |
 * | update       | ~ job title: Engineer -> Staff Engineer (because)            |
 * | rename       | ~ username: ada.byron -> ada.lovelace (because)              |
 * | activate     | + activated, mail to the manager: because                    |
 * | suspend      | - suspended: because                                         |
 * | reinstate    | + reinstated: because                                        |
 * | schedule     | - will be suspended at 2026-11-30T17:00:00Z (because)        |
 * | unschedule   | ~ the suspension armed for 2026-… is cancelled: because      |
 * | set-manager  | ~ manager: 1001 Grace Hopper (because)                       |
 * | join-group   | + joins Engineering: because; "gets Engineering back" on return |
 * | leave-group  | - leaves Sales: because                                      |
 * | bind         | + gets policy Disk Encryption: because                       |
 * | unbind       | - loses policy Disk Encryption: because                      |
 * | delete       | - account ada deleted for good: because                      |
 */
import type { Action } from '../plan/action.ts';
import type { Json } from '../values/canonical-json.ts';
import { isTrue, objectIn, textIn } from '../values/json-fields.ts';
import { attributeWords } from './attribute-words.ts';
import { labelOf, type PeopleNames } from './plan-view.ts';
import { clampPair, clampText } from './visible-text.ts';

export interface Description {
  /** + grants, - takes away, ~ changes. */
  sign: '+' | '-' | '~';
  what: string;
  because: string;
  /** what and because on one line. */
  line: string;
  /** Further facts worth a line each: the attributes of a new account. */
  details: string[];
}

type Told = Pick<Description, 'sign' | 'what'> & { details?: string[]; values?: true };

const BINDING_WORDS: Readonly<Record<string, string>> = {
  system: 'device',
  system_group: 'device group',
  policy: 'policy',
  policy_group: 'policy group',
  application: 'application',
};

export function describeAction(action: Omit<Action, 'id'>, people: PeopleNames): Description {
  const { sign, what, details, values } = tell(action, people);
  const because = clampText(action.because, 200);
  // A what that holds values has a colon already: its because stands in brackets.
  const line = values === true ? `${what} (${because})` : `${what}: ${because}`;
  return { sign, what, because, line, details: details ?? [] };
}

function tell(action: Omit<Action, 'id'>, people: PeopleNames): Told {
  const { kind, target, before, after } = action;
  switch (kind) {
    case 'create-group':
      return { sign: '+', what: `new group ${nameOr(textIn(after, 'name'), target)}` };
    case 'create':
      return tellCreate(after);
    case 'adopt':
      return {
        sign: '~',
        what: `account ${nameOr(textIn(before, 'username'), target)}${inBrackets([textIn(before, 'name'), textIn(before, 'email')])} adopted`,
      };
    case 'update':
    case 'rename':
      return { sign: '~', what: change(attributeWords(target ?? ''), before, after), values: true };
    case 'activate':
      return { sign: '+', what: `activated${mailWords(after)}` };
    case 'suspend':
      return { sign: '-', what: 'suspended' };
    case 'reinstate':
      return { sign: '+', what: 'reinstated' };
    case 'schedule': {
      const suspends = target === 'SUSPENDED';
      const what = `will be ${suspends ? 'suspended' : 'activated'} at ${nameOr(textIn(after, 'at'), null)}`;
      return { sign: suspends ? '-' : '+', what: `${what}${mailWords(after)}`, values: true };
    }
    case 'unschedule': {
      const word = textIn(before, 'state') === 'SUSPENDED' ? 'suspension' : 'activation';
      return { sign: '~', what: `the ${word} armed for ${nameOr(textIn(before, 'at'), null)} is cancelled` };
    }
    case 'set-manager':
      return {
        sign: '~',
        what: typeof after === 'string' ? `manager: ${labelOf(after, people)}` : 'manager: (none)',
        values: true,
      };
    case 'join-group': {
      const group = nameOr(textIn(after, 'group'), target);
      return { sign: '+', what: isTrue(before, 'restored') ? `gets ${group} back` : `joins ${group}` };
    }
    case 'leave-group':
      return { sign: '-', what: `leaves ${nameOr(textIn(before, 'group'), target)}` };
    case 'bind':
      return {
        sign: '+',
        what: `gets ${bindingWords(target, textIn(after, 'name'))}${isTrue(before, 'restored') ? ' back' : ''}`,
      };
    case 'unbind':
      return { sign: '-', what: `loses ${bindingWords(target, textIn(before, 'name'))}` };
    case 'delete':
      return {
        sign: '-',
        what: `account ${nameOr(textIn(before, 'username'), target)} deleted for good${heirText(textIn(before, 'reportsTo'))}`,
      };
  }
}

function tellCreate(after: Json): Told {
  const parts = [textIn(after, 'username'), textIn(after, 'email'), textIn(after, 'state').toLowerCase()];
  const shown = parts.filter((part) => part !== '').map((part) => clampText(part, 80));
  const attributes = Object.entries(objectIn(after, 'attributes')).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    sign: '+',
    what: `new account ${shown.join(', ')}${mailWords(after)}`,
    details: attributes.map(([name, value]) => `${clampText(attributeWords(name), 80)}: ${valueText(value)}`),
  };
}

function change(words: string, before: Json, after: Json): string {
  if (typeof before === 'string' && typeof after === 'string') {
    const [a, b] = clampPair(before, after);
    return `${clampText(words, 80)}: ${quoted(a)} -> ${quoted(b)}`;
  }
  return `${clampText(words, 80)}: ${valueText(before)} -> ${valueText(after)}`;
}

function valueText(value: Json): string {
  if (value === null) return '(none)';
  return quoted(clampText(typeof value === 'string' ? value : JSON.stringify(value), 80));
}

/** A value that could be read as part of the sentence stands in quotes. */
function quoted(text: string): string {
  return text === '' || /^[\s(]|\s$|->|"/.test(text) ? `“${text}”` : text;
}

function nameOr(name: string, target: string | null): string {
  return clampText(name === '' ? (target ?? '(unnamed)') : name, 80);
}

function inBrackets(parts: string[]): string {
  const shown = parts.filter((part) => part !== '').map((part) => clampText(part, 80));
  return shown.length === 0 ? '' : ` (${shown.join(', ')})`;
}

function bindingWords(target: string | null, name: string): string {
  const [type, ...id] = (target ?? '').split(':');
  const known = Object.hasOwn(BINDING_WORDS, type ?? '') ? BINDING_WORDS[type ?? ''] : undefined;
  return `${known ?? clampText(type ?? '', 40)} ${nameOr(name, id.join(':'))}`;
}

/** `mail` of a create or an activation is the receiver that lifecycle.yaml names, or an address. */
function mailWords(after: Json): string {
  const mail = textIn(after, 'mail');
  return mail === '' || mail === 'none' ? '' : `, activation mail to ${clampText(mail, 80)}`;
}

/** Who inherits the reports of a deleted account. */
function heirText(person: string): string {
  return person === '' ? '' : `, reports go to ${person}`;
}

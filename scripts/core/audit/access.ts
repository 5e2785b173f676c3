/**
 * Who had access to what at an instant, from person files and receipts.
 *
 * | membership                                                              | evidence                    |
 * |-------------------------------------------------------------------------|-----------------------------|
 * | given, and not taken away, by then                                      | receipt                     |
 * | the rules wanted it and no later receipt gave it                        | rules: there before Rollcall, or never needed |
 * | a later receipt took away what no earlier one had given                 | later receipt: somebody else had given it |
 * | the rules wanted it and a receipt gave it only later                    | not yet                     |
 */
import type { PersonFile } from '../people/person-file.ts';
import { foldRecord } from '../record/ledger.ts';
import type { RecordedPlan } from '../record/ledger.ts';
import { compareText } from '../values/finding.ts';
import { compareHrIds } from '../values/hr-id.ts';
import { textIn } from '../values/json-fields.ts';

export interface Membership {
  group: string;
  /** Why: the rule's because, or what the receipt says. */
  because: string;
  evidence: 'receipt' | 'rules' | 'later receipt';
}

export interface AccessOfPerson {
  person: string;
  name: string;
  stage: string;
  username: string;
  /** none, staged, active, suspended or deleted. */
  account: string;
  groups: Membership[];
  /** Wanted then, and given only later. */
  notYet: string[];
}

export interface AccessInput {
  /** Person files as committed then. */
  people: PersonFile[];
  /** The whole record. */
  recorded: RecordedPlan[];
  /** ISO instant. */
  at: string;
  nameOf: (person: PersonFile) => string;
}

interface Turn {
  group: string;
  joined: boolean;
  because: string;
}

export function accessAt({ people, recorded, at, nameOf }: AccessInput): AccessOfPerson[] {
  const past = recorded.filter(({ receipt }) => receipt !== undefined && receipt.finishedAt <= at);
  const ledger = foldRecord(past);
  const reasons = reasonsIn(past);
  const next = firstTurnsAfter(recorded, at);
  return people
    .map((file) => {
      const person = file.employee.id;
      const record = ledger.people.get(person);
      const wanted = file.account?.groups ?? {};
      const turns = next.get(person) ?? new Map<string, Turn>();
      const groups = new Map<string, Membership>();
      const notYet: string[] = [];
      for (const name of record?.groups.values() ?? [])
        groups.set(name, {
          group: name,
          because: wanted[name] ?? reasons.get(`${person} ${name}`) ?? '',
          evidence: 'receipt',
        });
      for (const [name, because] of Object.entries(wanted)) {
        if (groups.has(name)) continue;
        if (turns.get(name)?.joined === true) notYet.push(name);
        else groups.set(name, { group: name, because, evidence: 'rules' });
      }
      for (const { group, joined, because } of turns.values())
        if (!joined && !groups.has(group))
          groups.set(group, { group, because: `taken away later: ${because}`, evidence: 'later receipt' });
      return {
        person,
        name: nameOf(file),
        stage: file.stage,
        username: record?.username ?? file.account?.username ?? '',
        account: accountState(file, record, at),
        groups: [...groups.values()].sort((a, b) => compareText(a.group, b.group)),
        notYet: notYet.sort(compareText),
      };
    })
    .sort((a, b) => compareHrIds(a.person, b.person));
}

function accountState(
  file: PersonFile,
  record: ReturnType<typeof foldRecord>['people'] extends ReadonlyMap<string, infer L>
    ? L | undefined
    : never,
  at: string,
): string {
  if (record?.deleted === true) return 'deleted';
  const due = [...(record?.armed.values() ?? [])]
    .filter((job) => Date.parse(job.at) <= Date.parse(at))
    .sort((a, b) => compareText(a.at, b.at))
    .at(-1);
  if (record?.suspended !== undefined && (due === undefined || due.at < record.suspended.at))
    return 'suspended';
  if (due !== undefined) return due.state === 'SUSPENDED' ? 'suspended' : 'active';
  const wanted = file.account?.state ?? 'none';
  // Wanted and not yet done: what the record knows is that it still works.
  return wanted === 'suspended' && record !== undefined && record.account !== undefined ? 'active' : wanted;
}

function reasonsIn(recorded: RecordedPlan[]): Map<string, string> {
  const reasons = new Map<string, string>();
  for (const { plan } of recorded)
    for (const { kind, person, after, because } of plan.actions)
      if (kind === 'join-group' && person !== null)
        reasons.set(`${person} ${textIn(after, 'group')}`, because);
  return reasons;
}

/** Each person's first join or leave of each group after `at`. */
function firstTurnsAfter(recorded: RecordedPlan[], at: string): Map<string, Map<string, Turn>> {
  const turns = new Map<string, Map<string, Turn>>();
  const later = recorded
    .filter(({ receipt }) => receipt !== undefined && receipt.finishedAt > at)
    .sort((a, b) => compareText(a.receipt!.finishedAt, b.receipt!.finishedAt));
  for (const { plan, receipt } of later) {
    const done = new Set(
      receipt!.results.filter(({ outcome }) => outcome === 'done').map(({ action }) => action),
    );
    for (const { id, kind, person, before, after, because } of plan.actions) {
      if ((kind !== 'join-group' && kind !== 'leave-group') || person === null || !done.has(id)) continue;
      const joined = kind === 'join-group';
      const group = textIn(joined ? after : before, 'group');
      const own = turns.get(person) ?? new Map<string, Turn>();
      turns.set(person, own);
      if (!own.has(group)) own.set(group, { group, joined, because });
    }
  }
  return turns;
}

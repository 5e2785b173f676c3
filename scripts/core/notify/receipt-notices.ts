/**
 * What a receipt tells. One notice an event, however many people it is about.
 *
 * | event             | who it is about                                                                     |
 * |-------------------|-------------------------------------------------------------------------------------|
 * | provisioned       | create or activate is done; with the groups and device groups joined by then, which  |
 * |                   | is what sets a joiner's device provisioning going                                   |
 * | offboarded        | suspended for having left, or by hand before HR knows; or access taken for having left from somebody who was    |
 * |                   | suspended by a job armed earlier, once: not again when the rest follows              |
 * | suspended         | the same for leave                                                                  |
 * | reinstated        | reinstate                                                                           |
 * | schedule-armed    | starts: told to every route. Last days: a notice of their own, marked futureExit    |
 * | failed            | an action failed, or was not attempted though the plan was not refused              |
 * | guardrail-refused | the receipt says refused or expired                                                 |
 *
 * `done` and `already` both count as happened: `already` is what a run finds that was killed before its receipt.
 * Deleting after the retention period is no event of its own: whoever it is about was offboarded long before.
 */
import type { Action } from '../plan/action.ts';
import { type Plan, planName } from '../plan/plan-file.ts';
import type { RecordedPlan } from '../record/ledger.ts';
import { type ActionResult, countByOutcome, hasLanded, type Receipt } from '../record/receipt.ts';
import { compareText } from '../values/finding.ts';
import { compareHrIds } from '../values/hr-id.ts';
import { textIn } from '../values/json-fields.ts';
import { announcesExit } from './future-exit.ts';
import { type Notice, noticeKey, type NoticePerson } from './notice.ts';

/** Notices of the receipts whose names are in `news`; the others are read only for what was told before. */
export function receiptNotices(recorded: RecordedPlan[], news: ReadonlySet<string>): Notice[] {
  const gone: Gone = { left: new Set(), leave: new Set() };
  return recorded
    .flatMap(({ plan, receipt }) => (receipt === undefined ? [] : [{ plan, receipt }]))
    .sort(
      (a, b) =>
        compareText(a.receipt.finishedAt, b.receipt.finishedAt) || compareText(a.plan.digest, b.plan.digest),
    )
    .flatMap(({ plan, receipt }) => {
      const notices = noticesOf(plan, receipt, gone);
      return news.has(planName(plan)) ? notices : [];
    });
}

/** `gone`: who was told to have left or gone on leave so far, and not to be back; carried on to the next receipt. */
function noticesOf(plan: Plan, receipt: Receipt, gone: Gone): Notice[] {
  const results = new Map(receipt.results.map((result) => [result.action, result]));
  const byPerson = new Map<string, Done[]>();
  for (const action of plan.actions) {
    const result = results.get(action.id);
    if (action.person === null || result === undefined || !hasLanded(result.outcome)) continue;
    const theirs = byPerson.get(action.person) ?? [];
    theirs.push({ action, result });
    byPerson.set(action.person, theirs);
  }
  const told = new Map<Topic, { people: NoticePerson[]; actions: string[] }>();
  for (const [person, done] of [...byPerson].sort(([a], [b]) => compareHrIds(a, b)))
    for (const { topic, entry, actions } of topicsOf(person, done, gone)) {
      const same = told.get(topic) ?? { people: [], actions: [] };
      same.people.push(entry);
      same.actions.push(...actions);
      told.set(topic, same);
    }
  const notices = TOPICS.flatMap((topic): Notice[] => {
    const found = told.get(topic);
    if (found === undefined) return [];
    const { event, ...marks } = NOTICE_OF[topic];
    const key = noticeKey(event, { plan: plan.digest, actions: [...found.actions].sort() });
    return [{ event, key, people: found.people, ...marks, ...common(plan, receipt) }];
  });
  return [...notices, ...troubleOf(plan, receipt, results)];
}

type Gone = Record<'left' | 'leave', Set<string>>;

interface Done {
  action: Action;
  result: ActionResult;
}

const NOTICE_OF = {
  offboarded: { event: 'offboarded' },
  suspended: { event: 'suspended' },
  reinstated: { event: 'reinstated' },
  provisioned: { event: 'provisioned' },
  start: { event: 'schedule-armed' },
  exit: { event: 'schedule-armed', futureExit: true },
} as const;
type Topic = keyof typeof NOTICE_OF;
const TOPICS = Object.keys(NOTICE_OF) as Topic[];

interface Told {
  topic: Topic;
  entry: NoticePerson;
  actions: string[];
}

function topicsOf(person: string, done: Done[], gone: Gone): Told[] {
  const told: Told[] = [];
  const add = (
    topic: Topic,
    did: string,
    { action, result }: Done,
    more: Partial<NoticePerson> = {},
  ): void => {
    const account = result.account ?? action.account;
    const entry = { person, did, ...(account === null ? {} : { account }), ...more };
    told.push({ topic, entry, actions: [action.id] });
  };
  const first = (matches: (action: Action) => boolean): Done | undefined =>
    done.find(({ action }) => matches(action));

  // An exit or a leave is told by its suspension, or, where a job that was armed earlier did that, by what is taken then.
  const suspended = first(({ kind }) => kind === 'suspend');
  for (const why of ['left', 'leave'] as const) {
    const stripped = first(({ before }) => textIn(before, 'taken') === why);
    const isLeave = suspended !== undefined && textIn(suspended.action.before, 'stage') === 'leave';
    const exit = suspended !== undefined && isLeave === (why === 'leave') ? suspended : stripped;
    if (exit === undefined) continue;
    const isNew = exit === suspended && exit.result.outcome === 'done';
    if (isNew || !gone[why].has(person))
      add(
        why === 'left' ? 'offboarded' : 'suspended',
        exit === suspended ? 'suspended' : 'access taken away',
        exit,
      );
    gone[why].add(person);
  }

  const back = first(({ kind }) => kind === 'reinstate');
  if (back !== undefined) add('reinstated', 'reinstated', back, givenIn(done));
  const made = first(({ kind }) => kind === 'create');
  const activated = first(({ kind }) => kind === 'activate');
  const joined = activated ?? made;
  if (joined !== undefined) {
    const staged = activated === undefined && textIn(joined.action.after, 'state') !== 'ACTIVATED';
    const did = `account ${made === undefined ? '' : 'made, '}${staged ? 'staged' : 'active'}`;
    const names = made === undefined ? {} : namesIn(made.action);
    add('provisioned', did, made === undefined ? joined : made, { ...names, ...givenIn(done) });
  }
  if (back !== undefined || joined !== undefined) {
    gone.left.delete(person);
    gone.leave.delete(person);
  }

  for (const each of done)
    if (each.action.kind === 'schedule') {
      const text = textIn(each.action.after, 'at');
      const at = INSTANT.test(text) ? { at: text } : {};
      if (announcesExit(each.action)) add('exit', 'will be suspended', each, at);
      else add('start', 'will be activated', each, at);
    }
  return told;
}

const INSTANT = /^[0-9T:.Z+-]{10,35}$/;

function namesIn({ after }: Action): Partial<NoticePerson> {
  const [username, email] = [textIn(after, 'username'), textIn(after, 'email')];
  return { ...(username === '' ? {} : { username }), ...(email === '' ? {} : { email }) };
}

function givenIn(done: Done[]): Pick<NoticePerson, 'groups' | 'deviceGroups' | 'bindings'> {
  const names = (kind: Action['kind'], key: string, matches: (target: string) => boolean): string[] =>
    done
      .filter(({ action }) => action.kind === kind && matches(action.target ?? ''))
      .map(({ action }) => textIn(action.after, key))
      .filter((name) => name !== '')
      .sort(compareText);
  const isDeviceGroup = (target: string): boolean => target.startsWith('system_group:');
  return {
    groups: names('join-group', 'group', () => true),
    deviceGroups: names('bind', 'name', isDeviceGroup),
    bindings: names('bind', 'name', (target) => !isDeviceGroup(target)),
  };
}

function troubleOf(plan: Plan, receipt: Receipt, results: ReadonlyMap<string, ActionResult>): Notice[] {
  const rest = common(plan, receipt);
  if (receipt.outcome === 'refused' || receipt.outcome === 'expired') {
    const codes = [receipt.outcome === 'expired' ? 'approval-expired' : 'not-permitted'];
    const key = noticeKey('guardrail-refused', { plan: plan.digest, codes });
    return [{ event: 'guardrail-refused', key, people: [], codes, ...rest }];
  }
  const undone = plan.actions.filter(({ id }) => {
    const outcome = results.get(id)?.outcome ?? 'not-attempted';
    return outcome === 'failed' || outcome === 'not-attempted';
  });
  if (undone.length === 0) return [];
  const shown = undone.filter((action) => !announcesExit(action));
  const counts = countByOutcome(
    shown.map(({ id }) => results.get(id) ?? { outcome: 'not-attempted' as const }),
  );
  const key = noticeKey('failed', { plan: plan.digest, actions: undone.map(({ id }) => id).sort() });
  return [
    {
      event: 'failed',
      key,
      people: peopleIn(shown, (actions) => kindsText(actions)),
      counts: { 'action failed': counts.failed, 'not attempted': counts['not-attempted'] },
      others: undone.length - shown.length,
      ...rest,
    },
  ];
}

/** One entry a person, by id; actions without a person (new groups) are in the counts only. */
export function peopleIn(actions: Action[], did: (theirs: Action[]) => string): NoticePerson[] {
  const byPerson = new Map<string, Action[]>();
  for (const action of actions)
    if (action.person !== null) byPerson.set(action.person, [...(byPerson.get(action.person) ?? []), action]);
  return [...byPerson]
    .sort(([a], [b]) => compareHrIds(a, b))
    .map(([person, theirs]) => ({ person, did: did(theirs) }));
}

/** "suspend, leave-group (3)": kinds in the order of the plan. */
export function kindsText(actions: Pick<Action, 'kind'>[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of actions) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => (count === 1 ? kind : `${kind} (${count})`)).join(', ');
}

function common(plan: Plan, receipt: Receipt): Pick<Notice, 'at' | 'plan' | 'receipt' | 'run'> {
  const { digest, asOf, lane } = plan;
  return {
    at: receipt.finishedAt,
    plan: { digest, asOf, lane },
    receipt: planName(plan),
    ...(receipt.run === undefined ? {} : { run: receipt.run }),
  };
}

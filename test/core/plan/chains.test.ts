/**
 * Lives of one person over many days: HR changes its mind, people change JumpCloud by hand, somebody edits the mappings,
 * runs fail half-way, and reviews are given late or never. What must hold is said here in words of its own, by who did
 * what last, and not by what the planner thinks. Seeds are fixed; ROLLCALL_LONG=1 runs thousands, ROLLCALL_CHAINS=5 so many.
 */
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { type Action, isHead, isRevocation } from '../../../scripts/core/plan/action.ts';
import type { Plan } from '../../../scripts/core/plan/plan-file.ts';
import { addDays } from '../../../scripts/core/values/calendar.ts';
import { applyPlans, passArmed } from '../../simulate.ts';
import {
  accountId,
  employee,
  exportPeople,
  giveByHand,
  LIFECYCLE,
  planWorld,
  policyOf,
  type World,
  worldOf,
  type WorldOptions,
} from '../../world.ts';

const RUNS = Number(
  process.env['ROLLCALL_CHAINS'] ?? (process.env['ROLLCALL_LONG'] === undefined ? 50 : 3_000),
);
const START = '2026-03-02';
/** Of whom the chain tells; 1 is the manager, 3 a colleague whom nothing of it concerns. */
const WHO = '2';

const HR = {
  away: { status: 'Active', employmentStatus: 'Furloughed', terminationDate: undefined },
  back: { status: 'Active', employmentStatus: 'Full-Time', terminationDate: undefined },
  contractor: { status: 'Active', employmentStatus: 'Contractor', terminationDate: undefined },
  exit: { status: 'Inactive', employmentStatus: 'Terminated' },
  doubtful: { status: 'Inactive', employmentStatus: 'Full-Time' },
  unmapped: { status: 'Active', employmentStatus: 'Sabbatical' },
  'half a rehire': { status: 'Active', employmentStatus: 'Terminated' },
  sales: { department: 'Sales' },
  engineering: { department: 'Engineering' },
  'other manager': { managerId: '3' },
  'old manager': { managerId: '1' },
} satisfies Record<string, Record<string, string | undefined>>;
const DATED = [
  'exit today',
  'exit in two days',
  'rescinded',
  'rehired',
  'rehired in two days',
  'time off',
  'no time off',
] as const;
const HANDS = [
  'suspend',
  'activate',
  'vpn in',
  'vpn out',
  'team in',
  'team out',
  'bind',
  'unbind',
  'disarm',
] as const;
const EDITS = [
  'group',
  'device',
  'attribute',
  'leave groups',
  'leave bindings',
  'leaving bindings',
  'scope',
] as const;
const LINES = ['hold', 'group', 'reinstate'] as const;
const RUNS_OF = [
  'sync',
  'sync',
  'sync and review',
  'sync and review',
  'half',
  'manual exit',
  'next day',
  'next day',
  'a month',
] as const;

type Step =
  | { is: 'hr'; what: keyof typeof HR | (typeof DATED)[number] }
  | { is: 'hand'; what: (typeof HANDS)[number] }
  | { is: 'edit'; what: (typeof EDITS)[number] | (typeof LINES)[number] }
  | { is: 'run'; what: (typeof RUNS_OF)[number] };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('hr' as const),
      what: fc.constantFrom(...(Object.keys(HR) as (keyof typeof HR)[]), ...DATED),
    }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('hand' as const), what: fc.constantFrom(...HANDS) }) },
  {
    weight: 2,
    arbitrary: fc.record({ is: fc.constant('edit' as const), what: fc.constantFrom(...EDITS, ...LINES) }),
  },
  { weight: 7, arbitrary: fc.record({ is: fc.constant('run' as const), what: fc.constantFrom(...RUNS_OF) }) },
);
const chain = fc.array(step, { minLength: 1, maxLength: 30, size: 'max' });

/** One company, and what a witness knows of it who has seen every hand and every run. */
class Life {
  edits = new Set<string>();
  world: World;
  /** Who suspended the account that is suspended now. */
  by: 'nobody' | 'leave' | 'left' | 'manual' | 'others' = 'nobody';
  /** What a leave took, until the person is at work again and a whole run has gone by. */
  tookInLeave = new Set<string>();
  /** Lines of exceptions.yaml, with their last day. */
  lines = new Map<string, string>();
  log: string[] = [];

  constructor() {
    this.world = worldOf([employee('1'), employee(WHO, { managerId: '1' }), employee('3')], {
      asOf: START,
      ...this.options(),
    });
    giveByHand(this.world, 'VPN', WHO);
  }

  options(): WorldOptions {
    const has = (edit: string): boolean => this.edits.has(edit);
    const line = (kind: string, rest = ''): string =>
      this.lines.has(kind)
        ? `  - { kind: ${kind}, person: "${WHO}", ${rest}owner: it, reason: test, expires: ${this.lines.get(kind)} }\n`
        : '';
    const lines = `${line('hold')}${line('group', 'group: VPN2, ')}${line('reinstate')}`;
    return {
      guardrails: 'flapping: { times: 100 }\nbudgets: { floor: 100 }',
      groups: `groups:
  - { group: All Staff, when: "true" }
  - { group: Engineering, when: "department == 'Engineering'" }
  - { group: Sales, when: "department == 'Sales'" }
${has('group') ? '  - { group: London Office, when: "true" }\n' : ''}`,
      devices: `bindings:
  - { bind: system_group, name: Laptops, when: "true", because: everyone }
${has('device') ? '' : `  - { bind: policy, name: Disk, when: "department == 'Engineering'", because: team }\n`}`,
      attributes: `attributes:
  firstname: firstName
  lastname: lastName
  department: department
${has('attribute') ? '' : '  location: location\n'}`,
      lifecycle: `${LIFECYCLE}lastDay: { armDays: 3 }
scope: "${has('scope') ? `id != '${WHO}'` : 'true'}"
leave: { groups: ${has('leave groups') ? 'keep' : 'take'}, bindings: [policy${has('leave bindings') ? ', system_group' : ''}], timeOff: { types: ["1"], minimumDays: 2 } }
leaving: { bindings: [policy${has('leaving bindings') ? '' : ', system_group'}] }
`,
      exceptions: lines === '' ? '{}' : `exceptions:\n${lines}`,
    };
  }

  get account() {
    return this.world.live.accounts.find(({ anchor }) => anchor === WHO)!;
  }
  get file() {
    return this.world.people.find((person) => person.employee.id === WHO)!;
  }
  members(group: string): Set<string> {
    return this.world.live.groups.get(accountId(`group ${group}`))!.members;
  }
  get groups(): string[] {
    return [...this.world.live.groups.values()]
      .filter(({ members }) => members.has(this.account.id))
      .map(({ name }) => name)
      .sort();
  }
  get bindings(): string[] {
    return (this.world.live.bindings.get(this.account.id) ?? [])
      .map(({ type, name }) => `${type}:${name}`)
      .sort();
  }

  hr(what: Extract<Step, { is: 'hr' }>['what']): void {
    const { asOf } = this.world;
    const set = (facts: Record<string, string | undefined>): void => {
      this.world.rows = this.world.rows.map((row) =>
        row.id === WHO
          ? (Object.fromEntries(
              Object.entries({ ...row, ...facts }).filter(([, value]) => value !== undefined),
            ) as typeof row)
          : row,
      );
    };
    switch (what) {
      case 'exit today':
        return set({ ...HR.exit, terminationDate: addDays(asOf, -1) });
      case 'exit in two days':
        return set({ terminationDate: addDays(asOf, 2) });
      case 'rescinded':
        return set(HR.back);
      case 'rehired':
        return set({ ...HR.back, hireDate: asOf });
      case 'rehired in two days':
        return set({ ...HR.back, hireDate: addDays(asOf, 2) });
      case 'time off':
        return void this.world.timeOff.set(WHO, [{ start: addDays(asOf, 1), end: addDays(asOf, 6) }]);
      case 'no time off':
        return void this.world.timeOff.clear();
      default:
        return set(HR[what]);
    }
  }

  hand(what: (typeof HANDS)[number]): void {
    const { account, world } = this;
    const own = world.live.bindings.get(account.id) ?? [];
    switch (what) {
      case 'suspend':
        if (account.state !== 'SUSPENDED') this.by = 'others';
        account.state = 'SUSPENDED';
        return;
      case 'activate':
        account.state = 'ACTIVATED';
        this.by = 'nobody';
        return;
      case 'vpn in':
        return void this.members('VPN').add(account.id);
      case 'vpn out':
        return void this.members('VPN').delete(account.id);
      case 'team in':
        return void this.members('Engineering').add(account.id);
      case 'team out':
        return void this.members('Engineering').delete(account.id);
      case 'bind':
        if (!own.some(({ name }) => name === 'Lab'))
          world.live.bindings.set(account.id, [
            ...own,
            { type: 'policy', id: accountId('lab'), name: 'Lab' },
          ]);
        return;
      case 'unbind':
        world.live.bindings.set(
          account.id,
          own.filter(({ name }) => name !== 'Lab'),
        );
        return;
      case 'disarm':
        world.live.armed = [];
    }
  }

  edit(what: Extract<Step, { is: 'edit' }>['what']): void {
    if ((LINES as readonly string[]).includes(what)) {
      if (this.lines.has(what)) this.lines.delete(what);
      else this.lines.set(what, addDays(this.world.asOf, 5));
    } else if (this.edits.has(what)) this.edits.delete(what);
    else this.edits.add(what);
    this.world.policy = policyOf(this.options());
  }

  /** Days pass one by one; what is armed fires. */
  pass(days: number): void {
    for (let day = 0; day < days; day += 1) {
      this.world.asOf = addDays(this.world.asOf, 1);
      const due = this.world.live.armed.filter(
        (job) => job.at <= `${this.world.asOf}T12:00:00Z` && job.account === this.account.id,
      );
      for (const job of due.sort((a, b) => (a.at < b.at ? -1 : 1))) {
        if (job.state === 'ACTIVATED') this.by = 'nobody';
        // Over a suspension of others that no run has seen it passes for ours: nobody can tell it from here.
        else this.by = this.whys.get(job.job) ?? 'others';
      }
      passArmed(this.world, `${this.world.asOf}T12:00:00Z`);
    }
  }
  whys = new Map<string, 'leave' | 'left'>();

  export(): void {
    this.world.people = exportPeople(this.world);
  }

  /** Carries out these actions, as far as an executor would, and the witness looks on. */
  apply(plans: Plan[], all: Plan[], fails: (action: Action) => boolean = () => false): void {
    const stopped = new Set(
      all
        .filter((plan) => !plans.includes(plan))
        .flatMap(({ actions }) => actions.flatMap(({ kind, person }) => (isHead(kind) ? [person] : []))),
    );
    for (const plan of plans) {
      const before = this.account;
      const done = plan.actions.filter(
        (action) => !fails(action) && (isRevocation(action) || !stopped.has(action.person)),
      );
      for (const action of done) if (action.person === WHO) this.witness(action, before.state);
      const jobs = new Set(this.world.live.armed.map(({ job }) => job));
      // A plan of which only a part is done: the rest has failed.
      applyPlans(this.world, [plan], new Set(done.map(({ id }) => id)));
      for (const job of this.world.live.armed)
        if (!jobs.has(job.job) && job.state === 'SUSPENDED' && job.account === this.account.id) {
          const armed = done.find(
            ({ kind, target, after }) =>
              kind === 'schedule' && target === 'SUSPENDED' && (after as { at: string }).at === job.at,
          );
          this.whys.set(job.job, (armed?.before as { stage: 'leave' | 'left' }).stage);
        }
    }
  }

  witness({ kind, before, target }: Action, state: string): void {
    const stage = (before as { stage?: 'leave' | 'left' | 'manual'; taken?: string } | null)?.stage;
    if (kind === 'suspend') {
      if (state !== 'SUSPENDED' || this.by !== 'others' || stage !== 'leave') this.by = stage!;
      if (stage !== 'leave') this.tookInLeave.clear();
    }
    if (kind === 'reinstate' || kind === 'activate') this.by = 'nobody';
    if ((kind === 'leave-group' || kind === 'unbind') && (before as { taken: string }).taken === 'leave')
      this.tookInLeave.add(target!);
    if (kind === 'join-group' || kind === 'bind') this.tookInLeave.delete(target!);
  }

  say(): string {
    return this.log.join(' | ');
  }
}

/** Nothing may be in lane auto but this. */
function doubtAuto(life: Life, action: Action, isEditOnly: boolean): string | undefined {
  if (action.person !== WHO) return 'concerns somebody else';
  const { stage } = life.file;
  // Whoever is put on hold, by whatever, keeps no armed activation.
  if (action.kind === 'unschedule' && (action.before as { state: string }).state === 'ACTIVATED')
    return undefined;
  // Of whom IT had brought back: it is noted, and nothing is written.
  if (action.kind === 'reinstate' && life.account.state === 'ACTIVATED') return undefined;
  if (isEditOnly) return 'an edit of the mappings alone did this';
  switch (action.kind) {
    case 'suspend':
    case 'leave-group':
    case 'unbind':
      return stage === 'left' || stage === 'leave' ? undefined : 'takes from somebody at work';
    case 'schedule':
      return action.target === 'SUSPENDED' || life.account.state !== 'SUSPENDED'
        ? undefined
        : 'brings back with a date';
    case 'unschedule':
      return undefined;
    case 'reinstate':
      return life.by === 'leave' ? undefined : `brings back who was suspended by ${life.by}`;
    case 'join-group':
    case 'bind':
      return life.tookInLeave.has(action.target!) ? undefined : 'gives what no leave has taken';
    case 'update':
      return ['location'].includes(action.target!)
        ? 'is reviewed'
        : action.target === 'department'
          ? 'is reviewed'
          : undefined;
    default:
      return 'is never free';
  }
}

function play(steps: Step[]): void {
  const life = new Life();
  const fail = (what: string): never => {
    throw new Error(
      `${what}\n  asOf ${life.world.asOf}, ${life.file?.stage}, ${life.account.state} by ${life.by}, ${life.groups.join()}, ${life.bindings.join()}\n  ${life.say()}`,
    );
  };
  let isSettled = false;
  let isTouched = false;
  const settleAll = (): void => {
    for (let round = 0; ; round += 1) {
      life.export();
      const { plans } = planWorld(life.world);
      if (plans.length === 0) break;
      if (round > 4)
        fail(
          `no empty plan: ${plans.flatMap(({ actions }) => actions.map(({ kind, target }) => `${kind} ${target}`)).join()}`,
        );
      checkPlans(plans, false);
      life.apply(plans, plans);
    }
    life.export();
    const { stage } = life.file;
    // What HR and hands changed under a hold waits for its end, and is not the doing of whatever ends it.
    if (stage !== 'hold' && planWorld(life.world).held.length === 0) isTouched = false;
    isSettled = !isTouched;
    if (stage !== 'leave' && stage !== 'hold') life.tookInLeave.clear();
    const isFree = planWorld(life.world).held.length === 0;
    if (!isFree) return;
    if (stage === 'left') {
      if (life.account.state !== 'SUSPENDED') fail('left and not suspended');
      if (life.groups.length > 0) fail('left and still in groups');
      const kept = life.bindings.filter(
        (key) => !(life.edits.has('leaving bindings') && key.startsWith('system_group')),
      );
      if (kept.length > 0) fail('left and still bound');
    }
    if (stage === 'leave' && life.account.state !== 'SUSPENDED') fail('on leave and not suspended');
    if (stage === 'active') {
      if (life.account.state !== 'ACTIVATED') fail('active and not activated');
      for (const group of Object.keys(life.file.account!.groups))
        if (life.world.live.groups.has(accountId(`group ${group}`)) && !life.groups.includes(group))
          fail(`active and not in ${group}`);
    }
    if (stage !== 'prehire' && life.world.live.armed.some(({ state }) => state === 'ACTIVATED'))
      fail('an armed activation is left');
  };
  const checkPlans = (plans: Plan[], isEditOnly: boolean): void => {
    for (const plan of plans)
      for (const action of plan.actions) {
        const isHeld =
          life.file.stage === 'hold' || planWorld(life.world).held.some(({ person }) => person === WHO);
        if (
          isHeld &&
          action.person === WHO &&
          !(action.kind === 'unschedule' && (action.before as { state: string }).state === 'ACTIVATED')
        )
          fail(`on hold, and ${action.kind}`);
        if (plan.lane !== 'auto') continue;
        const doubt = doubtAuto(life, action, isEditOnly);
        if (doubt !== undefined)
          fail(
            `auto: ${action.kind} ${action.target} ${JSON.stringify(action.before)} (${action.because}): ${doubt}`,
          );
      }
  };
  settleAll();
  for (const { is, what } of steps) {
    life.log.push(what);
    if (is === 'hr') (life.hr(what), (isTouched = true), (isSettled = false));
    else if (is === 'hand') (life.hand(what), (isTouched = true), (isSettled = false));
    else if (is === 'edit') {
      const wasSettled = isSettled;
      life.edit(what);
      life.export();
      const { plans } = planWorld(life.world);
      if (!(LINES as readonly string[]).includes(what)) checkPlans(plans, wasSettled);
      isSettled = isSettled && plans.length === 0;
    } else if (what === 'next day' || what === 'a month') {
      life.pass(what === 'next day' ? 1 : 30);
      isSettled = false;
    } else if (what === 'manual exit') {
      life.export();
      const planned = planWorld(life.world, {
        only: new Set([WHO]),
        lane: 'urgent',
        manual: { reason: 'security-incident', requestedBy: 'ann' },
      });
      life.apply(planned.plans, planned.plans);
      isSettled = false;
      if (life.account.state !== 'SUSPENDED') fail('ended by hand, and inside');
    } else if (what === 'sync and review') settleAll();
    else {
      life.export();
      const { plans } = planWorld(life.world);
      checkPlans(plans, false);
      let count = 0;
      life.apply(
        what === 'half' ? plans : plans.filter(({ lane }) => lane === 'auto'),
        plans,
        () => what === 'half' && (count += 1) % 2 === 0,
      );
      isSettled = false;
      life.export();
    }
  }
  settleAll();
}

describe('chains of one life', () => {
  test('hold what a witness would swear to', { timeout: 600_000 }, () => {
    fc.assert(fc.property(chain, play), { numRuns: RUNS, seed: 20261127 });
  });
});

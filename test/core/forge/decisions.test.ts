import { describe, expect, it } from 'vitest';
import { blobIdOf } from '../../../scripts/core/forge/blob-id.ts';
import { labelsOf, relabel, reviewersOf } from '../../../scripts/core/forge/dress.ts';
import { parseHoldCommands } from '../../../scripts/core/forge/hold-commands.ts';
import { judgePullRequest, type PullRequestFacts } from '../../../scripts/core/forge/pull-request-rules.ts';
import { decideRefresh } from '../../../scripts/core/forge/refresh.ts';
import {
  chooseNewPlans,
  deriveDifference,
  personOf,
  type WorkingTree,
} from '../../../scripts/core/forge/what-goes-where.ts';
import { cutTree } from '../../../scripts/adapters/github/tree-chunks.ts';
import { planName, planText, type Plan } from '../../../scripts/core/plan/plan-file.ts';
import { joinGroup, planOf, suspend } from '../../line/forge-world.ts';

describe('the pull request', () => {
  const plan = planOf([joinGroup('1042'), joinGroup('1043')]);
  const later = planOf([joinGroup('1043'), joinGroup('1042')], { asOf: '2026-11-30' });
  const other = planOf([joinGroup('1042')]);
  const open = { number: 5, plan, editedBy: undefined, overtaken: false };
  const closed = { number: 4, plan, closedBy: 'bob' };

  it.each([
    ['nothing', [undefined, undefined, undefined], { kind: 'nothing' }],
    ['nothing left', [undefined, open, undefined], { kind: 'close', number: 5 }],
    ['a new day', [later, open, undefined], { kind: 'keep', number: 5, plan }],
    [
      'its people moved on main',
      [later, { ...open, overtaken: true }, undefined],
      { kind: 'rebuild', plan, kept: true },
    ],
    ['fewer actions', [other, open, undefined], { kind: 'rebuild', plan: other, kept: false }],
    ['more actions', [plan, { ...open, plan: other }, undefined], { kind: 'rebuild', plan, kept: false }],
    [
      'no plan that reads',
      [plan, { ...open, plan: undefined }, undefined],
      { kind: 'rebuild', plan, kept: false },
    ],
    [
      'edited',
      [later, { ...open, editedBy: 'bob' }, undefined],
      { kind: 'replace', plan: later, editedBy: 'bob' },
    ],
    ['closed by a person', [later, undefined, closed], { kind: 'respect', number: 4, closedBy: 'bob' }],
    ['closed, other actions now', [other, undefined, closed], { kind: 'open', plan: other }],
    ['closed, unreadable', [plan, undefined, { ...closed, plan: undefined }], { kind: 'open', plan }],
    ['none yet', [plan, undefined, undefined], { kind: 'open', plan }],
  ] as const)('%s', (_, [fresh, present, before], expected) => {
    expect(decideRefresh(fresh, present, before)).toMatchObject(expected);
  });

  it('is labelled by what is in it; labels of people stay', () => {
    expect(labelsOf(plan)).toEqual(['rollcall']);
    expect(relabel(['rollcall', 'leavers', 'urgent'], plan)).toEqual({ add: [], remove: ['leavers'] });
    const grave = planOf([suspend('1042')], {}, [
      { code: 'budget-suspend', severity: 'critical', message: 'm' },
    ]);
    expect(relabel([], grave)).toEqual({
      add: ['rollcall', 'risk:high', 'over-budget', 'leavers'],
      remove: [],
    });
  });

  it('asks approvers who could approve', () => {
    const approvers = [{ login: 'ann', employee: '1042' }, { login: 'bob', employee: '7' }, { login: 'cas' }];
    expect(reviewersOf(plan, { approvers, required: 1 })).toEqual(['bob']);
    expect(reviewersOf(planOf([suspend('1042')]), { approvers, required: 1 })).toEqual(['bob', 'cas']);
    const many = Array.from({ length: 40 }, (_, index) => ({ login: `u${index}` }));
    expect(reviewersOf(planOf([suspend('1')]), { approvers: many, required: 1 })).toHaveLength(15);
  });
});

describe('what goes where', () => {
  const path = 'state/people/42/1042.yaml';
  const tree = (files: Record<string, string>, exported?: string[]): WorkingTree => ({
    files: new Map(Object.entries(files)),
    plans: [],
    exported: exported === undefined ? undefined : new Set(exported),
  });
  const blobs = (files: Record<string, string>) =>
    new Map(Object.entries(files).map(([key, text]) => [key, blobIdOf(text)]));
  const all = (): boolean => true;

  it('names blobs as git does', () => {
    expect(blobIdOf('')).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
    expect(blobIdOf('hello\n')).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
    expect(blobIdOf('ü\n')).toBe('be761e039de7c85a579bc09515401c5ee742c8de');
  });

  it.each([
    ['ours is new', { [path]: 'a' }, {}, {}, ['a'], 0],
    ['ours changed', { [path]: 'b' }, { [path]: 'a' }, { [path]: 'a' }, ['b'], 0],
    ['the same', { [path]: 'a' }, { [path]: 'a' }, { [path]: 'a' }, [], 0],
    ['main changed, we did not', { [path]: 'a' }, { [path]: 'c' }, { [path]: 'a' }, [], 0],
    ['both changed', { [path]: 'b' }, { [path]: 'c' }, { [path]: 'a' }, [], 1],
    ['both changed to the same', { [path]: 'b' }, { [path]: 'b' }, { [path]: 'a' }, [], 0],
    ['both added', { [path]: 'b' }, { [path]: 'c' }, {}, [], 1],
    ['no base: ours wins', { [path]: 'b' }, { [path]: 'c' }, undefined, ['b'], 0],
  ] as const)('%s', (_, ours, main, base, texts, overtaken) => {
    const result = deriveDifference(
      tree(ours),
      blobs(main),
      base === undefined ? undefined : blobs(base),
      all,
    );
    expect(result.changes.map(({ text }) => text)).toEqual(texts);
    expect(result.overtaken.length).toBe(overtaken);
  });

  it('deletes only what a complete export of a known checkout left out', () => {
    const main = blobs({ [path]: 'a' });
    expect(deriveDifference(tree({}, []), main, main, all).changes).toEqual([{ path, text: null }]);
    expect(deriveDifference(tree({}), main, main, all).changes).toEqual([]);
    expect(deriveDifference(tree({}, []), main, undefined, all).changes).toEqual([]);
    expect(deriveDifference(tree({}, [path]), main, main, all).changes).toEqual([]);
    expect(deriveDifference(tree({}, []), main, main, () => false).changes).toEqual([]);
  });

  it.each([
    ['state/people/42/1042.yaml', '1042'],
    ['state/people/05/5.yaml', '5'],
    ['state/people/43/1042.yaml', undefined],
    ['state/people/42/1042.yml', undefined],
    ['state/people/42/../42/1042.yaml', undefined],
    ['mappings/people/42/1042.yaml', undefined],
  ])('%s is the file of %s', (file, person) => {
    expect(personOf(file)).toBe(person);
  });

  it('proposes the newest plan of each lane and says what it left', () => {
    const file = (plan: Plan, writtenAt: number) => ({
      name: planName(plan),
      text: planText(plan),
      writtenAt,
    });
    const [old, fresh, auto, urgent, onMain] = [
      planOf([joinGroup('1')]),
      planOf([joinGroup('2')]),
      planOf([joinGroup('3')], { lane: 'auto' }),
      planOf([suspend('4')], { lane: 'urgent' }),
      planOf([joinGroup('5')]),
    ];
    const plans = [file(onMain, 9), file(old, 1), file(fresh, 2), file(auto, 1), file(urgent, 3)];
    const broken = { name: '2026-11-23-x.json', text: '{}', writtenAt: 5 };
    const main = new Map([[`state/plans/${planName(onMain)}`, 'x']]);
    const chosen = chooseNewPlans([...plans, broken], main);
    expect(chosen).toMatchObject({
      review: fresh,
      auto,
      left: [planName(old)],
      broken: [{ name: broken.name }],
    });
  });
});

describe('trees in chunks', () => {
  const change = (index: number, text: string) => ({ path: `state/people/${index}.yaml`, text });

  it('keep to 500 entries and 1.5 MB a call, and put what is larger in a blob of its own', () => {
    const many = cutTree(
      Array.from({ length: 1_201 }, (_, index) => change(index, `t${index}`)),
      new Set(),
    );
    expect(many.chunks.map(({ entries }) => entries.length)).toEqual([500, 500, 201]);
    const large = cutTree(
      [change(1, 'x'.repeat(900_000)), change(2, 'y'.repeat(900_000)), change(3, 'z')],
      new Set(),
    );
    expect(large.chunks.map(({ entries }) => entries.length)).toEqual([1, 2]);
    const huge = 'é"'.repeat(900_000);
    const single = cutTree([change(1, huge)], new Set());
    expect(single.blobs).toEqual([{ id: blobIdOf(huge), text: huge }]);
    expect(single.chunks).toEqual([
      {
        entries: [{ path: 'state/people/1.yaml', mode: '100644', type: 'blob', sha: blobIdOf(huge) }],
        brings: [],
      },
    ]);
  });

  it('name what the forge has, and delete by null', () => {
    const { chunks, blobs } = cutTree([change(1, 'a'), { path: 'x', text: null }], new Set([blobIdOf('a')]));
    expect(blobs).toEqual([]);
    expect(chunks[0]?.entries).toEqual([
      { path: 'state/people/1.yaml', mode: '100644', type: 'blob', sha: blobIdOf('a') },
      { path: 'x', mode: '100644', type: 'blob', sha: null },
    ]);
    expect(cutTree([], new Set())).toEqual({ blobs: [], chunks: [] });
  });
});

describe('what a pull request may touch', () => {
  const bot = { login: 'rollcall[bot]', bot: true };
  const own: PullRequestFacts = {
    author: bot,
    headBranch: 'rollcall/sync',
    sameRepository: true,
    files: ['state/plans/x.json', 'state/people/42/1042.yaml'],
    commits: [{ account: 'rollcall[bot]', verified: true, merge: false }],
    app: 'rollcall[bot]',
  };
  const person: PullRequestFacts = {
    ...own,
    author: { login: 'bob', bot: false },
    headBranch: 'edit',
    files: ['mappings/groups/x.yaml'],
    commits: [{ account: 'bob', verified: false, merge: false }],
  };
  const codes = (facts: PullRequestFacts) => judgePullRequest(facts).problems.map(({ code }) => code);

  it.each<[string, PullRequestFacts, string[], string]>([
    ["the app's own", own, [], 'none'],
    [
      'brought up to date by its button',
      { ...own, commits: [...own.commits, { account: 'ann', verified: true, merge: true }] },
      [],
      'none',
    ],
    [
      "a person's commit on it",
      { ...own, commits: [...own.commits, { account: 'bob', verified: true, merge: false }] },
      ['edited-plan'],
      'none',
    ],
    [
      'a forged author',
      { ...own, commits: [{ account: 'rollcall[bot]', verified: false, merge: false }] },
      ['edited-plan'],
      'none',
    ],
    [
      'the app beyond state/',
      { ...own, files: [...own.files, '.github/workflows/x.yml'] },
      ['app-beyond-state'],
      'none',
    ],
    [
      'a branch name of ours',
      { ...own, author: { login: 'bob', bot: false } },
      ['state-by-hand', 'state-by-hand'],
      'none',
    ],
    ['a fork', { ...own, sameRepository: false }, ['state-by-hand', 'state-by-hand'], 'none'],
    [
      'another bot',
      { ...own, author: { login: 'github-actions[bot]', bot: true } },
      ['state-by-hand', 'state-by-hand'],
      'none',
    ],
    [
      'the bot of any workflow, app unknown',
      { ...own, app: undefined, author: { login: 'github-actions[bot]', bot: true } },
      ['state-by-hand', 'state-by-hand'],
      'none',
    ],
    ['a gone author', { ...own, author: null }, ['state-by-hand', 'state-by-hand'], 'none'],
    ['state/ in capitals', { ...person, files: ['State/plans/x.json'] }, ['state-by-hand'], 'none'],
    ['mappings alone', person, [], 'live'],
    ['mappings of a fork', { ...person, sameRepository: false }, [], 'committed-facts'],
    [
      'mappings and code',
      { ...person, files: ['mappings/x.yaml', 'scripts/apply.ts'] },
      [],
      'committed-facts',
    ],
    [
      'mappings and state/',
      { ...person, files: ['mappings/x.yaml', 'state/holds.yaml'] },
      ['state-by-hand'],
      'none',
    ],
    ['code', { ...person, files: ['scripts/apply.ts', 'README.md'] }, [], 'none'],
    ['a folder that begins alike', { ...person, files: ['stateful/x.ts'] }, [], 'none'],
    [
      'more files than GitHub lists',
      { ...person, files: Array.from({ length: 3_000 }, (_, index) => `a/${index}`) },
      ['too-many-files'],
      'none',
    ],
  ])('%s', (_, facts, problems, preview) => {
    expect(codes(facts)).toEqual(problems);
    expect(judgePullRequest(facts)).toMatchObject({ passes: problems.length === 0, preview });
  });
});

describe('hold commands', () => {
  const read = (text: string) => parseHoldCommands(text, '2026-11-23');

  it('are read line by line, whatever the line ends and the case', () => {
    expect(read('/HOLD 1042 UNTIL 2026-12-01 why\r\n/release 7\r\n')).toEqual([
      { kind: 'hold', person: '1042', until: '2026-12-01', reason: 'why' },
      { kind: 'release', person: '7' },
    ]);
    expect(
      read('/holding 1042\n/hold-all\ntext /hold 1 until 2026-12-01 x\n    /hold 1 until 2026-12-01 x'),
    ).toEqual([]);
    expect(read('~~~\n/hold 1 until 2026-12-01 x\n```\n/hold 1 until 2026-12-01 x\n~~~\n/release 2')).toEqual(
      [{ kind: 'release', person: '2' }],
    );
  });

  it('keep a reason to one clean line of 300 characters', () => {
    const [command] = read(`/hold 1 until 2026-12-01 a\u0000b\u202ec\t ${'😀'.repeat(400)}`);
    const reason = command?.kind === 'hold' ? command.reason : '';
    expect(reason.startsWith('a b c 😀')).toBe(true);
    expect([...reason].length).toBe(300);
    expect(reason).not.toMatch(/\p{Cs}|\p{Cc}|\p{Cf}/u);
  });

  it('are read in time, whatever is written', () => {
    const start = performance.now();
    read(`/hold ${' '.repeat(50_000)}x`);
    read(`/hold 1 until ${'2'.repeat(50_000)}`);
    read('/hold\n'.repeat(10_000));
    expect(performance.now() - start).toBeLessThan(500);
    expect(read('/hold\n'.repeat(100))).toHaveLength(21);
  });
});

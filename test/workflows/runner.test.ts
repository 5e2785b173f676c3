/** The runner itself: what it allows and refuses is what GitHub allows and refuses (reference/github.md, sections 1, 2 and 5). */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTurns } from './runner/concurrency.ts';
import { evaluate } from './runner/expressions.ts';
import { readAnnotations, takePairs, takeSummary } from './runner/job-files.ts';
import { globOf, type StartedEvent, starts } from './runner/triggers.ts';
import { readWorkflowFile, WorkflowError } from './runner/workflow-file.ts';
import { createHarness, type Harness } from './tiny-forge.ts';

const EVENT: StartedEvent = {
  name: 'push',
  action: undefined,
  ref: 'refs/heads/main',
  sha: '0'.repeat(40),
  actor: 'ann',
  headRef: '',
  baseRef: '',
  fork: false,
  payload: {},
  inputs: {},
  changed: [],
};

async function workflow(on: string, rest = ''): Promise<Parameters<typeof starts>[0]> {
  return readWorkflowFile(
    '.github/workflows/x.yml',
    `on:\n${on}\n${rest}jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{ run: 'true' }]\n`,
  );
}

describe('what an event starts', () => {
  it('paths are looked at in the first 300 changed files only', async () => {
    const file = await workflow("  push: { branches: [main], paths: ['state/plans/**'] }");
    const people = Array.from({ length: 300 }, (_, index) => `state/people/${index}.yaml`);
    expect(starts(file, { ...EVENT, changed: ['state/plans/a.json'] })).toBe(true);
    expect(starts(file, { ...EVENT, changed: [...people.slice(1), 'state/plans/a.json'] })).toBe(true);
    expect(starts(file, { ...EVENT, changed: [...people, 'state/plans/a.json'] })).toBe(false);
    expect(starts(file, { ...EVENT, ref: 'refs/heads/other', changed: ['state/plans/a.json'] })).toBe(false);
  });

  it('a pull request that is closed starts nothing where no type is named', async () => {
    const file = await workflow('  pull_request:');
    expect(starts(file, { ...EVENT, name: 'pull_request', action: 'synchronize' })).toBe(true);
    expect(starts(file, { ...EVENT, name: 'pull_request', action: 'closed' })).toBe(false);
  });

  it('a dispatch starts the types that are named', async () => {
    const file = await workflow('  repository_dispatch: { types: [bamboohr] }');
    expect(starts(file, { ...EVENT, name: 'repository_dispatch', action: 'bamboohr' })).toBe(true);
    expect(starts(file, { ...EVENT, name: 'repository_dispatch', action: 'other' })).toBe(false);
  });

  it.each([
    ['mappings/**', 'mappings/groups/a.yaml', true],
    ['mappings/*', 'mappings/groups/a.yaml', false],
    ['state/holds.yaml', 'state/holds-yaml', false],
  ])('%s and %s: %s', (pattern, path, matches) => {
    expect(globOf(pattern).test(path)).toBe(matches);
  });

  it('a file that GitHub refuses is refused', async () => {
    await expect(workflow('  push:', 'concurrency: { group: x, queue: mix }\n')).rejects.toThrow(
      WorkflowError,
    );
    await expect(workflow('  pusch:')).rejects.toThrow(WorkflowError);
  });
});

describe('whose turn it is', () => {
  const never = (): void => undefined;

  it('by default the newest that waits takes the place of the one before', async () => {
    const turns = createTurns();
    const rule = { queue: 'single' as const, cancelInProgress: false };
    const [first, second, third] = [1, 2, 3].map(() => turns.take('g', rule, never));
    expect(await first?.granted).toBe(true);
    expect(await second?.granted).toBe(false);
    first?.end();
    expect(await third?.granted).toBe(true);
  });

  it('with queue: max nobody is dropped, up to a hundred, and they go in order', async () => {
    const turns = createTurns();
    const rule = { queue: 'max' as const, cancelInProgress: false };
    const running = turns.take('Writers', rule, never);
    const waiting = Array.from({ length: 101 }, () => turns.take('writers', rule, never));
    expect(await waiting[100]?.granted).toBe(false);
    const order: number[] = [];
    waiting
      .slice(0, 3)
      .forEach(({ granted, end }, index) => void granted.then(() => (order.push(index), end())));
    running.end();
    await waiting[2]?.granted;
    expect(order).toEqual([0, 1, 2]);
  });

  it('cancel-in-progress stops the one that runs', () => {
    const turns = createTurns();
    let cancelled = false;
    turns.take('g', { queue: 'single', cancelInProgress: true }, () => (cancelled = true));
    turns.take('g', { queue: 'single', cancelInProgress: true }, never);
    expect(cancelled).toBe(true);
  });
});

describe('what steps write', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-runner-'));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  async function written(text: string): Promise<string> {
    const file = join(folder, 'file');
    await writeFile(file, text);
    return file;
  }

  it('outputs are lines or blocks, and anything else fails the step', async () => {
    expect(await takePairs(await written('a=1=2\nb<<E\nx\ny\nE\n'))).toEqual({ a: '1=2', b: 'x\ny' });
    await expect(takePairs(await written('oops\n'))).rejects.toThrow('Invalid format');
    await expect(takePairs(await written('b<<E\nx\n'))).rejects.toThrow('delimiter');
  });

  it('a summary above 1 MiB is thrown away', async () => {
    expect(await takeSummary(await written('x'.repeat(1024 * 1024)))).toMatchObject({ dropped: false });
    expect(await takeSummary(await written('x'.repeat(1024 * 1024 + 1)))).toEqual({
      text: '',
      dropped: true,
    });
  });

  it('ten annotations of a kind are kept', () => {
    const lines = Array.from({ length: 12 }, (_, index) => `::error file=a.yaml,line=${index}::bad`);
    const kept = readAnnotations([...lines, '::warning::careful'].join('\n'));
    expect(kept.filter(({ level }) => level === 'error')).toHaveLength(10);
    expect(kept.at(-1)).toMatchObject({ level: 'warning', message: 'careful' });
  });
});

describe('expressions', () => {
  const scope = {
    contexts: { needs: { a: { outputs: {} } } },
    status: { ok: false, failed: true, cancelled: false },
  };

  it('know nothing of a context that is not there', () => {
    expect(() => evaluate('secrets.KEY', scope)).toThrow();
    expect(evaluate("needs.a.outputs.missing == ''", scope)).toBe(true);
  });

  it('know how things stand', () => {
    expect(evaluate('success()', scope)).toBe(false);
    expect(evaluate('failure() && always() && !cancelled()', scope)).toBe(true);
  });
});

describe('a job', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
  }, 60_000);
  afterAll(async () => harness.close());

  it('sees nothing of the job before it: no folder, no variable, no file', async () => {
    const { jobs } = await harness.run(`
jobs:
  one:
    runs-on: ubuntu-24.04
    outputs: { said: "\${{ steps.s.outputs.said }}" }
    steps:
      - id: s
        run: |
          touch left "$HOME/left" "$RUNNER_TEMP/left"
          echo "LEFT=1" >> "$GITHUB_ENV"
          echo "said=hello" >> "$GITHUB_OUTPUT"
      - run: test "$LEFT" = 1
  two:
    needs: [one]
    runs-on: ubuntu-24.04
    steps:
      - run: test ! -e left && test ! -e "$HOME/left" && test ! -e "$RUNNER_TEMP/left" && test -z "$LEFT"
      - run: test "$SAID" = hello
        env: { SAID: "\${{ needs.one.outputs.said }}" }
`);
    expect(Object.values(jobs).map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
  });

  it('has the secrets of its environment, on main, and no others', async () => {
    const text = `
jobs:
  mine:
    environment: hr
    runs-on: ubuntu-24.04
    steps: [{ run: 'test "$A" = "hr secret" && test -z "$B"', env: { A: "\${{ secrets.HR }}", B: "\${{ secrets.WRITE }}" } }]
  none:
    runs-on: ubuntu-24.04
    steps: [{ run: 'test -z "$A"', env: { A: "\${{ secrets.HR }}" } }]
`;
    const onMain = await harness.run(text);
    expect(Object.values(onMain.jobs).map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
    const elsewhere = await harness.run(text, { ref: 'refs/pull/1/merge' });
    expect(elsewhere.jobs['mine']?.conclusion).toBe('failure');
    expect(elsewhere.jobs['mine']?.steps[0]?.log).toContain('not allowed to deploy to hr');
  });

  it('does not hand on an output that holds a secret, nor print one', async () => {
    const { jobs } = await harness.run(`
jobs:
  one:
    environment: hr
    runs-on: ubuntu-24.04
    outputs: { said: "\${{ steps.s.outputs.said }}" }
    steps: [{ id: s, run: 'echo "said=$A" >> "$GITHUB_OUTPUT"; echo "I say $A"', env: { A: "\${{ secrets.HR }}" } }]
`);
    expect(jobs['one']?.outputs).toEqual({ said: '' });
    expect(jobs['one']?.steps[0]?.log).toContain('I say ***');
  });

  it('is skipped after a failure, and runs with always()', async () => {
    const { jobs, conclusion } = await harness.run(`
jobs:
  bad: { runs-on: ubuntu-24.04, steps: [{ run: exit 3 }, { run: echo no }, { if: always(), run: echo yes }] }
  next: { needs: [bad], runs-on: ubuntu-24.04, steps: [{ run: 'true' }] }
  after: { needs: [next], if: always(), runs-on: ubuntu-24.04, steps: [{ run: 'true' }] }
  still: { needs: [bad], if: '!cancelled()', runs-on: ubuntu-24.04, steps: [{ run: 'true' }] }
`);
    expect(conclusion).toBe('failure');
    expect(jobs['bad']?.steps.map((step) => step.conclusion)).toEqual(['failure', 'skipped', 'success']);
    expect([jobs['next'], jobs['after'], jobs['still']].map((job) => job?.conclusion)).toEqual([
      'skipped',
      'success',
      'success',
    ]);
  });

  it('cannot use an action that is not pinned to what is known, nor an artifact that is not there', async () => {
    const { jobs } = await harness.run(`
jobs:
  tag: { runs-on: ubuntu-24.04, steps: [{ uses: actions/checkout@v7 }] }
  artifact:
    runs-on: ubuntu-24.04
    steps: [{ uses: actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c, with: { name: none } }]
`);
    expect(jobs['tag']?.steps[0]?.log).toContain('Unable to resolve action');
    expect(jobs['artifact']?.steps[0]?.log).toContain('Artifact not found');
  });

  it('checks out with what its token may do, and a matrix is as many machines', async () => {
    const checkout = 'uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1';
    const { jobs } = await harness.run(`
permissions: {}
jobs:
  may: { permissions: { contents: read }, runs-on: ubuntu-24.04, steps: [{ ${checkout} }, { run: test -f README.md }] }
  maynot: { runs-on: ubuntu-24.04, steps: [{ ${checkout} }] }
  both: { runs-on: ubuntu-24.04, strategy: { matrix: { n: [1, 2] } }, steps: [{ run: 'echo "n is $N"', env: { N: "\${{ matrix.n }}" } }] }
`);
    expect(jobs['may']?.conclusion).toBe('success');
    expect(jobs['maynot']?.steps[0]?.log).toMatch(/denied|403|not found/i);
    expect(jobs['both']?.steps.map(({ log }) => log).join()).toMatch(/n is 1[^]*n is 2/);
  });
});

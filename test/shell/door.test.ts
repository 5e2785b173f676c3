import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { badInput, refusal, serviceFailure } from '../../scripts/core/values/failure.ts';
import { type Door, type DoorResult, openDoor } from '../../scripts/shell/door.ts';
import { createOutside } from './outside.ts';

const folder = await mkdtemp(join(tmpdir(), 'rollcall-door-'));
afterAll(() => rm(folder, { recursive: true }));

const run = promisify(execFile);
const KEY = 'bhr-7f3a9c1e5d';

function doorOf(body: Door['run']): Door {
  return {
    name: 'plan',
    summary: 'Compares.',
    details: 'More about it.',
    options: { out: { type: 'string', value: 'FILE', description: 'where to' } },
    shared: ['as-of', 'only', 'lane'],
    variables: ['BAMBOOHR_API_KEY'],
    exits: { 3: 'frozen' },
    examples: [['npm run plan -- --lane auto', 'only what needs no review']],
    run: body,
  };
}

const done = (text = 'two lines\nof text', json: unknown = { plans: [] }): DoorResult => ({ text, json });

describe('a door', () => {
  it('prints text for people, and exactly one JSON document with --json', async () => {
    const people = createOutside([]);
    expect(
      await openDoor(
        doorOf(async () => done()),
        people,
      ),
    ).toBe(0);
    expect(people.out()).toBe('two lines\nof text\n');

    const machine = createOutside(['--json']);
    const exit = await openDoor(
      doorOf(async ({ print, log, progress, printJson }) => {
        print('not here');
        progress.update('reading', 1, 2);
        log('to stderr');
        printJson({ first: true });
        return done('nor here', { second: true });
      }),
      machine,
    );
    expect(exit).toBe(0);
    expect(machine.out()).toBe('{"first":true}\n');
    expect(machine.err()).toBe('to stderr\n');
  });

  it('hands over the arguments, checked', async () => {
    const outside = createOutside([
      '--as-of',
      '2026-11-23',
      '--only',
      '1042,7',
      '--only=7,9',
      '--lane',
      'auto',
      '--out',
      'x',
    ]);
    let seen: unknown;
    await openDoor(
      doorOf(async ({ asOf, only, lane, options, root, now }) => {
        seen = { asOf, only, lane, options, root, now: now() };
        return done();
      }),
      outside,
    );
    expect(seen).toEqual({
      asOf: '2026-11-23',
      only: ['1042', '7', '9'],
      lane: 'auto',
      options: { out: 'x' },
      root: process.cwd(),
      now: '2026-11-23T12:00:00.000Z',
    });
  });

  it.each([
    [['--jsn'], 'unknown option "--jsn": did you mean --json?'],
    [['--quark'], 'unknown option "--quark"'],
    [['--as-of', '2026-02-30'], '--as-of "2026-02-30" is not a day'],
    [['--as-of'], '--as-of needs a value'],
    [['--as-of', '--json'], '--as-of needs a value'],
    [['--json=yes'], '--json takes no value'],
    [['--only', '../../etc/passwd'], '--only "../../etc/passwd" is not an HR id'],
    [['--only', ','], '--only names nobody'],
    [['--only='], '--only is empty'],
    [['--lane', 'fast'], '--lane "fast" is none of auto, review, urgent'],
    [['--out', 'a', '--out', 'b'], '--out is given twice'],
    [['stray'], 'unexpected argument "stray"'],
    [['--root', 'no/such/folder'], '--root no/such/folder is not a folder'],
  ])('%j is refused with 2 and says why', async (args, message) => {
    const outside = createOutside(args);
    const exit = await openDoor(
      doorOf(async () => {
        throw new Error('must not run');
      }),
      outside,
    );
    expect(exit).toBe(2);
    expect(outside.err()).toContain(message);
    expect(outside.out()).toBe(args[1] === '--json' || args[0] === '--json=yes' ? outside.out() : '');
  });

  it('names every mistake at once, as JSON too', async () => {
    const outside = createOutside(['--json', '--oot', '--lane', 'x']);
    expect(
      await openDoor(
        doorOf(async () => done()),
        outside,
      ),
    ).toBe(2);
    const { error } = JSON.parse(outside.out()) as { error: Record<string, unknown> };
    expect(error['code']).toBe('bad-arguments');
    expect(error['message']).toMatch(/did you mean --out\?.*--lane "x"/);
    expect(outside.err()).toContain('--oot');
  });

  it('explains itself', async () => {
    for (const flag of ['--help', '-h']) {
      const outside = createOutside([flag, '--nonsense']);
      expect(
        await openDoor(
          doorOf(async () => done()),
          outside,
        ),
      ).toBe(0);
      for (const part of [
        'Compares.',
        'More about it.',
        '--out FILE',
        '--as-of YYYY-MM-DD',
        '--only ID[,ID]',
        '--lane auto|review|urgent',
        '--root DIR',
        '--json',
        'BAMBOOHR_API_KEY',
        '3  frozen',
        'npm run plan -- --lane auto',
      ])
        expect(outside.out()).toContain(part);
      for (const line of outside.out().split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    }
  });
});

describe('failures', () => {
  const problem = {
    file: 'mappings/groups/x.yaml',
    line: 3,
    column: 9,
    message: 'unknown field "dep"',
    remedy: 'did you mean "department"?',
    excerpt: "  when: dep == 'Sales'\n        ^",
  };

  it.each([
    [badInput([problem]), 2],
    [refusal('export-drop', '30 of 100 people are missing'), 3],
    [serviceFailure('unreachable', 'JumpCloud did not answer', 'run again'), 1],
  ])('%s ends with %i', async (failure, exit) => {
    const text = createOutside([]);
    expect(
      await openDoor(
        doorOf(() => Promise.reject(failure)),
        text,
      ),
    ).toBe(exit);
    expect(text.err()).toContain(failure.message);
    expect(text.err()).toContain(failure.remedy);
    expect(text.out()).toBe('');
    const json = createOutside(['--json']);
    expect(
      await openDoor(
        doorOf(() => Promise.reject(failure)),
        json,
      ),
    ).toBe(exit);
    const { code, message, remedy, problems } = failure;
    expect(JSON.parse(json.out())).toEqual({ error: { code, message, remedy, problems } });
  });

  it('shows the place, the line with a caret, and what to do', async () => {
    const outside = createOutside([]);
    await openDoor(
      doorOf(() => Promise.reject(badInput([problem]))),
      outside,
    );
    expect(outside.err()).toContain(
      [
        'mappings/groups/x.yaml:3:9: unknown field "dep"',
        "      when: dep == 'Sales'",
        '            ^',
        '  did you mean "department"?',
      ].join('\n'),
    );
  });

  it('keeps the caret under its place in a very long line and behind wide or invisible characters', async () => {
    const long = `${'x'.repeat(5_000)}HERE${'y'.repeat(5_000)}`;
    const wide = `山\u202eHERE`;
    const problems = [
      { ...problem, excerpt: `${long}\n${' '.repeat(5_000)}^` },
      { ...problem, excerpt: `${wide}\n${' '.repeat(2)}^` },
    ];
    const outside = createOutside([]);
    await openDoor(
      doorOf(() => Promise.reject(badInput(problems))),
      outside,
    );
    const lines = outside.err().split('\n');
    const carets = lines.flatMap((line, index) => (/^ +\^$/.test(line) ? [index] : []));
    expect(carets).toHaveLength(2);
    const [first, second] = carets.map((index) => [lines[index - 1] ?? '', lines[index] ?? '']);
    expect(first?.[0]?.slice((first[1] ?? '').length - 1)).toMatch(/^HEREy/);
    expect(first?.[0]?.length).toBeLessThan(150);
    // The ideograph takes two columns, the picture of the override eight.
    expect(second?.[0]).toBe('    山⟨U+202E⟩HERE');
    expect(second?.[1]).toBe(`    ${' '.repeat(2 + 8)}^`);
  });

  it('puts what nobody foresaw in one line, and the stack only where it is asked for', async () => {
    const fault = (): Promise<DoorResult> => Promise.reject(new TypeError('x is no y\nsecond line'));
    const quiet = createOutside([]);
    expect(await openDoor(doorOf(fault), quiet)).toBe(1);
    expect(quiet.err()).toContain('TypeError: x is no y');
    expect(quiet.err()).not.toMatch(/second line|\bat .*:\d+:\d+/);
    const loud = createOutside([], { environment: { ROLLCALL_DEBUG: '1' } });
    expect(await openDoor(doorOf(fault), loud)).toBe(1);
    expect(loud.err()).toMatch(/\bat .*:\d+:\d+/);
    for (const thrown of [undefined, null, 'text', 7, Object.create(null)]) {
      const outside = createOutside(['--json']);
      expect(
        await openDoor(
          doorOf(() => Promise.reject(thrown as Error)),
          outside,
        ),
      ).toBe(1);
      expect(JSON.parse(outside.out())).toHaveProperty('error.code', 'unexpected');
    }
  });

  it('annotates the place on GitHub and writes the job summary', async () => {
    const summary = join(folder, 'summary-failed.md');
    const outside = createOutside([], {
      environment: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
    });
    await openDoor(
      doorOf(() =>
        Promise.reject(badInput([{ ...problem, file: 'a,b:c.yaml', message: '100% wrong\n::set-env' }])),
      ),
      outside,
    );
    expect(outside.err()).toContain(
      '::error file=a%2Cb%3Ac.yaml,line=3,col=9,title=rollcall plan%3A bad-input::100%25 wrong↵::set-env',
    );
    // Only the commands of ours begin a line.
    expect(outside.err().match(/^\s*::/gm)).toHaveLength(1);
    expect(await readFile(summary, 'utf8')).toContain('a,b:c.yaml:3:9');
  });
});

describe('what is printed', () => {
  it('holds no secret of the environment, in no form', async () => {
    const forms = [
      KEY,
      encodeURIComponent(KEY),
      Buffer.from(KEY).toString('base64'),
      Buffer.from(`${KEY}:x`).toString('base64'),
      Buffer.from(`x-access-token:${KEY}`).toString('base64'),
      Buffer.from(KEY).toString('hex'),
    ];
    const text = forms.map((form) => `Authorization: ${form} end`).join('\n');
    const summary = join(folder, 'summary-secret.md');
    const options = { environment: { BAMBOOHR_API_KEY: KEY, GITHUB_STEP_SUMMARY: summary } };
    const asText = createOutside([], options);
    await openDoor(
      doorOf(async ({ log }) => {
        log(text);
        return { ...done(text), summary: text };
      }),
      asText,
    );
    const asJson = createOutside(['--json'], options);
    await openDoor(
      doorOf(async () => done('', { forms, [KEY]: 1 })),
      asJson,
    );
    const failed = createOutside(['--json'], options);
    await openDoor(
      doorOf(() => Promise.reject(serviceFailure('x', text, text))),
      failed,
    );
    const crashed = createOutside([], { environment: { ...options.environment, ROLLCALL_DEBUG: '1' } });
    await openDoor(
      doorOf(() => Promise.reject(new Error(text))),
      crashed,
    );
    const printed = [asText, asJson, failed, crashed].flatMap((outside) => [outside.out(), outside.err()]);
    for (const output of [...printed, await readFile(summary, 'utf8')]) {
      // At most the two characters at either end, which base64 mixes with their neighbours, stay.
      for (const form of forms) expect(output).not.toContain(form.replace(/=+$/, '').slice(2, -4));
    }
    expect(JSON.parse(asJson.out())).toHaveProperty(['***'], 1);
  });

  it('cannot act on a terminal', async () => {
    const evil = 'a\u001b[2Jb\u001b]0;title\u0007c\u202ed\u009b31me\rf\u200bg';
    const outside = createOutside([], { terminal: true });
    await openDoor(
      doorOf(async ({ log }) => {
        log(evil);
        return done(`\u001b[1mbold\u001b[0m ${evil}`);
      }),
      outside,
    );
    expect(outside.out()).toContain('\u001b[1mbold\u001b[0m');
    const rest = (outside.out() + outside.err()).replaceAll(/\u001b\[[01]m/g, '');
    expect(rest).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/);
    const json = createOutside(['--json'], { terminal: true });
    await openDoor(
      doorOf(async () => done('', { evil })),
      json,
    );
    expect(json.out()).toMatch(/^[\x20-\x7e]*\n$/);
    expect(JSON.parse(json.out())).toEqual({ evil });
  });

  it('has no colours outside a terminal or with NO_COLOR', async () => {
    for (const options of [{ terminal: false }, { terminal: true, environment: { NO_COLOR: '1' } }]) {
      const outside = createOutside([], options);
      let colour: boolean | undefined;
      await openDoor(
        doorOf(async (context) => {
          colour = context.colour;
          return done('\u001b[31mred\u001b[0m');
        }),
        outside,
      );
      expect([outside.out(), colour]).toEqual(['red\n', false]);
    }
  });

  it('gives GitHub no commands of strangers', async () => {
    const outside = createOutside([], { environment: { GITHUB_ACTIONS: 'true' } });
    await openDoor(
      doorOf(async () => done('::stop-commands::x\n  ::error::y\na ##[set-output name=z]1')),
      outside,
    );
    expect(outside.out()).not.toMatch(/^\s*::|##\[/m);
  });

  it('goes into the job summary, at most 1 MiB in all', async () => {
    const summary = join(folder, 'summary-long.md');
    await writeFile(summary, 'x'.repeat(1_000_000));
    const outside = createOutside([], { environment: { GITHUB_STEP_SUMMARY: summary } });
    await openDoor(
      doorOf(async () => ({ ...done(), summary: 'é 山 line\n'.repeat(20_000) })),
      outside,
    );
    const text = await readFile(summary);
    expect(text.length).toBeLessThanOrEqual(1024 * 1024);
    expect(text.length).toBeGreaterThan(1_040_000);
    expect(text.toString('utf8')).toMatch(/é 山 line\n\n… the rest is in the log/);
  });
});

describe('an interrupted run', () => {
  const forever = new Promise<never>(() => undefined);

  it('waits for what must be brought to an end, and fails', async () => {
    const outside = createOutside(['--json']);
    const order: string[] = [];
    const exit = openDoor(
      doorOf(async ({ onStop }) => {
        onStop(async (signal) => {
          order.push(`${signal} begins`);
          await new Promise((wait) => setTimeout(wait, 30));
          order.push('receipt written');
        });
        setTimeout(() => outside.signal('SIGINT'), 10);
        // npm passes a Ctrl-C on: the second one comes at once and must not cut the first one's work.
        setTimeout(() => outside.signal('SIGINT'), 12);
        setTimeout(() => outside.signal('SIGTERM'), 14);
        return forever;
      }),
      outside,
    );
    expect(await exit).toBe(1);
    expect(order).toEqual(['SIGINT begins', 'receipt written']);
  });

  it('that takes `stopped` is waited for and tells its own result', async () => {
    const outside = createOutside(['--json']);
    const exit = openDoor(
      doorOf(async ({ stopped }) => {
        setTimeout(() => outside.signal('SIGTERM'), 10);
        while (!stopped.aborted) await new Promise((wait) => setTimeout(wait, 5));
        await new Promise((wait) => setTimeout(wait, 700));
        return { exit: 1, json: { receipts: ['partial'] }, text: '' };
      }),
      outside,
    );
    expect(await exit).toBe(1);
    expect(JSON.parse(outside.out())).toEqual({ receipts: ['partial'] });
  });

  it('is the regular end of a door that serves', async () => {
    const outside = createOutside([]);
    const exit = openDoor(
      {
        ...doorOf(async ({ onStop, printJson }) => {
          printJson({ url: 'http://127.0.0.1:1' });
          let close = (): void => undefined;
          const closed = new Promise<void>((resolve) => (close = resolve));
          onStop(() => close());
          setTimeout(() => outside.signal('SIGTERM'), 10);
          await closed;
          return { json: null, text: '' };
        }),
        untilStopped: true,
      },
      outside,
    );
    expect(await exit).toBe(0);
    expect(outside.out()).toBe('{"url":"http://127.0.0.1:1"}\n');
  });

  it('also ends in order when an error is caught by nobody', async () => {
    const outside = createOutside([]);
    let stopped = false;
    const exit = openDoor(
      doorOf(async ({ onStop }) => {
        onStop(() => {
          stopped = true;
        });
        setTimeout(() => outside.crash(new Error('lost promise')), 5);
        return forever;
      }),
      outside,
    );
    expect(await exit).toBe(1);
    expect(stopped).toBe(true);
    expect(outside.err()).toContain('lost promise');
  });
});

describe('a door in a process of its own', () => {
  const script = join(folder, 'door.mts');
  const shell = JSON.stringify(new URL('../../scripts/shell/door.ts', import.meta.url).href);

  it('prints all of a long document before it leaves, also into a pipe, and exits with its code', async () => {
    await writeFile(
      script,
      `import { isMain, runDoor } from ${shell};
       if (isMain(import.meta)) await runDoor({ name: 'x', summary: 'x', examples: [],
         run: async () => { setInterval(() => {}, 1000); return { exit: 3, text: '', json: { long: 'y'.repeat(3_000_000) } }; } });`,
    );
    const child = await run(process.execPath, ['--import', 'tsx', script, '--json'], {
      maxBuffer: 1e8,
    }).catch((error: unknown) => error as { code: number; stdout: string; stderr: string });
    expect(child).toHaveProperty('code', 3);
    expect((JSON.parse(child.stdout) as { long: string }).long).toHaveLength(3_000_000);
  });

  it('does nothing when it is imported', async () => {
    const { stdout } = await run(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      `await import(${JSON.stringify(script)}); console.log('imported');`,
    ]);
    expect(stdout).toBe('imported\n');
  });
});

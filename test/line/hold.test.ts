import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { hold } from '../../scripts/hold.ts';
import { propose } from '../../scripts/propose.ts';
import {
  type Company,
  GUARDRAILS,
  joinGroup,
  personFile,
  planFile,
  planOf,
  startCompany,
  writeFiles,
} from './forge-world.ts';

let company: Company;
let root: string;
let number: number;
beforeAll(async () => {
  company = await startCompany({
    files: { 'mappings/guardrails.yaml': GUARDRAILS, ...personFile('1042'), ...personFile('1001') },
    seed: { rules: 'protected' },
  });
});
afterAll(() => company.close());
beforeEach(async () => {
  await company.control('POST', '/reset');
  root = await company.clone();
  await writeFiles(root, {
    ...personFile('1042', { department: 'E' }),
    ...planFile(planOf([joinGroup('1042')])),
  });
  const { forge } = company.forge();
  const result = await propose({
    root,
    forge,
    asOf: '2026-11-23',
    run: undefined,
    serverUrl: 'https://github.com',
  });
  number = result.pullRequest ?? 0;
});

/** A comment as a person writes it, and the event that GitHub makes of it. */
async function say(body: string, token = 'token-bob', on = number) {
  await company.rest(token, 'POST', `/issues/${on}/comments`, { body });
  const events = (await company.control('GET', '/events')) as { event: string; payload: unknown }[];
  const event = events.filter((each) => each.event === 'issue_comment').at(-1)?.payload;
  return { event, ...(await run(event)) };
}

async function run(event: unknown) {
  const { forge } = company.forge();
  return hold({ root, forge, event, run: 'https://github.com/acme/identity/actions/runs/3' });
}

async function holdsOnMain(): Promise<unknown> {
  const clone = await company.clone();
  const text = await company.git(clone, 'show', 'HEAD:state/holds.yaml').catch(() => 'none: true');
  return parse(text);
}

async function answers(): Promise<string[]> {
  return (await company.comments(number))
    .filter(({ user }) => user.login === 'rollcall[bot]')
    .map(({ body }) => body);
}

describe('/hold', () => {
  it('is written to main by the app, with who, when, until and why, and answered', async () => {
    const said = await say(
      'Please wait.\n\n/hold 1042 until 2026-12-01 start date <b>is</b> open @everyone\u202e\n',
    );
    expect(said).toMatchObject({ changed: true, answered: true, pullRequest: number });
    expect(await holdsOnMain()).toEqual({
      holds: {
        '1042': {
          by: 'bob',
          at: '2026-11-23T12:00:00.000Z',
          until: '2026-12-01',
          reason: 'start date <b>is</b> open @everyone',
          pullRequest: number,
        },
      },
    });
    const clone = await company.clone();
    const message = await company.git(clone, 'log', '-1', '--format=%an|%B');
    expect(message).toBe(
      [
        'rollcall[bot]|hold(1042): by bob until 2026-12-01',
        '',
        'Person: 1042',
        'Requested-by: bob',
        'Until: 2026-12-01',
        `Pull-Request: ${number}`,
        'Run: https://github.com/acme/identity/actions/runs/3',
      ].join('\n'),
    );
    expect(await answers()).toEqual([expect.stringContaining('`1042` is on hold until 2026-12-01')]);
    // The same delivery again changes nothing and answers nothing.
    expect(await run(said.event)).toMatchObject({ changed: false });
    expect((await answers()).length).toBe(1);
  });

  it('keeps the holds that others wrote meanwhile', async () => {
    await say('/hold 1042 until 2026-12-01 one');
    await company.control('PUT', '/interleaves', [
      { method: 'PATCH', path: '/repos/acme/identity/git/refs', files: { 'README.md': 'x\n' } },
    ]);
    await say('/hold 1001 until 2026-12-02 two', 'token-cas');
    expect(Object.keys(((await holdsOnMain()) as { holds: object }).holds)).toEqual(['1001', '1042']);
  });

  it('ends by /release, and both may stand in one comment', async () => {
    await say('/hold 1042 until 2026-12-01 one');
    expect(await say('/release 1042\n/hold 1001 until 2026-12-01 other', 'token-cas')).toMatchObject({
      changed: true,
    });
    expect(Object.keys(((await holdsOnMain()) as { holds: object }).holds)).toEqual(['1001']);
    const clone = await company.clone();
    expect((await company.git(clone, 'log', '-2', '--format=%s')).split('\n')).toEqual([
      'hold(1001): by cas until 2026-12-01',
      'release(1042): by cas',
    ]);
  });

  it.each([
    ['/hold 1042', 'names one HR id and its last day'],
    ['/hold 1042 until tomorrow why', 'YYYY-MM-DD'],
    ['/hold 1042 until 2026-02-30 why', 'must exist'],
    ['/hold 1042 until 2026-11-22 why', 'has passed'],
    ['/hold 1042 until 2026-12-01', 'say why'],
    ['/hold ../../x until 2026-12-01 why', 'letters, digits'],
    ['/hold 7777 until 2026-12-01 why', 'nobody here has the HR id'],
    ['/release 1042 please', 'one HR id and nothing else'],
    ['/release 1042', 'is not on hold'],
  ])('answers %j with help and changes nothing', async (text, help) => {
    expect(await say(text)).toMatchObject({ changed: false, answered: true });
    expect((await answers()).join()).toContain(help);
    expect(await holdsOnMain()).toEqual({ none: true });
  });

  it('refuses who has no write access, and whoever would hold themselves', async () => {
    expect(await say('/hold 1042 until 2026-12-01 why', 'token-eve')).toMatchObject({ changed: false });
    expect(await say('/hold 1001 until 2026-12-01 why', 'token-ann')).toMatchObject({ changed: false });
    expect((await answers()).join()).toMatch(/takes write access.*nobody holds or releases themselves/s);
    expect(await holdsOnMain()).toEqual({ none: true });
  });

  it('obeys no quote, no code block, no edited comment, no bot, and no comment elsewhere', async () => {
    const quoted =
      '> /hold 1042 until 2026-12-01 why\n\n```\n/hold 1042 until 2026-12-01 why\n```\nnot /hold 1042';
    expect(await say(quoted)).toMatchObject({ answered: false, changed: false });
    const command = '/hold 1042 until 2026-12-01 why';
    expect(await say(command, 'token-app')).toMatchObject({ answered: false, changed: false });
    const { event } = await say('hello');
    const edited = { ...(event as object), action: 'edited' };
    expect(await run(edited)).toMatchObject({ answered: false });
    const { number: issue } = await company.rest<{ number: number }>('token-bob', 'POST', '/issues', {
      title: 'x',
    });
    expect(await say(command, 'token-bob', issue)).toMatchObject({ answered: false });
    await company.control('POST', '/commits', { files: { 'README.md': 'y\n' } });
    const clone = await company.clone();
    await company.git(clone, 'push', '-q', 'origin', 'HEAD:refs/heads/rollcall/mine');
    await company.control('POST', '/commits', { branch: 'rollcall/mine', files: { 'README.md': 'z\n' } });
    const { number: theirs } = await company.rest<{ number: number }>('token-bob', 'POST', '/pulls', {
      head: 'rollcall/mine',
      base: 'main',
      title: 'mine',
    });
    expect(await say(command, 'token-bob', theirs)).toMatchObject({ answered: false });
    expect(await holdsOnMain()).toEqual({ none: true });
  });
});

/**
 * A missing grant, secret, trigger or need fails in test: each such line of the workflow files is taken out, alone, and the
 * flow that the file is for does not come to its end. A sample here; all of them with ROLLCALL_LONG=1.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT, startCompany } from './company.ts';
import { listMutants, type Mutant, withoutLine } from './mutants.ts';
import { play, SCENARIOS } from './scenarios.ts';
import { firedEvents } from './fired-events.ts';

const LONG = process.env['ROLLCALL_LONG'] === '1';

function read(workflow: string): string {
  return readFileSync(join(PROJECT, '.github/workflows', `${workflow}.yml`), 'utf8');
}

const MUTANTS = Object.keys(SCENARIOS).flatMap((workflow) => listMutants(workflow, read(workflow)));

/** Lines that a flow can do without, and why that is right. */
const SPARE: [line: RegExp, because: string][] = [
  [/JUMPCLOUD_CLIENT_SECRET/, 'a company has an API key or a service account, and this one has a key'],
  [
    /SLACK_WEBHOOK_URL|SMTP_URL|NOTIFY_WEBHOOK_URL|WEBHOOK_SIGNING_SECRET/,
    'who has no such channel gives none',
  ],
  [/jobs\.(?:notify|silence)\.environment/, 'this company has no channel'],
  [
    /notify needs|notify, .*: parts|outputs\.(?:changed|proposed|held|inside)/,
    'it tells less then; what is told is tested beside notify',
  ],
  [
    /^(?:sync: record|urgent: \w+), .*permission-contents/,
    'the only permission asked for: without it the token may do everything, which the rules of hardening.ts find',
  ],
  [/^urgent: manual, Export: /, 'an exit by hand does not wait for BambooHR'],
];

/** Cheap ones of every kind: each stops its flow at once, and says what is missing. */
const SAMPLE: Record<string, RegExp> = {
  'sync: export, Export: BAMBOOHR_API_KEY': /BAMBOOHR_API_KEY is not set/,
  'apply: jobs.approvals.permissions.pull-requests': /lacks the permission .*pull_requests/,
};

describe('the flows as they are', () => {
  it.skipIf(!LONG).each(Object.keys(SCENARIOS))('%s comes to its end', { timeout: 300_000 }, async (name) => {
    expect(await play(name)).toMatchObject({ wrong: [], failures: '' });
  });
});

describe('without one line', () => {
  const chosen = MUTANTS.filter(({ kind, name }) => kind !== 'trigger' && (LONG || name in SAMPLE));

  it('the sample names lines that are there', () => {
    const names = MUTANTS.map(({ name }) => name);
    expect(Object.keys(SAMPLE).filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(MUTANTS.map(({ kind }) => kind)).size).toBe(8);
  });

  it.each(chosen.filter(({ name }) => !SPARE.some(([line]) => line.test(name))))(
    '$name',
    { timeout: 300_000 },
    async (mutant) => {
      const { wrong, failures } = await play(mutant.workflow, (text) => withoutLine(text, mutant));
      expect(wrong).not.toEqual([]);
      expect(failures).toMatch(SAMPLE[mutant.name] ?? /^/);
    },
  );
});

describe('without one trigger', () => {
  const triggers = MUTANTS.filter(({ kind }) => kind === 'trigger');

  it(
    'every event starts what it should, and nothing when its line is gone; every third in a short run',
    { timeout: 120_000 },
    async () => {
      let without: Mutant | undefined;
      const company = await startCompany({
        people: [],
        users: [],
        groups: [],
        alter: (path, text) =>
          without !== undefined && path.endsWith(`/${without.workflow}.yml`)
            ? withoutLine(text, without)
            : text,
        idle: true,
      });
      try {
        const fire = firedEvents(company);
        for (const mutant of LONG ? triggers : triggers.filter((_, index) => index % 3 === 0)) {
          without = undefined;
          expect([mutant.name, await fire(mutant)]).toEqual([mutant.name, true]);
          without = mutant;
          expect([mutant.name, await fire(mutant)]).toEqual([mutant.name, false]);
        }
      } finally {
        await company.close();
      }
    },
  );
});

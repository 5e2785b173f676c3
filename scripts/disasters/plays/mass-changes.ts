/** HR or the mappings change many people at once: by mistake, little by little, or because it is true. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { idOf } from '../company.ts';
import type { Disaster } from '../disaster.ts';
import { leaverFacts, type Stage } from '../stage.ts';
import { TODAY } from '../settle-company.ts';

async function terminate(stage: Stage, ids: string[], day = TODAY): Promise<void> {
  const chosen = new Set(ids);
  await stage.hr((hr) => ({
    ...hr,
    employees: hr.employees.map((each) => (chosen.has(each.id) ? { ...each, ...leaverFacts(day) } : each)),
  }));
}

function ids(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => idOf(from + index));
}

async function editMapping(stage: Stage, path: string, from: RegExp, to: string): Promise<void> {
  const file = join(stage.desk.root, path);
  const text = await readFile(file, 'utf8');
  if (!from.test(text)) throw new RangeError(`${path} has no ${String(from)}`);
  await writeFile(file, text.replace(from, to));
}

export const MASS_CHANGES: Disaster[] = [
  {
    name: 'layoff-of-forty',
    what: 'forty of 120 people leave in a day, truly; two approvers agree; a mover and a joiner go on as usual',
    people: 120,
    tells: ['budget-suspend', 'apply 3'],
    peers: 'GCDS stops and syncs nothing at all; Entra lets through all of it or nothing, with one click',
    async play(stage) {
      const leavers = ids(60, 100);
      await terminate(stage, leavers);
      await stage.edit(idOf(20), { jobTitle: 'Director' });
      await stage.sync();
      // What needs no review happened; forty exits wait for two people, and one is not enough.
      await stage.expect((wishes) => wishes.field(idOf(20), 'jobTitle', 'Director'));
      await stage.approve('ann');
      await stage.expect(() => undefined);
      await stage.approve('ann,ben');
      await stage.expect((wishes) => leavers.forEach((id) => wishes.exit(id)));
    },
  },
  {
    name: 'mass-status-flip',
    what: 'an import sets everybody in BambooHR to Terminated; nobody approves; HR puts it right the next day',
    tells: ['budget-suspend', 'budget-leave-group'],
    peers:
      'entitlements-app applied 499 removals of 500 without a question; octoDNS refused above 30 %; Entra counts and pauses, Okta only above 100 people',
    async play(stage) {
      await terminate(stage, ids(0, 60));
      await stage.sync();
      await stage.expect(() => undefined);
      await stage.goTo('2026-11-24T18:00:00Z');
      await stage.hr((hr) => ({
        ...hr,
        employees: hr.employees.map((each) => ({
          ...each,
          status: 'Active',
          employmentHistoryStatus: 'Full-Time',
          terminationDate: null,
        })),
      }));
      await stage.sync();
      // The proposal of yesterday is approved by mistake: nobody wants it any more, so nothing happens.
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'ref-errors',
    what: 'three weeks after a company’s accounts were adopted, an import writes "#REF!" into every title; HR puts it right the next day',
    adopted: true,
    tells: ['budget-update'],
    async play(stage) {
      const write = (jobTitle: string): Promise<void> =>
        stage.hr((hr) => ({ ...hr, employees: hr.employees.map((each) => ({ ...each, jobTitle })) }));
      await stage.goTo('2026-12-14T18:00:00Z');
      await write('#REF!');
      await stage.sync();
      await stage.expect(() => undefined);
      await stage.goTo('2026-12-15T18:00:00Z');
      await write('Analyst');
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'status-renamed',
    what: 'HR renames the employment status "Full-Time" to "Full time": nobody has a status that a mapping names',
    tells: ['unmapped-status'],
    async play(stage) {
      await stage.hr((hr) => ({
        ...hr,
        employees: hr.employees.map((each) => ({ ...each, employmentHistoryStatus: 'Full time' })),
      }));
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'ten-times-29-percent',
    what: 'a broken import ends 29 % of those who are left, ten days in a row; nobody approves',
    tells: ['budget-suspend'],
    peers: 'octoDNS removed 970 of 1,000 records in ten runs of at most 30 %, each with exit 0',
    async play(stage) {
      let gone = 0;
      for (let day = 23; day < 33; day += 1) {
        const instant = new Date(Date.UTC(2026, 10, day, 18)).toISOString();
        await stage.goTo(instant);
        const share = Math.max(1, Math.floor((60 - gone) * 0.29));
        await terminate(stage, ids(gone, gone + share), instant.slice(0, 10));
        gone += share;
        await stage.sync();
      }
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'three-a-day',
    what: 'three wrong exits a day for seven days: each run is small, the week is not',
    tells: ['budget-suspend'],
    peers: 'octoDNS counts each run alone: 1,000 records became 30 in ten quiet runs',
    async play(stage) {
      // The budget of a week, 10 % of 60, is what HR may get wrong unseen; not one more.
      for (let day = 0; day < 7; day += 1) {
        const instant = new Date(Date.UTC(2026, 10, 23 + day, 18)).toISOString();
        await stage.goTo(instant);
        await terminate(stage, ids(10 + 3 * day, 13 + 3 * day), instant.slice(0, 10));
        await stage.sync();
      }
      await stage.expect((wishes) => ids(10, 16).forEach((id) => wishes.exit(id)));
    },
  },
  {
    name: 'nine-person-company',
    what: 'a company of nine: two leave, then a mistake ends the other seven',
    people: 9,
    tells: ['budget-suspend'],
    peers: 'octoDNS emptied a zone of nine records: its limit begins at ten; Okta’s at 100 people',
    async play(stage) {
      await terminate(stage, ids(7, 9));
      await stage.sync();
      await stage.expect((wishes) => ids(7, 9).forEach((id) => wishes.exit(id)));
      await terminate(stage, ids(0, 7));
      await stage.sync();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'mapping-typo-moves-everybody',
    what: 'an edit of the mappings turns "All Staff" into nobody and puts everybody into Sales',
    tells: ['budget-leave-group'],
    peers:
      'entitlements-app: an empty group file aborts the run, 499 removed of 500 were applied without a question; a faulty file made peribolos take people out of teams (kubernetes/org 4365)',
    async play(stage) {
      await editMapping(
        stage,
        'mappings/groups/everyone.yaml',
        /when: 'true'/,
        "when: department == 'Everyone'",
      );
      await editMapping(
        stage,
        'mappings/groups/departments.yaml',
        /when: department == 'Sales'/,
        "when: department != 'Sale'",
      );
      await stage.sync();
      await stage.expect(() => undefined);
      // One person may have approved it in a hurry; it takes two.
      await stage.approve('ann');
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'mapping-typo-in-a-field',
    what: 'a rule names a field that does not exist, where a lenient language would read "not in the group"',
    tells: ['export 2', 'plan 2', 'apply 2'],
    async play(stage) {
      await editMapping(
        stage,
        'mappings/groups/departments.yaml',
        /when: department == 'Sales'/,
        "when: departement == 'Sales'",
      );
      await stage.edit(idOf(40), leaverFacts(TODAY));
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
];

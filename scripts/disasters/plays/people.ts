/** One person, or two, in a way that programs get wrong: swapped, recreated, moved back, refused, forgotten. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BOOK_CLUB, idOf } from '../company.ts';
import type { Disaster } from '../disaster.ts';
import { ownerOfDevice } from '../facts.ts';
import { TODAY } from '../settle-company.ts';
import { leaverFacts } from '../stage.ts';

export const PEOPLE: Disaster[] = [
  {
    name: 'one-bad-person',
    what: 'JumpCloud refuses whatever is sent for one person, HR enters another half; nine others change',
    tells: ['apply 1', 'partial'],
    peers:
      'entitlements-app applied 7 of 20 groups, failed on one, never tried 12; octoDNS applied 5 of 10 zones; peribolos blocks the whole run (test-infra 22723)',
    async play(stage) {
      const changed = Array.from({ length: 10 }, (_, index) => idOf(20 + index));
      const bad = idOf(20);
      for (const id of changed) await stage.edit(id, { jobTitle: 'Director', department: 'UX' });
      await stage.hr((hr) => ({
        ...hr,
        employees: [...hr.employees, { id: '5001', firstName: '\u0007\u202e', status: 'Perhaps' }],
      }));
      const { users, userGroups } = await stage.directory();
      const account = users.find((user) => user['employeeIdentifier'] === bad);
      await stage.faults('jumpcloud', [
        {
          method: 'PUT',
          path: `/api/systemusers/${account?._id ?? ''}`,
          status: 400,
          body: { message: 'no' },
          times: 99,
        },
      ]);
      await stage.sync();
      await stage.approve();
      const old = (id: string): string[] =>
        userGroups
          .filter(({ name, members }) => name !== BOOK_CLUB && members.includes(nameOf(id)))
          .map(({ name }) => name)
          .filter((name) => !name.endsWith('Office') && !['All Staff', 'Remote Workers'].includes(name));
      await stage.expect((wishes) => {
        for (const id of changed) {
          if (id !== bad) {
            wishes.field(id, 'jobTitle', 'Director');
            wishes.field(id, 'department', 'UX');
          }
          // What does not need the refused write goes on for the bad one as well, or waits; both are right.
          if (id === bad) continue;
          wishes.leave(id, ...old(id));
          wishes.join(id, 'UX');
        }
        for (const group of userGroups) wishes.allow(`member ${group.id} hr:${bad}`);
      });

      function nameOf(id: string): string {
        return users.find((user) => user['employeeIdentifier'] === id)?.username ?? '';
      }
    },
  },
  {
    name: 'swapped-addresses',
    what: 'HR swaps the work addresses of two people; everything that is proposed is approved',
    tells: ['email-taken'],
    peers: 'the native BambooHR app knows people in JumpCloud by their work address',
    async play(stage) {
      const [a, b] = [idOf(30), idOf(31)];
      await stage.edit(a, { workEmail: `robin.${b}@example.com` });
      await stage.edit(b, { workEmail: `robin.${a}@example.com` });
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'pre-start-deactivation',
    what: 'HR moves the hire date of two people who work here into the future',
    tells: ['hire-date-moved'],
    peers: 'Okta with BambooHR deactivates such people, "Do nothing" set or not (its support article)',
    async play(stage) {
      await stage.edit(idOf(30), { hireDate: '2026-12-15' });
      await stage.edit(idOf(31), { hireDate: '2027-06-01' });
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'deleted-and-recreated',
    what: 'HR deletes a record and enters the person again: a new id with the same address',
    tells: ['unexplained', 'adopt-ambiguous'],
    peers: 'ssosync (issues 59, 61, 301) deleted and made anew: permission sets were lost',
    async play(stage) {
      const old = idOf(30);
      await stage.hr((hr) => ({
        ...hr,
        employees: hr.employees.map((each) => (each.id === old ? { ...each, id: '5001' } : each)),
      }));
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'removed-and-added-again',
    what: 'an exit is entered, carried out and taken back within the hour; a move there and back before anybody approved it',
    tells: [],
    peers: 'peribolos fails when one run removes and adds the same person (test-infra 21434)',
    async play(stage) {
      const [gone, moved] = [idOf(31), idOf(32)];
      await stage.edit(gone, leaverFacts(TODAY));
      await stage.edit(moved, { department: 'UX' });
      await stage.sync();
      await stage.expect((wishes) => wishes.exit(gone));
      await stage.edit(gone, {
        status: 'Active',
        employmentHistoryStatus: 'Full-Time',
        terminationDate: null,
      });
      await stage.edit(moved, { department: 'Finance' });
      await stage.sync();
      await stage.approve();
      await stage.sync();
      await stage.approve();
      // Back as before the exit, and the one who moved back never moved: what an exit took, others' things too, comes back.
      await stage.expect((wishes) => {
        wishes.state(gone, 'ACTIVATED');
        wishes.join(gone, 'All Staff', 'Sales', 'Vancouver Office', BOOK_CLUB);
        wishes.rebind(gone);
      });
    },
  },
  {
    name: 'break-glass-account',
    what: 'HR ends the employment of whoever the break-glass account is named after',
    tells: ['protected-account'],
    peers: 'entitlements-app protects nobody; peribolos demands named administrators',
    async play(stage) {
      const file = join(stage.desk.root, 'mappings/guardrails.yaml');
      const text = await readFile(file, 'utf8');
      await writeFile(
        file,
        text.replace(/^ {2}accounts: \[\]$/m, `  accounts: ['robin.${idOf(30)}@example.com']`),
      );
      await stage.edit(idOf(30), leaverFacts(TODAY));
      await stage.edit(idOf(31), leaverFacts(TODAY));
      await stage.sync();
      await stage.approve();
      await stage.expect((wishes) => wishes.exit(idOf(31)));
    },
  },
  {
    name: 'hr-id-given-again',
    what: 'an HR id that belonged to somebody now carries another person: another name, address and first day',
    tells: ['another-person'],
    async play(stage) {
      await stage.edit(idOf(31), {
        firstName: 'Nova',
        lastName: 'Newman',
        workEmail: 'nova.newman@example.com',
        hireDate: TODAY,
        jobTitle: 'Designer',
        department: 'UX',
      });
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'manager-loop',
    what: "HR makes two people each other's manager and a third her own; the two leave, and their reports pass to the next one up",
    tells: [],
    async play(stage) {
      const [a, b, self, report] = [idOf(30), idOf(31), idOf(32), idOf(33)];
      const file = join(stage.desk.root, 'mappings/lifecycle.yaml');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(/^ {2}reports: keep/m, '  reports: next-manager'));
      await stage.edit(a, { supervisorEId: b, ...leaverFacts(TODAY) });
      await stage.edit(b, { supervisorEId: a, ...leaverFacts(TODAY) });
      await stage.edit(self, { supervisorEId: self });
      await stage.edit(report, { supervisorEId: a });
      await stage.sync();
      await stage.expect((wishes) => [a, b].forEach((id) => wishes.exit(id)));
    },
  },
  {
    name: 'hr-ids-shifted',
    what: 'HR moves to another tenant, in which everybody has the id of the next one, and two of these ids belong to people who have left; a day later those two read as active, and everything is approved',
    tells: ['another-person'],
    async play(stage) {
      await stage.hr((hr) => ({
        ...hr,
        employees: hr.employees.map(({ id }, index, all) => ({ ...all[(index + 1) % all.length]!, id })),
      }));
      for (const id of [idOf(30), idOf(31)]) await stage.edit(id, leaverFacts('2026-10-30'));
      await stage.sync();
      await stage.expect(() => undefined);
      await stage.goTo('2026-11-24T18:00:00Z');
      for (const id of [idOf(30), idOf(31)])
        await stage.edit(id, {
          status: 'Active',
          employmentHistoryStatus: 'Full-Time',
          terminationDate: null,
        });
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'left-from-leave',
    what: 'somebody who is on leave leaves for good; the leave had let them keep their laptop',
    tells: [],
    async play(stage) {
      const id = ownerOfDevice(await stage.directory());
      await stage.edit(id, { employmentHistoryStatus: 'Furloughed' });
      await stage.sync();
      await stage.edit(id, leaverFacts(TODAY));
      await stage.sync();
      await stage.expect((wishes) => wishes.exit(id));
    },
  },
];

import { describe, expect, test } from 'vitest';
import { change, employee, exportPeople, planWorld, summaryOf, worldOf, accountId } from '../../world.ts';

const company = (): ReturnType<typeof worldOf> =>
  worldOf([
    employee('1', { department: 'Sales', managerId: '2' }),
    employee('2'),
    employee('3', { managerId: '2' }),
    employee('10', { location: 'Berlin, DE', managerId: '2' }),
  ]);

describe('a world in agreement', () => {
  test('needs nothing, and says so by having no plan', () => {
    const planned = planWorld(company());
    expect(planned.findings).toEqual([]);
    expect(planned.held).toEqual([]);
    expect(planned.plans).toEqual([]);
  });

  test('deriving a person from their own file changes nothing', () => {
    const world = company();
    expect(planWorld(world).people).toEqual(world.people);
    expect(exportPeople(world)).toEqual(world.people);
  });

  test('a transfer leaves the old group, joins the new one and updates the attribute', () => {
    const world = company();
    change(world, '3', { department: 'Sales' });
    expect(summaryOf(planWorld(world))).toEqual([
      'leave-group 3 Engineering review',
      'update 3 department review',
      'join-group 3 Sales review',
    ]);
  });

  test('a termination suspends and takes every group, without review', () => {
    const world = company();
    world.live.memberships.set(accountId('person 3'), [{ id: accountId('group VPN'), name: 'VPN' }]);
    change(world, '3', { status: 'Inactive', employmentStatus: 'Terminated', terminationDate: '2026-11-20' });
    const summary = summaryOf(planWorld(world));
    expect(summary[0]).toBe('suspend 3 auto');
    expect(summary.slice(1).sort()).toEqual([
      'leave-group 3 All Staff auto',
      'leave-group 3 Engineering auto',
      'leave-group 3 London Office auto',
      'leave-group 3 VPN auto',
    ]);
  });

  test('a new hire is created and given manager and groups', () => {
    const world = company();
    world.rows.push(
      employee('11', {
        firstName: 'Ada',
        lastName: 'Lovelace',
        workEmail: 'ada.lovelace@example.com',
        managerId: '2',
        hireDate: '2026-11-23',
      }),
    );
    world.people = exportPeople(world);
    const planned = planWorld(world);
    expect(summaryOf(planned)).toEqual([
      'create 11 review',
      'set-manager 11 2 review',
      expect.stringMatching(/^join-group 11/),
      expect.stringMatching(/^join-group 11/),
      expect.stringMatching(/^join-group 11/),
    ]);
    expect(planned.actions[0]?.after).toMatchObject({
      username: 'ada.lovelace',
      email: 'ada.lovelace@example.com',
      state: 'ACTIVATED',
      anchor: '11',
    });
  });

  test('planning twice gives the same bytes, whatever the order of people', () => {
    const world = company();
    change(world, '3', { department: 'Sales' });
    const first = planWorld(world).plans;
    world.people.reverse();
    world.live.accounts.reverse();
    expect(planWorld(world).plans).toEqual(first);
  });
});

/** Somebody must be out now, and the world is against it. */
import { idOf } from '../company.ts';
import type { Disaster } from '../disaster.ts';
import { withUser } from '../facts.ts';
import { TODAY } from '../settle-company.ts';
import { leaverFacts } from '../stage.ts';

export const URGENT_EXITS: Disaster[] = [
  {
    name: 'urgent-exit-while-throttled',
    what: 'JumpCloud refuses the suspension of an urgent exit with 429, five times running, and does not say for how long',
    tells: [],
    peers: 'the low-code flow sends nothing again after a 429',
    async play(stage) {
      const id = idOf(31);
      await stage.edit(id, leaverFacts(TODAY));
      await stage.faults('jumpcloud', [{ method: 'PUT', path: '/api/systemusers/', status: 429, times: 5 }]);
      await stage.run('export', '--only', id);
      await stage.run('plan', '--lane', 'urgent');
      await stage.run('apply', '--lane', 'urgent');
      await stage.expect((wishes) => wishes.exit(id));
    },
  },
  {
    name: 'hr-down-at-an-urgent-exit',
    what: 'BambooHR is down, and somebody must be out before HR can type it; the next night HR still says Active, and everything is approved',
    tells: ['export 1', 'manual-exit'],
    async play(stage) {
      const id = idOf(31);
      const byHand = [
        '--lane',
        'urgent',
        '--only',
        id,
        '--manual',
        'security-incident',
        '--requested-by',
        'ann',
      ];
      await stage.faults('bamboohr', [{ path: '/api', status: 503, retryAfter: 3_600, times: 99 }]);
      await stage.run('export', '--only', id);
      await stage.run('plan', ...byHand);
      await stage.run('apply', ...byHand, '--trigger', 'manual');
      await stage.expect((wishes) => wishes.exit(id));
      await stage.faults('bamboohr', []);
      await stage.goTo('2026-11-24T18:00:00Z');
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
  {
    name: 'last-admins-leave',
    what: 'one of two console administrators leaves, then HR ends the other one too',
    tells: ['leaver-is-admin', 'admins-minimum'],
    peers: 'peribolos demands a minimum of five administrators; GCDS suspends none by default',
    async play(stage) {
      const [first, last] = [idOf(31), idOf(32)];
      await stage.console((state) =>
        [first, last].reduce(
          (each, id) => withUser(each, id, { admin: { id: `a${id}`.padEnd(24, '0') } }),
          state,
        ),
      );
      await stage.edit(first, leaverFacts(TODAY));
      await stage.sync();
      await stage.expect((wishes) => wishes.exit(first));
      await stage.edit(last, leaverFacts(TODAY));
      await stage.sync();
      await stage.approve();
      await stage.expect(() => undefined);
    },
  },
];

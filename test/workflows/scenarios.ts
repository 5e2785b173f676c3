/** For each workflow one flow that needs every line of it, and what must have come of it. */
import { day, type Company, type CompanyOptions, person, startCompany } from './company.ts';
import { user } from './people.ts';
import { prepareState, proposePrepared } from './prepared.ts';
import type { RunReport } from './runner/run.ts';
import { conclusionsOf, failuresOf, jobOf, logOf } from './reports.ts';

export interface Scenario {
  /** Plays it in a company whose file may lack a line. @returns what went wrong; empty when nothing did. */
  play(company: Company): Promise<string[]>;
  options: CompanyOptions;
  /** What happens beside it, as steps within its own file. */
  meanwhile?: (text: string) => string;
}

const EVERYBODY = ['ann.ames', 'ben.ames', 'cy.ames'];
const GROUPS = 'mappings/groups/all.yaml';

/** Ben lacks a group, and a title is old: one thing for review, one for lane auto. */
const BASE: CompanyOptions = {
  people: [person('1001', 'Ann'), person('1002', 'Ben'), person('1003', 'Cy', { jobTitle: 'Lead' })],
  users: [user('1001', 'Ann'), user('1002', 'Ben'), user('1003', 'Cy')],
  groups: [
    { name: 'All Staff', members: EVERYBODY },
    { name: 'Engineering', members: ['ann.ames', 'cy.ames'] },
    { name: 'Sales', members: [] },
  ],
};

function timesIn(receipt: string): Record<string, string> {
  return (JSON.parse(receipt) as { times?: Record<string, string> }).times ?? {};
}

function expecting(checks: Record<string, boolean>): string[] {
  return Object.entries(checks).flatMap(([name, holds]) => (holds ? [] : [name]));
}

/** Another apply, which has not seen the urgent lane's commit, gives an account back before the second look. */
function giveBack(text: string, username: string): string {
  const step = `      - name: The other apply
        run: >-
          node -e "const at = process.env.JUMPCLOUD_BASE_URL + '/api/systemusers';
          const headers = { 'x-api-key': process.env.JUMPCLOUD_API_KEY, 'content-type': 'application/json' };
          fetch(at + '?limit=100', { headers }).then((answer) => answer.json())
          .then(({ results }) => results.find(({ username }) => username === '${username}'))
          .then(({ _id }) => fetch(at + '/' + _id, { method: 'PUT', headers, body: JSON.stringify({ state: 'ACTIVATED' }) }))"
        env:
          JUMPCLOUD_BASE_URL: \${{ vars.JUMPCLOUD_BASE_URL }}
          JUMPCLOUD_API_KEY: \${{ secrets.JUMPCLOUD_API_KEY }}
      - id: look # seen
`;
  return text.replace('      - id: look\n', step);
}

function lookedLast(steps: RunReport['jobs'][string]['steps']): boolean {
  const last = steps.filter(({ name }) => name.endsWith(' a last time'));
  return last.length === 3 && last.every(({ conclusion }) => conclusion === 'success');
}

export const SCENARIOS: Record<string, Scenario> = {
  sync: {
    options: { ...BASE, workflows: ['sync'] },
    async play(company) {
      await company.github('token-cas', 'POST', '/dispatches', { event_type: 'rollcall-heartbeat' });
      // Main moves before the run begins: its jobs must agree on one commit all the same.
      await company.control('github', 'POST', '/commits', { files: { 'README.md': '# moved\n' } });
      const runs = await company.actions.settle();
      const pulls = await company.github<unknown[]>('token-ann', 'GET', '/pulls');
      const all = ['export', 'plan', 'propose', 'apply', 'record', 'notify'];
      return expecting({
        'a pull request is open': pulls.length === 1,
        'the title is new': (await company.account('cy.ames'))?.jobTitle === 'Lead',
        'there is a receipt': (await company.files('state/receipts')).length === 1,
        'every job succeeded': all.every((job) => jobOf(runs, 'sync', job)?.conclusion === 'success'),
      });
    },
  },
  apply: {
    options: { ...BASE, workflows: ['apply'] },
    async play(company) {
      const number = await proposePrepared(company);
      await company.github('token-bob', 'POST', `/pulls/${number}/reviews`, { event: 'APPROVE' });
      await company.github('token-ann', 'PUT', `/pulls/${number}/merge`, { merge_method: 'merge' });
      await company.control('github', 'POST', '/commits', { files: { 'README.md': '# moved\n' } });
      const runs = await company.actions.settle();
      const comments = await company.github<unknown[]>('token-ann', 'GET', `/issues/${number}/comments`);
      const all = ['approvals', 'export', 'apply', 'record', 'notify'];
      const done = runs.find((run) => run.jobs['apply']?.conclusion !== 'skipped');
      return expecting({
        'the group has its member': (await company.members('Engineering')).includes('ben.ames'),
        'there is a receipt': (await company.files('state/receipts')).length === 1,
        'the pull request is told': comments.length === 1,
        'every job succeeded': all.every((job) => done?.jobs[job]?.conclusion === 'success'),
      });
    },
  },
  hold: {
    options: { ...BASE, workflows: ['hold'] },
    async play(company) {
      const number = await proposePrepared(company);
      const people = Object.entries(await prepareState(company)).filter(([path]) =>
        path.startsWith('state/people/'),
      );
      await company.control('github', 'POST', '/commits', { files: Object.fromEntries(people) });
      await company.github('token-bob', 'POST', `/issues/${number}/comments`, {
        body: `/hold 1002 until ${day(9)} asked for it`,
      });
      const runs = await company.actions.settle();
      const comments = await company.github<unknown[]>('token-ann', 'GET', `/issues/${number}/comments`);
      return expecting({
        'the hold is on main': (await company.file('state/holds.yaml'))?.includes('1002') === true,
        'it is answered': comments.length === 2,
        'the job succeeded': conclusionsOf(runs, 'hold')[0]?.['hold'] === 'success',
      });
    },
  },
  preview: {
    options: { ...BASE, workflows: ['preview'] },
    async play(company) {
      const people = Object.entries(await prepareState(company)).filter(([path]) =>
        path.startsWith('state/people/'),
      );
      await company.control('github', 'POST', '/commits', { files: Object.fromEntries(people) });
      const edited = (await company.file(GROUPS))?.replace("department == 'Sales'", 'true') ?? '';
      await company.push('token-ann', 'edit', { [GROUPS]: edited });
      const pull = await company.github<{ number: number }>('token-ann', 'POST', '/pulls', {
        title: 'Edit',
        head: 'edit',
        base: 'main',
      });
      await company.actions.settle();
      const comments = await company.github<{ body: string }[]>(
        'token-ann',
        'GET',
        `/issues/${pull.number}/comments`,
      );
      return expecting({
        'the comment shows people': comments.some(({ body }) => body.includes('Ben Ames')),
      });
    },
  },
  guard: {
    options: { ...BASE, workflows: ['guard'] },
    async play(company) {
      await proposePrepared(company);
      const [own] = conclusionsOf(await company.actions.settle(), 'guard');
      return expecting({ 'the app’s own pull request passes': own?.['state'] === 'success' });
    },
  },
  checks: {
    options: { ...BASE, workflows: ['checks'] },
    async play(company) {
      await company.push('token-ann', 'edit', { [GROUPS]: `${await company.file(GROUPS)}# fine\n` });
      await company.github('token-ann', 'POST', '/pulls', { title: 'Edit', head: 'edit', base: 'main' });
      const [jobs] = conclusionsOf(await company.actions.settle(), 'checks');
      return expecting({ 'the checks pass': jobs?.['mappings'] === 'success' && jobs['test'] === 'success' });
    },
  },
  urgent: {
    options: { ...BASE, workflows: ['urgent'] },
    meanwhile: (text) => giveBack(giveBack(text, 'cy.ames'), 'ben.ames'),
    async play(company) {
      const people = Object.entries(await prepareState(company)).filter(([path]) =>
        path.startsWith('state/people/'),
      );
      await company.control('github', 'POST', '/commits', { files: Object.fromEntries(people) });
      await company.setPerson(
        person('1003', 'Cy', {
          status: 'Inactive',
          employmentHistoryStatus: 'Terminated',
          terminationDate: day(-1),
        }),
      );
      await company.github('token-cas', 'POST', '/dispatches', {
        event_type: 'bamboohr',
        client_payload: { employees: ['1003'], receivedAt: new Date().toISOString() },
      });
      await company.github('token-ann', 'POST', '/actions/workflows/urgent.yml/dispatches', {
        ref: 'main',
        inputs: { employees: '1002', reason: 'security-incident' },
      });
      const runs = await company.actions.settle();
      const receipts = await company.files('state/receipts');
      const { actions } = company;
      const times = await Promise.all(
        receipts.map(async (path) => Object.keys(timesIn((await company.file(path)) ?? '{}')).join(' ')),
      );
      const syncs = actions.events.filter(({ action }) => action === 'rollcall-heartbeat');
      return expecting({
        'every instant is on the receipts':
          times.sort().join() ===
          ['dispatched ', '']
            .flatMap((asked) => [`${asked}hrEffective received suspended`, `${asked}suspended`])
            .join(),
        'each run asks for a sync': syncs.length === 2,
        'the leaver is out': (await company.account('cy.ames'))?.state === 'SUSPENDED',
        'the other is out, too': (await company.account('ben.ames'))?.state === 'SUSPENDED',
        'both are on the record, and that they came back': receipts.length === 4,
        'both runs succeeded': runs.length === 2 && runs.every(({ conclusion }) => conclusion === 'success'),
        'both looked a last time': runs.every(({ jobs }) =>
          Object.values(jobs).every(({ conclusion, steps }) => conclusion === 'skipped' || lookedLast(steps)),
        ),
      });
    },
  },
  reconcile: {
    options: { ...BASE, workflows: ['reconcile'] },
    async play(company) {
      const runs = await company.actions.schedule('reconcile.yml');
      const issues = await company.github<unknown[]>('token-ann', 'GET', '/issues');
      return expecting({
        'the job succeeded': runs[0]?.conclusion === 'success',
        'an issue shows what is out of step': issues.length === 1,
      });
    },
  },
  audit: {
    options: { ...BASE, workflows: ['audit', 'sync'] },
    async play(company) {
      await company.actions.schedule('sync.yml');
      const [run] = await company.actions.schedule('audit.yml');
      const log = run === undefined ? '' : logOf(run);
      return expecting({
        'there is a receipt to verify': (await company.files('state/receipts')).length === 1,
        'the pages are there to download': log.includes('Artifact pages has been successfully uploaded!'),
        'the record holds': log.includes('The record holds.'),
        'the job succeeded': run?.conclusion === 'success',
      });
    },
  },
  silence: {
    options: {
      ...BASE,
      workflows: ['silence', 'sync'],
      files: { 'mappings/notifications.yaml': 'routes: [{ events: [silence], channel: slack }]\n' },
    },
    async play(company) {
      const [before] = await company.actions.schedule('silence.yml');
      await company.control('github', 'POST', '/runs', { workflow: 'sync.yml' });
      const [after] = await company.actions.schedule('silence.yml');
      return expecting({
        'silence is told': before !== undefined && logOf(before).includes('No successful run for'),
        'a sync that succeeded is no silence':
          after !== undefined && logOf(after).includes('Nothing to tell'),
        'both jobs succeeded': [before, after].every((run) => run?.conclusion === 'success'),
      });
    },
  },
};

export interface Played {
  /** What did not come of it. */
  wrong: string[];
  /** What the steps that failed had to say. */
  failures: string;
}

/** Plays a scenario in a new company, with one file changed. */
export async function play(name: string, alter = (text: string): string => text): Promise<Played> {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  const { meanwhile = (text: string): string => text } = scenario;
  const path = `.github/workflows/${name}.yml`;
  const company = await startCompany({
    ...scenario.options,
    alter: (file, text) => (file === path ? meanwhile(alter(text)) : text),
  });
  const failures = (): string => [failuresOf(company.actions.runs), ...company.actions.broken].join('\n');
  try {
    return { wrong: await scenario.play(company), failures: failures() };
  } catch (error) {
    return { wrong: [`it did not come to an end: ${String(error)}`], failures: failures() };
  } finally {
    await company.close();
  }
}

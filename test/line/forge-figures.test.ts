/** What a sync costs on the forge, counted request by request; the bounds here are the promise. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Action } from '../../scripts/core/plan/action.ts';
import { actionOf } from '../../scripts/core/plan/action.ts';
import { planName } from '../../scripts/core/plan/plan-file.ts';
import { propose } from '../../scripts/propose.ts';
import {
  type Company,
  joinGroup,
  personFile,
  planFile,
  planOf,
  startCompany,
  writeFiles,
} from './forge-world.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany({ seed: { rules: 'protected' } });
});
afterAll(() => company.close());

async function sync(files: Record<string, string>, root?: string) {
  const place = root ?? (await company.clone());
  await writeFiles(place, files);
  const { forge, client } = company.forge();
  const result = await propose({
    root: place,
    forge,
    asOf: '2026-11-23',
    run: undefined,
    serverUrl: 'https://github.com',
  });
  const writes = [...client.traffic.byRoute].filter(([route]) => !route.startsWith('GET'));
  return {
    ...result,
    requests: client.traffic.requests,
    writes: writes.reduce((sum, [, count]) => sum + count, 0),
    root: place,
  };
}

function adopt(person: string): Action {
  return actionOf({
    kind: 'adopt',
    person,
    account: `a${person}`,
    target: `a${person}`,
    before: {
      username: `user.${person}`,
      email: `user.${person}@example.com`,
      name: `First${person} Last${person}`,
    },
    after: { anchor: person },
    because: 'address and name agree',
    cause: 'hr',
    risk: 'medium',
  });
}

function people(from: number, count: number, facts: Record<string, string>): Record<string, string> {
  const ids = Array.from({ length: count }, (_, index) => String(from + index));
  return Object.assign({}, ...ids.map((id) => personFile(id, facts))) as Record<string, string>;
}

describe('requests of a sync', () => {
  it('of ten people: once to open, fewer to refresh, hardly any when nothing changed', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => String(2000 + index));
    const files = {
      ...people(2000, 10, { department: 'E' }),
      ...planFile(planOf(ids.map((id) => joinGroup(id)))),
    };
    const opened = await sync(files);
    expect(opened).toMatchObject({ changed: true });
    const unchanged = await sync(files);
    expect(unchanged).toMatchObject({ changed: false, writes: 0 });
    const more = planOf([...ids.map((id) => joinGroup(id)), joinGroup('2000', 'VPN')]);
    const refreshed = await sync({ ...files, ...planFile(more) });
    expect(refreshed).toMatchObject({ changed: true, pullRequest: opened.pullRequest });
    const figures = { opened: opened.requests, refreshed: refreshed.requests, unchanged: unchanged.requests };
    console.info('requests, 10 people', figures);
    expect(figures.opened).toBeLessThanOrEqual(17);
    expect(figures.refreshed).toBeLessThanOrEqual(20);
    expect(figures.unchanged).toBeLessThanOrEqual(10);
  });

  it.skipIf(process.env['ROLLCALL_LONG'] !== '1')(
    'of a first import of 5,000 people, within what GitHub takes a call, a minute and an hour',
    async () => {
      const ids = Array.from({ length: 5_000 }, (_, index) => String(10_000 + index));
      const bulk = {
        jobTitle: 'Engineer',
        department: 'E',
        location: 'London, UK',
        workEmail: 'somebody@example.com',
      };
      const plan = planOf(ids.map(adopt));
      const files = { ...people(10_000, 5_000, bulk), ...planFile(plan) };
      await company.control('DELETE', '/requests');
      const opened = await sync(files);
      const sent = await company.requests();
      const trees = sent.filter(({ method, path }) => method === 'POST' && path.endsWith('/git/trees'));
      for (const { body } of trees) {
        expect((body as { tree: unknown[] }).tree.length).toBeLessThanOrEqual(500);
        expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(1_700_000);
      }
      const content = sent.filter(({ method, path }) => method !== 'GET' && path.startsWith('/repos/'));
      expect(content.length).toBeLessThan(80);
      const pull = await company.pull(opened.pullRequest ?? 0);
      expect(pull.body.length).toBeLessThan(65_536);
      const names = await company.git(
        await company.clone(),
        'ls-tree',
        '-r',
        '--name-only',
        pull.head.sha,
        'state',
      );
      expect(names.split('\n').filter((name) => name.startsWith('state/people')).length).toBe(5_000);
      expect(names).toContain(planName(plan));
      const unchanged = await sync(files);
      expect(unchanged).toMatchObject({ changed: false, writes: 0, pullRequest: opened.pullRequest });
      const figures = { opened: opened.requests, writes: content.length, unchanged: unchanged.requests };
      console.info('requests, 5,000 people', figures);
      expect(figures.opened).toBeLessThanOrEqual(40);
      expect(figures.unchanged).toBeLessThanOrEqual(10);
    },
    120_000,
  );

  it('sends contents once: a lost race names what is there already', async () => {
    const files = people(30_000, 1_200, { department: 'E' });
    await company.control('PUT', '/interleaves', [
      { method: 'PATCH', path: '/repos/acme/identity/git/refs', files: { 'README.md': 'x\n' } },
    ]);
    await company.control('DELETE', '/requests');
    expect(await sync(files)).toMatchObject({ changed: true });
    const trees = (await company.requests()).filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/git/trees'),
    );
    const inline = trees.flatMap(({ body }) => (body as { tree: { content?: string }[] }).tree);
    expect(inline.filter(({ content }) => content !== undefined).length).toBe(1_200);
    expect(inline.length).toBe(2_400);
  }, 60_000);
});

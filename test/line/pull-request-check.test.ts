import { afterAll, beforeAll, expect, it } from 'vitest';
import { readVerdict } from '../../scripts/flow/judge-pull-request.ts';
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
  company = await startCompany({ files: personFile('1042') });
});
afterAll(() => company.close());

const forged = planOf([joinGroup('1042', 'Admins')], { lane: 'auto' });

async function open(branch: string, files: Record<string, string>, token = 'token-bob'): Promise<number> {
  const root = await company.clone();
  await writeFiles(root, files);
  await company.git(root, 'add', '-A');
  await company.git(root, 'commit', '-qm', 'edit');
  await company.git(root, 'push', '-q', 'origin', `HEAD:refs/heads/${branch}`);
  const wish = { head: branch, base: 'main', title: 'edit' };
  return (await company.rest<{ number: number }>(token, 'POST', '/pulls', wish)).number;
}

const judge = async (number: number, app?: string) => readVerdict(company.forge().forge, number, app);

it("passes the app's own pull request until a person pushes to it", async () => {
  const root = await company.clone();
  await writeFiles(root, {
    ...personFile('1042', { department: 'E' }),
    ...planFile(planOf([joinGroup('1042')])),
  });
  const { forge } = company.forge();
  const run = { asOf: '2026-11-23', run: undefined, serverUrl: 'https://github.com' };
  const number = (await propose({ root, forge, ...run })).pullRequest ?? 0;
  expect(await judge(number, 'rollcall[bot]')).toMatchObject({ passes: true, own: true, preview: 'none' });
  expect(await judge(number)).toMatchObject({ passes: true, own: true });
  await company.control('POST', '/commits', { files: { 'README.md': 'newer\n' } });
  await company.rest('token-ann', 'PUT', `/pulls/${number}/update-branch`, {});
  expect(await judge(number)).toMatchObject({ passes: true });
  await company.control('POST', '/commits', {
    branch: 'rollcall/sync',
    login: 'bob',
    files: planFile(forged),
  });
  expect(await judge(number)).toMatchObject({ passes: false, problems: [{ code: 'edited-plan' }] });
});

it('fails a plan in a pull request of a person, whatever its branch is called', async () => {
  const plain = await open('my-plan', planFile(forged));
  expect(await judge(plain)).toMatchObject({ passes: false, problems: [{ code: 'state-by-hand' }] });
  const named = await open('rollcall/mine', { ...planFile(forged), 'mappings/x.yaml': 'x\n' });
  expect(await judge(named, 'rollcall[bot]')).toMatchObject({ passes: false, own: false, preview: 'none' });
  const moved = await open('moved', { 'docs/old.md': 'x\n' });
  expect(await judge(moved)).toMatchObject({ passes: true });
});

it('previews mappings live only when nothing else is touched', async () => {
  expect(await judge(await open('map', { 'mappings/groups/x.yaml': 'groups: []\n' }))).toMatchObject({
    preview: 'live',
  });
  const both = await open('both', { 'mappings/groups/x.yaml': 'groups: []\n', 'scripts/x.ts': 'x\n' });
  expect(await judge(both)).toMatchObject({ passes: true, preview: 'committed-facts' });
});

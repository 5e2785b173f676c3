import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCompany } from './demo/company.ts';
import { claimFolder, OURS, readShippedGroups, writeTemplate } from './demo/folder.ts';
import { startVendors } from './demo/emulated-vendors.ts';
import { openCheckout } from './demo/checkout.ts';
import { createVerbs } from './demo/verbs.ts';
import { createWorkflows } from './demo/runs.ts';
import { createReviewers } from './demo/reviewers.ts';
const folder = '/tmp/demo-proto';
await claimFolder(folder);
const company = readCompany(await readShippedGroups());
const from = await writeTemplate(folder, company);
const seed = { now: '2026-12-07T16:00:00Z', bamboohr: company.bamboohr, jumpcloud: company.jumpcloud, github: { repository: 'tarnfell/identity', from, rules: 'protected', tokens: {
  'demo-app-token': { login: 'rollcall[bot]', type: 'Bot', bypass: true }, 'demo-ann-token': { login: 'ann', permission: 'write' }, 'demo-ben-token': { login: 'ben', permission: 'write' }, 'demo-reading-token': { login: 'rollcall-reader[bot]', type: 'Bot', permissions: { contents: 'read', pull_requests: 'read' } } } } };
const seedFile = join(folder, OURS, 'seed.json');
await writeFile(seedFile, JSON.stringify(seed, null, 1));
const t0 = performance.now();
const lap = (s: string) => console.log(((performance.now() - t0) / 1000).toFixed(1), s);
let stop = async () => {};
try {
  const v = await startVendors(seedFile, (s) => { stop = s; });
  lap('started');
  const checkout = await openCheckout(folder, `${v.urls.github}/tarnfell/identity.git`, [OURS, 'pull-requests']);
  const started = Date.now();
  const run0 = createVerbs({ root: folder, company: 'tarnfell', repository: 'tarnfell/identity', urls: v.urls, now: () => new Date(Date.parse(seed.now) + Date.now() - started) });
  const run: typeof run0 = async (verb, ...args) => { const t = performance.now(); const r = await run0(verb, ...args); lap(`   ${verb} ${((performance.now() - t) / 1000).toFixed(2)}`); return r as never; };
  const w = createWorkflows(folder, checkout, run, join(folder, OURS, 'approvals.json'));
  const rev = createReviewers(v, 'tarnfell/identity');
  for (let round = 1; round <= 5; round += 1) {
    const s = await w.sync();
    lap(`sync auto ${JSON.stringify(s.auto?.counts)} review ${JSON.stringify(s.review?.counts)} #${s.pullRequest}`);
    if (round <= 2) { for (const f of s.findings) console.log('  f', f.severity, f.code, f.person, f.subject, f.message.slice(0, 90)); for (const h of s.held) console.log('  h', h.person, h.code, h.message.slice(0, 90)); }
    console.log(s.applied);
    if (s.review === undefined || s.pullRequest === undefined) break;
    const p = await rev.look(s.pullRequest);
    await writeFile(join(folder, OURS, `${p.number}.md`), p.body);
    console.log(p.title, p.labels.map((l) => l.name), await rev.approveAndMerge(s.pullRequest, s.review));
    console.log(await w.afterMerge());
  }
} catch (e) { console.error(e); } finally { await stop(); }

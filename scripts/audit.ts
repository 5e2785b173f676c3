/** audit: evidence from git log and receipts alone. Thin for now. */
import { openArchive } from './adapters/files/archive.ts';
import { readRecordOfMain, verifyRecord } from './flow/verify-record.ts';
const archive = await openArchive(process.argv[2] ?? '.', { checkSignatures: true });
const t = performance.now();
const record = await readRecordOfMain(archive);
const t1 = performance.now();
const v = await verifyRecord(archive, record, {
  now: process.argv[3] ?? new Date().toISOString(),
  derive: true,
  progress: () => {},
});
archive.close();
console.log(
  v.counts,
  v.findings.length,
  'read',
  t1 - t,
  'verify',
  performance.now() - t1,
  process.memoryUsage().rss / 1e6,
);
const by = new Map<string, number>();
for (const f of v.findings) by.set(f.severity + ' ' + f.code, (by.get(f.severity + ' ' + f.code) ?? 0) + 1);
console.log(by);
for (const f of v.findings.filter((x) => x.severity === 'critical').slice(0, 12)) console.log(f);

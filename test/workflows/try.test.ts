import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readActionFile, readWorkflowFile } from './runner/workflow-file.ts';
import { evaluate } from './runner/expressions.ts';
it('parses', async () => {
  for (const f of readdirSync('.github/workflows')) {
    const w = await readWorkflowFile(f, readFileSync(`.github/workflows/${f}`, 'utf8'));
    console.log(f, JSON.stringify(w.on), JSON.stringify(w.concurrency), w.jobs.map((j) => [j.id, j.condition, j.permissions, j.needs, j.environment, j.matrix].map(x=>JSON.stringify(x)).join(' | ')).join('\n   '));
  }
  for (const f of readdirSync('.github/actions')) console.log(JSON.stringify(readActionFile(f, readFileSync(`.github/actions/${f}/action.yml`, 'utf8'))).slice(0, 1500));
  console.log(evaluate("join(github.event.client_payload.employees, ',') && success()", { contexts: { github: { event: { client_payload: { employees: ['1', '2'] } } } }, status: { ok: true, failed: false, cancelled: false } }));
  expect(1).toBe(1);
});

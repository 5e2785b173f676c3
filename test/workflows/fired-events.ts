/** Makes the event of a trigger happen, and tells whether its workflow started. */
import type { Company } from './company.ts';
import type { Mutant } from './mutants.ts';

/** @returns a function that fires the event that the line is about; true when a run of its workflow came of it. */
export function firedEvents(company: Company): (mutant: Mutant) => Promise<boolean> {
  let count = 0;
  const fire: Record<string, (mutant: Mutant) => Promise<unknown>> = {
    schedule: async ({ workflow }) => company.actions.schedule(`${workflow}.yml`),
    push: async ({ name }) => {
      const path = name.includes('holds.yaml') ? 'state/holds.yaml' : 'mappings/x.yaml';
      return company.control('github', 'POST', '/commits', { files: { [path]: `# ${count}\n` } });
    },
    repository_dispatch: async ({ workflow }) =>
      company.github('token-cas', 'POST', '/dispatches', {
        event_type: workflow === 'urgent' ? 'bamboohr' : 'rollcall-heartbeat',
        client_payload: { employees: ['1'] },
      }),
    workflow_dispatch: async ({ workflow }) =>
      company.github('token-cas', 'POST', `/actions/workflows/${workflow}.yml/dispatches`, {
        ref: 'main',
        ...(workflow === 'urgent' ? { inputs: { employees: '1', reason: 'test' } } : {}),
      }),
    issue_comment: async () => {
      const number = await open();
      return company.github('token-bob', 'POST', `/issues/${number}/comments`, { body: '/hold' });
    },
    pull_request: async () => open(),
    pull_request_target: async () => open(),
  };
  async function open(): Promise<number> {
    const branch = `edit-${count}`;
    await company.push('token-ann', branch, { 'mappings/y.yaml': `# ${count}\n` });
    const pull = await company.github<{ number: number }>('token-ann', 'POST', '/pulls', {
      title: 'x',
      head: branch,
      base: 'main',
    });
    return pull.number;
  }
  return async (mutant) => {
    count += 1;
    const before = company.actions.runs.length;
    await fire[String(mutant.at[1])]?.(mutant);
    await company.actions.settle();
    return company.actions.runs
      .slice(before)
      .some(({ workflow }) => workflow.path.endsWith(`/${mutant.workflow}.yml`));
  };
}

/** HR at BambooHR: people who type into its screens, here through its write API. */
import type { EmulatedVendors } from './emulated-vendors.ts';

export interface Hr {
  /** @returns the id that BambooHR gave */
  hire(facts: Record<string, string>): Promise<string>;
  edit(id: string, facts: Record<string, string>): Promise<void>;
  /** A new row of a table, in effect from its date: how BambooHR changes jobs and employment. */
  addRow(id: string, table: 'jobInfo' | 'employmentStatus', row: Record<string, string>): Promise<void>;
}

export function createHr({ call }: EmulatedVendors): Hr {
  const authorization = `Basic ${Buffer.from('demo-hr-manager:x').toString('base64')}`;
  const write = <T>(path: string, body: object): Promise<T> =>
    call('bamboohr', authorization, 'POST', path, body);
  return {
    async hire(facts) {
      return (await write<{ id: string }>('/api/v1/employees', facts)).id;
    },
    async edit(id, facts) {
      await write(`/api/v1/employees/${id}`, facts);
    },
    async addRow(id, table, row) {
      await write(`/api/v1_1/employees/${id}/tables/${table}`, row);
    },
  };
}

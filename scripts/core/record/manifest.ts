/** state/export.json: when and how completely BambooHR was last read. Never committed: it speaks of this checkout only. */
import { z } from 'zod';
import { Day } from '../values/calendar.ts';
import { HrId } from '../values/hr-id.ts';

const Instant = z.iso.datetime().meta({ description: 'Real time, UTC' });

export const Manifest = z
  .strictObject({
    version: z.literal(1),
    startedAt: Instant,
    finishedAt: Instant.meta({
      description: 'Real time, UTC: apply grants nothing on a read older than an hour',
    }),
    asOf: Day,
    complete: z
      .boolean()
      .meta({ description: 'false: the export was refused and nothing may be planned on it' }),
    refused: z.string().optional().meta({ description: 'Code of the refusal' }),
    total: z.int().min(0).meta({ description: 'Employees that BambooHR counted' }),
    only: z.array(HrId).optional().meta({ description: 'HR ids, when not everybody was read' }),
    files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)).meta({
      description: 'sha256 of every person file as export left it: tells a file that was edited by hand',
    }),
  })
  .meta({ id: 'export', title: 'state/export.json', description: 'What the newest export did.' });
export type Manifest = z.infer<typeof Manifest>;

/** mappings/examples.yaml: tests of the mappings: "given this employee, expect these groups". */
import { z } from 'zod';
import { Day } from '../values/calendar.ts';

export const Example = z.strictObject({
  name: z.string().min(1),
  asOf: Day.optional().meta({ description: 'The day it is; default 2026-01-01' }),
  employee: z
    .record(z.string(), z.string())
    .meta({ description: 'HR fields, by the names that expressions use' }),
  expect: z.strictObject({
    stage: z.enum(['future', 'prehire', 'active', 'leave', 'left', 'hold']).optional(),
    username: z.string().optional(),
    email: z.string().optional(),
    groups: z.array(z.string()).optional().meta({ description: 'Exactly these groups' }),
    includesGroups: z.array(z.string()).optional(),
    excludesGroups: z.array(z.string()).optional(),
    attributes: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'At least these attributes' }),
  }),
});
export type Example = z.infer<typeof Example>;

export const ExamplesFile = z.strictObject({ examples: z.array(Example).default([]) }).meta({
  id: 'examples',
  title: 'mappings/examples.yaml',
  description: 'Tests of the mappings, run by check.',
});
export type ExamplesFile = z.infer<typeof ExamplesFile>;

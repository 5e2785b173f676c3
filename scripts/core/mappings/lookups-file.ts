/** mappings/lookups.yaml: tables for `lookup('table', field, 'otherwise')`. */
import { z } from 'zod';

export const LookupsFile = z
  .strictObject({ tables: z.record(z.string().min(1), z.record(z.string(), z.string())).default({}) })
  .meta({
    id: 'lookups',
    title: 'mappings/lookups.yaml',
    description: "Tables of text for lookup('table', field, 'otherwise').",
  });
export type LookupsFile = z.infer<typeof LookupsFile>;

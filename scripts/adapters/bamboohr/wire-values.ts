/** Shapes that several of BambooHR's answers share. */
import { z } from 'zod';
import { HrId } from '../../core/values/hr-id.ts';

/** A field value: text as a rule, numbers and booleans here and there (recorded 2026), absent as null. */
export const FieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Ids are text in some answers and numbers in others (time off: text live, integer in the document). They become file names. */
export const IdValue = z.union([z.string(), z.int()]).transform(String).pipe(HrId);

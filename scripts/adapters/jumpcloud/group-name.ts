/** A group as lists and creates tell it. */
import { z } from 'zod';

export const GroupName = z
  .looseObject({ id: z.string().min(1), name: z.string() })
  .transform(({ id, name }) => ({ id, name }));
export type GroupName = z.infer<typeof GroupName>;

/** state/people/<nn>/<id>.yaml: one person, facts above, consequences below. Written by export only. */
import { z } from 'zod';
import { Day } from '../values/calendar.ts';
import { HrId } from '../values/hr-id.ts';

export const Stage = z.enum(['future', 'prehire', 'active', 'leave', 'left', 'hold']);
export type Stage = z.infer<typeof Stage>;

export const AccountState = z.enum(['none', 'staged', 'active', 'suspended', 'deleted']);
export type AccountState = z.infer<typeof AccountState>;

/** JumpCloud id (or type:id) -> name. */
const Names = z.record(z.string(), z.string());

export const DesiredAccount = z.strictObject({
  state: AccountState,
  username: z.string().optional(),
  email: z.string().optional(),
  attributes: z.record(z.string(), z.string()),
  managerId: HrId.optional(),
  groups: z.record(z.string(), z.string()).meta({ description: 'Group name: because' }),
  bindings: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'type:name of a device group, policy or application: because' }),
});
export type DesiredAccount = z.infer<typeof DesiredAccount>;

export const Taken = z.strictObject({ groups: Names.optional(), bindings: Names.optional() });
export type TakenThings = z.infer<typeof Taken>;

export const PersonFile = z
  .strictObject({
    employee: z
      .looseObject({ id: HrId })
      .catchall(z.string())
      .meta({ description: 'Facts from BambooHR; absent ones are left out' }),
    leave: z.strictObject({ from: Day, until: Day.optional() }).optional().meta({
      description:
        'Time off that counts as leave, or a leave that HR has entered ahead; its type is never written',
    }),
    stage: Stage,
    review: z
      .string()
      .optional()
      .meta({ description: 'Why what follows from the stage is never done without review' }),
    missingSince: Day.optional().meta({
      description: 'First day on which a complete export did not show this person',
    }),
    hold: z.strictObject({ code: z.string(), message: z.string() }).optional(),
    account: DesiredAccount.optional().meta({
      description:
        'Desired in JumpCloud, derived by mappings/; on hold it stays as it was last decided and nothing is done',
    }),
    takes: z.array(z.string()).optional().meta({
      description: 'What leave, or leaving, takes from this person: kinds of things, as lifecycle.yaml says',
    }),
    mappingChanged: z.array(z.string()).optional().meta({
      description:
        'Consequences that an edit of the mappings caused, not HR, until they are applied: never done without review',
    }),
    movedFrom: z
      .record(z.string(), Day)
      .optional()
      .meta({ description: 'Groups that the rules gave until this day and no longer do, for 30 days' }),
    given: Taken.optional().meta({
      description: 'What Rollcall gave, by JumpCloud id, folded from receipts',
    }),
    restore: Taken.optional().meta({
      description: 'What leave took, to be given back on return, folded from receipts',
    }),
  })
  .meta({
    id: 'person',
    title: 'Person',
    description: 'One employee: HR facts, stage and desired account. Written by export only.',
  });
export type PersonFile = z.infer<typeof PersonFile>;

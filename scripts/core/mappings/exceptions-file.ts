/** mappings/exceptions.yaml: hand-written exceptions, each with an owner, a reason and an end. */
import { z } from 'zod';
import { Day } from '../values/calendar.ts';
import { HrId } from '../values/hr-id.ts';
import { AttributeName } from './attributes-file.ts';

const common = {
  owner: z.string().min(1).meta({ description: 'Who answers for it: a login or a team' }),
  reason: z.string().min(1),
  expires: Day.meta({ description: 'Last day on which it counts' }),
};
const person = HrId.meta({ description: 'HR id' });
const account = z.string().min(1).meta({ description: 'JumpCloud user name or address' });

export const Exception = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('hold'), person, ...common })
    .meta({ description: 'Nothing is granted to or taken from this person.' }),
  z
    .strictObject({ kind: z.literal('group'), person, group: z.string().min(1), ...common })
    .meta({ description: 'An extra group until the end.' }),
  z
    .strictObject({ kind: z.literal('pin'), person, attribute: AttributeName, value: z.string(), ...common })
    .meta({ description: 'An attribute with this value whatever HR says.' }),
  z
    .strictObject({ kind: z.literal('ignore'), account, ...common })
    .meta({ description: 'An account that Rollcall never touches nor reports.' }),
  z
    .strictObject({ kind: z.literal('adopt'), person, account, ...common })
    .meta({ description: 'This account is this person’s, although matching cannot tell.' }),
  z
    .strictObject({ kind: z.literal('reinstate'), person, ...common })
    .meta({ description: 'A manual exit was a mistake: give everything back, for review.' }),
  z
    .strictObject({ kind: z.literal('left'), person, ...common })
    .meta({ description: 'This person, missing from HR, has left.' }),
]);
export type Exception = z.infer<typeof Exception>;

export const ExceptionsFile = z.strictObject({ exceptions: z.array(Exception).default([]) }).meta({
  id: 'exceptions',
  title: 'mappings/exceptions.yaml',
  description: 'Exceptions, each with an owner, a reason and an end.',
});
export type ExceptionsFile = z.infer<typeof ExceptionsFile>;

/** mappings/groups/*.yaml: who is in which JumpCloud user group, by rule. */
import { z } from 'zod';

export const GroupRule = z.strictObject({
  group: z
    .string()
    .min(1)
    .max(255)
    .refine((name) => name !== '__proto__', 'no group can bear this name')
    .meta({ description: 'Exact name of the JumpCloud user group', examples: ['Engineering'] }),
  when: z
    .string()
    .min(1)
    .max(8_000)
    .meta({
      description: 'CEL expression that gives true or false',
      examples: ["department == 'Engineering'", "location.startsWith('London')"],
    }),
  because: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Said in plans instead of the rule itself' }),
  create: z
    .boolean()
    .default(false)
    .meta({ description: 'Create the group in JumpCloud when it is not there' }),
  members: z.enum(['given', 'exact', 'none']).default('given').meta({
    description:
      'given: take away only what Rollcall gave. exact: the rules are the whole truth. none: empty the group.',
  }),
});
export type GroupRule = z.infer<typeof GroupRule>;

export const GroupsFile = z.strictObject({ groups: z.array(GroupRule) }).meta({
  id: 'groups',
  title: 'mappings/groups/*.yaml',
  description: 'User groups and the rules that fill them. Any number of files, so that teams can own theirs.',
});
export type GroupsFile = z.infer<typeof GroupsFile>;

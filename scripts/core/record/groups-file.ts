/** state/groups.yaml: name and JumpCloud id of every group that the mappings name, pinned when first seen. */
import { z } from 'zod';

export const PinnedGroupsFile = z
  .strictObject({
    groups: z
      .record(z.string().min(1), z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'not an id of JumpCloud'))
      .default({})
      .meta({ description: 'Group name: JumpCloud id' }),
  })
  .meta({
    id: 'pinned-groups',
    title: 'state/groups.yaml',
    description: 'Which JumpCloud group each name meant when it was first seen. Written by Rollcall only.',
  });
export type PinnedGroupsFile = z.infer<typeof PinnedGroupsFile>;

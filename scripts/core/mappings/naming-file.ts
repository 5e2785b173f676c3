/** mappings/naming.yaml: how user names and addresses are made. */
import { z } from 'zod';

const Candidates = z.array(z.string().min(1).max(4_000)).min(1).max(20);

export const NamingFile = z
  .strictObject({
    username: z
      .strictObject({
        candidates: Candidates.default([
          'slug(localPart(workEmail))',
          "slug(coalesce(preferredName, firstName)) + '.' + slug(lastName)",
          'slug(firstName + lastName)',
        ]).meta({
          description:
            'CEL expressions, tried in order until one is free; then the last that gave a name, numbered 2, 3 …',
        }),
        maxLength: z
          .int()
          .min(1)
          .max(64)
          .default(30)
          .meta({ description: 'JumpCloud: at most 30 on Mac and Linux, 20 on Windows' }),
        onNameChange: z.enum(['propose', 'keep']).default('propose').meta({
          description:
            'propose: a changed name proposes a rename, always for review. keep: given once, kept for ever.',
        }),
      })
      .prefault({}),
    email: z
      .strictObject({
        candidates: Candidates.default(['workEmail']).meta({
          description: 'CEL expressions; the default takes what HR provides and holds a joiner until it does',
        }),
      })
      .prefault({}),
  })
  .meta({
    id: 'naming',
    title: 'mappings/naming.yaml',
    description: 'How user names and addresses are made; given once, kept.',
  });
export type NamingFile = z.infer<typeof NamingFile>;

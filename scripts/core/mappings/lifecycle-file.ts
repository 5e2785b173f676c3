/** mappings/lifecycle.yaml: who is in scope, how BambooHR's statuses read, when things happen, what leave and leaving take away. */
import { z } from 'zod';
import { isTimeZone } from '../values/calendar.ts';
import { foldEmail } from '../values/fold-name.ts';

const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time is written HH:MM');
const Days = z.int().min(0).max(3_650);

export const StatusMeaning = z.enum(['working', 'leave', 'terminated']);
export type StatusMeaning = z.infer<typeof StatusMeaning>;

/** What a JumpCloud user can be bound to directly, besides groups (OpenAPI: associations of a user). */
export const BindingType = z.enum(['system', 'system_group', 'policy', 'policy_group', 'application']);
export type BindingType = z.infer<typeof BindingType>;

const ActivationMail = z
  .union([z.enum(['work', 'manager', 'none']), z.email()])
  .transform((to) => (to.includes('@') ? foldEmail(to) : to))
  .meta({
    description:
      'Where JumpCloud sends the activation mail: work (their own address), manager, an address of IT, or none',
  });

export const LifecycleFile = z
  .strictObject({
    timeZone: z
      .string()
      .refine(isTimeZone, 'not a time zone: write an IANA name such as Europe/Zurich')
      .meta({
        description: "The company's time zone in BambooHR: days begin and end there",
        examples: ['America/Denver'],
      }),
    scope: z.string().default('true').meta({
      description: 'CEL: whom Rollcall looks after. Whoever it leaves out is reported and never touched.',
    }),
    employmentStatuses: z.record(z.string(), StatusMeaning).meta({
      description:
        'BambooHR employment status: working, leave or terminated. "" stands for none. A value that is not here puts people on hold.',
    }),
    prehire: z
      .strictObject({
        days: Days.default(7).meta({
          description: 'Days before the first day at which the account is staged',
        }),
        groups: z.boolean().default(true).meta({
          description: 'Give groups to staged accounts, so that everything is there on the first day',
        }),
      })
      .prefault({}),
    start: z
      .strictObject({
        time: Time.default('00:00').meta({
          description: 'Company time at which a pre-armed start takes effect',
        }),
        activationMail: ActivationMail.default('work'),
        arm: z
          .boolean()
          .default(true)
          .meta({ description: "Pre-arm starts with JumpCloud's scheduled activation" }),
      })
      .prefault({}),
    lastDay: z
      .strictObject({
        time: Time.default('23:59').meta({
          description: 'Company time at which access ends on the last day worked',
        }),
        armDays: Days.default(0).meta({
          description:
            'How many days before the last day the termination date may enter git and be armed. 0: on the day itself, so that no pull request announces a dismissal.',
        }),
      })
      .prefault({}),
    contractEnd: z
      .boolean()
      .default(false)
      .meta({ description: 'Read contractEndDate as the last day when HR gives no termination date' }),
    leave: z
      .strictObject({
        groups: z.enum(['take', 'keep']).default('take'),
        bindings: z
          .array(BindingType)
          .default(['policy', 'policy_group'])
          .meta({ description: 'Associations taken during leave and given back after' }),
        armDays: Days.default(3).meta({
          description:
            'How many days ahead the first day of a leave may enter git and be armed, so that access ends on time with no run at all',
        }),
        timeOff: z
          .strictObject({
            types: z.array(z.string().min(1)).min(1).meta({
              description:
                'Ids of BambooHR time-off types that count as leave; the type is never written to git',
            }),
            minimumDays: Days.default(20).meta({
              description:
                'Calendar days from which time off counts as leave; adjacent requests count as one',
            }),
          })
          .optional(),
      })
      .prefault({}),
    leaving: z
      .strictObject({
        bindings: z
          .array(BindingType)
          .default(['system', 'system_group', 'policy', 'policy_group', 'application']),
        sshKeys: z.enum(['keep', 'remove']).default('keep'),
        reports: z.enum(['keep', 'next-manager']).default('keep').meta({
          description:
            "Whom a leaver's reports get as manager until HR says: nobody new, or the leaver's own manager",
        }),
        deleteAfterDays: z
          .int()
          .min(1)
          .max(3_650)
          .optional()
          .meta({ description: 'Propose deletion this many days after the last day; absent: never delete' }),
      })
      .prefault({}),
  })
  .meta({
    id: 'lifecycle',
    title: 'mappings/lifecycle.yaml',
    description: 'Scope, statuses, windows, and what leave and leaving take away.',
  });
export type LifecycleFile = z.infer<typeof LifecycleFile>;

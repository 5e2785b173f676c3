/** mappings/guardrails.yaml: what may happen without review, who may approve, and how much is too much. */
import { z } from 'zod';
import { HrId } from '../values/hr-id.ts';
import { Override } from './overrides.ts';

const Percent = z.number().min(0).max(100);

export const BudgetClass = z.enum([
  'suspend',
  'leave-group',
  'unbind',
  'update',
  'delete',
  'drift',
  'return',
]);
export type BudgetClass = z.infer<typeof BudgetClass>;

export const DriftChoice = z.enum(['usual', 'report', 'review', 'auto']);
export type DriftChoice = z.infer<typeof DriftChoice>;

export const Approver = z.strictObject({
  login: z.string().min(1).meta({ description: 'GitHub login' }),
  employee: HrId.optional().meta({
    description: 'Their HR id: nobody approves a change to their own access',
  }),
});

const AUTO_UPDATES = [
  'firstname',
  'middlename',
  'lastname',
  'displayname',
  'jobTitle',
  'description',
  'phone.*',
  'address.*',
];

export const GuardrailsFile = z
  .strictObject({
    freeze: z
      .strictObject({ reason: z.string().min(1), owner: z.string().min(1) })
      .optional()
      .meta({ description: 'While this is here nothing is planned or applied, but urgent exits.' }),
    auto: z
      .strictObject({
        leavers: z
          .boolean()
          .default(true)
          .meta({ description: 'Revocations of people unmistakably left or on leave need no review' }),
        schedules: z
          .boolean()
          .default(true)
          .meta({ description: 'Arming inside the window, and cancelling jobs of our own, need no review' }),
        returns: z.boolean().default(true).meta({ description: 'Returns from leave need no review' }),
        updates: z.array(z.string()).default(AUTO_UPDATES).meta({
          description:
            'Attributes whose update needs no review; "phone.*" stands for all of them. Leave out what dynamic groups of JumpCloud read (department, location, employeeType …): there an update is a grant.',
        }),
      })
      .prefault({}),
    drift: z
      .strictObject({
        attributes: DriftChoice.default('usual'),
        memberships: DriftChoice.default('usual'),
        bindings: DriftChoice.default('usual'),
        accounts: DriftChoice.exclude(['auto']).default('usual'),
      })
      .prefault({})
      .meta({
        description:
          'What becomes of a change that somebody made by hand in JumpCloud. usual: as if HR had changed it. report: nothing, it is only told. review: the next plan proposes to put it back. auto: the next plan puts it back within the budget "drift".',
      }),
    approvals: z
      .strictObject({
        approvers: z
          .array(Approver)
          .default([])
          .meta({ description: 'Who may approve; empty: anyone with write access' }),
        required: z.int().min(1).max(6).default(1),
        requiredOverBudget: z.int().min(1).max(6).default(2),
        expireHours: z.int().min(1).max(720).default(72),
      })
      .prefault({}),
    protected: z
      .strictObject({
        accounts: z.array(z.string().min(1)).default([]).meta({
          description: 'User names or addresses that get no action at all: break-glass and service accounts',
        }),
        groups: z
          .array(z.string().min(1))
          .default([])
          .meta({ description: 'Groups whose membership Rollcall never changes' }),
        privilegedGroups: z
          .array(z.string().min(1))
          .default([])
          .meta({ description: 'Groups whose grants are shown first and always reviewed' }),
        minimumActiveAdmins: z
          .int()
          .min(0)
          .default(1)
          .meta({ description: 'So many console administrators must stay active' }),
      })
      .prefault({}),
    budgets: z
      .strictObject({
        windowDays: z.int().min(1).max(90).default(7),
        floor: z
          .int()
          .min(0)
          .default(5)
          .meta({ description: 'So many people a class are always within budget' }),
        percent: z
          .partialRecord(BudgetClass, Percent)
          .default({})
          .meta({ description: 'Share of linked accounts a class may touch in the window; default 10' }),
        slice: z
          .strictObject({ field: z.string().min(1), percent: Percent.default(30) })
          .optional()
          .meta({
            description: 'One field whose every value has a budget of its own, for instance department',
          }),
      })
      .prefault({}),
    export: z
      .strictObject({
        dropPeople: z.int().min(0).default(5),
        dropPercent: Percent.default(5),
      })
      .prefault({}),
    flapping: z
      .strictObject({ times: z.int().min(2).default(3), days: z.int().min(1).default(7) })
      .prefault({}),
    poison: z
      .strictObject({ people: z.int().min(1).default(5), percent: Percent.default(5) })
      .prefault({})
      .meta({
        description:
          'The same attribute emptied for more people than this is refused: it looks like a lost permission',
      }),
    overrides: z
      .array(Override)
      .default([])
      .meta({ description: 'Reviewed lines that let one guardrail pass for a while' }),
  })
  .meta({
    id: 'guardrails',
    title: 'mappings/guardrails.yaml',
    description: 'What needs no review, who approves, and how much is too much.',
  });
export type GuardrailsFile = z.infer<typeof GuardrailsFile>;

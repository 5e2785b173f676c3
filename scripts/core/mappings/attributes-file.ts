/** mappings/attributes.yaml: which JumpCloud attribute holds which HR fact, and who owns it. */
import { z } from 'zod';
import { isPrivateHrField } from '../people/private-hr-field.ts';

/** Text attributes of a JumpCloud system user that HR may feed (OpenAPI 2026-08, systemuserput). */
export const PROFILE_ATTRIBUTES = [
  'firstname',
  'middlename',
  'lastname',
  'displayname',
  'description',
  'jobTitle',
  'department',
  'location',
  'company',
  'costCenter',
  'employeeType',
  'alternateEmail',
  'managedAppleId',
] as const;

export const ADDRESS_PARTS = [
  'poBox',
  'extendedAddress',
  'streetAddress',
  'locality',
  'region',
  'postalCode',
  'country',
] as const;

/**
 * One flat name for each value: `jobTitle`, `phone.work`, `address.work.locality`, `custom.costCode`. JumpCloud keeps
 * the last three in arrays that a write replaces whole, so the plan holds only our keys and apply merges them in.
 * Custom names: "may only contain letters and numbers" (400 of the API, seen in the official module's tests).
 */
export const AttributeName = z.string().refine(isAttributeName, {
  error: (issue) =>
    `"${String(issue.input)}" is no JumpCloud attribute: use one of ${PROFILE_ATTRIBUTES.join(', ')}, phone.<type>, address.<type>.<part> or custom.<name of letters and digits>`,
});

export function isAttributeName(name: string): boolean {
  if ((PROFILE_ATTRIBUTES as readonly string[]).includes(name)) return true;
  if (/^phone\.[a-z][a-z_]{0,31}$/i.test(name) || /^custom\.[A-Za-z0-9]{1,64}$/.test(name)) return true;
  const address = /^address\.[a-z][a-z_]{0,31}\.(\w+)$/i.exec(name);
  return address !== null && (ADDRESS_PARTS as readonly string[]).includes(address[1] ?? '');
}

const ExpressionText = z
  .string()
  .min(1)
  .max(4_000)
  .meta({
    description: 'CEL expression over the HR fields that gives text',
    examples: ["coalesce(preferredName, firstName) + ' ' + lastName"],
  });

export const AttributeRule = z
  .union([
    ExpressionText,
    z.strictObject({
      value: ExpressionText,
      owner: z.enum(['hr', 'people', 'ignore']).default('hr').meta({
        description:
          'hr: HR wins, drift is put right. people: set once, people may change it. ignore: written down here, never touched.',
      }),
    }),
  ])
  .transform((rule) => (typeof rule === 'string' ? { value: rule, owner: 'hr' as const } : rule));

export const CustomField = z.strictObject({
  field: z
    .string()
    .min(1)
    .refine(
      (field) => !isPrivateHrField(field),
      'this is a private part of the HR record and is never exported: git does not forget',
    )
    .meta({
      description: "BambooHR's name of the field in the employee dataset",
      examples: ['customBadgeNumber'],
    }),
  description: z.string().optional(),
});

export const AttributesFile = z
  .strictObject({
    customFields: z
      .record(
        z
          .string()
          .regex(
            /^[a-z][A-Za-z0-9]{0,39}$/,
            'a field name starts with a small letter and holds letters and digits',
          ),
        CustomField,
      )
      .default({})
      .meta({ description: 'Further BambooHR fields to export, under the names that expressions use' }),
    attributes: z
      .record(AttributeName, AttributeRule)
      .meta({ description: 'JumpCloud attribute: expression' }),
  })
  .meta({
    id: 'attributes',
    title: 'mappings/attributes.yaml',
    description: 'Which JumpCloud attribute holds which HR fact, and who owns it.',
  });
export type AttributesFile = z.infer<typeof AttributesFile>;

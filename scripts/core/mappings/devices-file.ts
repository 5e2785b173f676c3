/** mappings/devices.yaml: what people are bound to directly: device groups, policies, applications. */
import { z } from 'zod';

export const DeviceRule = z.strictObject({
  bind: z.enum(['system_group', 'policy', 'policy_group', 'application']).default('system_group'),
  name: z
    .string()
    .min(1)
    .max(255)
    .meta({ description: 'Exact name in JumpCloud', examples: ['London laptops'] }),
  when: z.string().min(1).max(8_000).meta({ description: 'CEL expression that gives true or false' }),
  because: z.string().min(1).max(200).optional(),
});
export type DeviceRule = z.infer<typeof DeviceRule>;

export const DevicesFile = z.strictObject({ bindings: z.array(DeviceRule).default([]) }).meta({
  id: 'devices',
  title: 'mappings/devices.yaml',
  description: 'Device groups, policies and applications that people are bound to directly.',
});
export type DevicesFile = z.infer<typeof DevicesFile>;

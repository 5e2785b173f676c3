/** mappings/notifications.yaml: which event is told to whom, by which channel. */
import { z } from 'zod';

export const NotificationEvent = z.enum([
  'provisioned',
  'needs-review',
  'offboarded',
  'suspended',
  'reinstated',
  'held',
  'failed',
  'guardrail-refused',
  'schedule-armed',
  'silence',
]);
export type NotificationEvent = z.infer<typeof NotificationEvent>;

export const NotificationRoute = z.strictObject({
  events: z.array(NotificationEvent).min(1),
  channel: z.enum(['slack', 'email', 'webhook']),
  to: z.array(z.email()).optional().meta({ description: 'E-mail addresses, for the email channel' }),
  names: z.boolean().default(false).meta({ description: 'Show names, not only HR ids' }),
});
export type NotificationRoute = z.infer<typeof NotificationRoute>;

export const NotificationsFile = z
  .strictObject({
    routes: z.array(NotificationRoute).default([]),
    silenceHours: z
      .int()
      .min(1)
      .max(720)
      .default(26)
      .meta({ description: 'Tell when no run succeeded for this many hours' }),
  })
  .meta({
    id: 'notifications',
    title: 'mappings/notifications.yaml',
    description: 'Which event is told to whom.',
  });
export type NotificationsFile = z.infer<typeof NotificationsFile>;

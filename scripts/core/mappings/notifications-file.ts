/** mappings/notifications.yaml: which event is told to whom, by which channel, in which words. */
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

export const NotificationChannel = z.enum(['slack', 'email', 'webhook']);
export type NotificationChannel = z.infer<typeof NotificationChannel>;

export const NotificationRoute = z
  .strictObject({
    events: z.array(NotificationEvent).min(1),
    channel: NotificationChannel,
    to: z
      .array(z.email())
      .min(1)
      .optional()
      .meta({ description: 'E-mail addresses, for the email channel and only there' }),
    names: z.boolean().default(false).meta({ description: 'Show names, not only HR ids' }),
    futureExits: z.boolean().default(false).meta({
      description:
        'schedule-armed also tells of last days that are still to come. Whoever reads this route learns of an exit before it happens.',
    }),
  })
  .superRefine((route, context) => {
    const refuse = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (route.channel === 'email' && route.to === undefined)
      refuse('channel', 'email needs addresses in "to"');
    if (route.channel !== 'email' && route.to !== undefined)
      refuse('to', `is for email only: where ${route.channel} goes is a secret of the repository`);
    if (route.futureExits && !route.events.includes('schedule-armed'))
      refuse('futureExits', 'says something about schedule-armed only, which is not in "events"');
  });
export type NotificationRoute = z.infer<typeof NotificationRoute>;

/** Plain text with `{placeholders}`; notification-templates.ts holds the closed list and checks them. */
export const NotificationTemplate = z.strictObject({
  title: z
    .string()
    .min(1)
    .max(120)
    // A subject line: a break in it would forge a header.
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'a title is one line')
    .optional()
    .meta({ description: 'One line: the headline of the message and the subject of the mail' }),
  text: z.string().max(2_000).optional().meta({ description: 'Plain text below it' }),
});
export type NotificationTemplate = z.infer<typeof NotificationTemplate>;

export const NotificationsFile = z
  .strictObject({
    routes: z.array(NotificationRoute).default([]),
    templates: z.partialRecord(NotificationEvent, NotificationTemplate).default({}).meta({
      description: 'Words of your own, by event, with {placeholders} from a closed list',
    }),
    from: z
      .email()
      .optional()
      .meta({ description: 'Sender of mails; default: the user of SMTP_URL when that is an address' }),
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

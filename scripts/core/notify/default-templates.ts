/** What is said where mappings/notifications.yaml has no words of its own. */
import type { NotificationEvent } from '../mappings/notifications-file.ts';

export const DEFAULT_TEMPLATES: Readonly<Record<NotificationEvent, { title: string; text: string }>> = {
  provisioned: { title: 'Provisioned: {people}', text: '{list}' },
  'needs-review': {
    title: 'Needs review: {counts}',
    text: 'Plan {plan} of {day} waits for approval.\n{list}\n{others}',
  },
  offboarded: { title: 'Offboarded: {people}', text: '{list}' },
  suspended: { title: 'Suspended: {people}', text: '{list}' },
  reinstated: { title: 'Reinstated: {people}', text: '{list}' },
  held: {
    title: 'On hold: {people}',
    text: 'Nothing is granted or taken until somebody decides.\n{list}',
  },
  failed: { title: '{counts}', text: '{list}\n{others}' },
  'guardrail-refused': { title: 'Refused by a guardrail: {codes}', text: '{list}' },
  'schedule-armed': { title: 'Armed in JumpCloud: {people}', text: '{list}' },
  silence: {
    title: 'No successful run for {hours}',
    text: 'The last run that succeeded: {last}. Look whether the workflows are enabled and what they say.',
  },
};

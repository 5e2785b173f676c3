/**
 * Notices × routes -> deliveries. Whoever stands on a route gets an event once: routes that go to the same place with
 * the same names are one, and what the ledger has for that place is left out.
 *
 * | notice                        | goes to                                             |
 * |-------------------------------|-----------------------------------------------------|
 * | a last day that is armed      | routes with futureExits: true                       |
 * | any other                     | every route that names its event                    |
 * | several people newly on hold, several codes of guardrails against one plan | one delivery, with the key of each |
 * | more people than a webhook body should hold | several deliveries to the webhook, in parts |
 */
import type { NotificationChannel, NotificationRoute } from '../mappings/notifications-file.ts';
import { digestOf } from '../values/canonical-json.ts';
import { compareHrIds } from '../values/hr-id.ts';
import type { Notice } from './notice.ts';

export interface Delivery {
  channel: NotificationChannel;
  /** Addresses of the email channel. */
  to: string[];
  names: boolean;
  notice: Notice;
  /** What is remembered once it is sent: one for each notice in it. */
  keys: string[];
  /** Names this delivery to the receiver, so that it can tell a repetition. */
  id: string;
  part?: { number: number; of: number };
}

/** People in one body of the webhook: a machine wants all of them, and no body of megabytes. */
const PEOPLE_IN_PART = 500;

/** Deliveries in the order of the notices; `sent` holds the keys of what was told. */
export function routeNotices(
  notices: Notice[],
  routes: NotificationRoute[],
  sent: ReadonlySet<string>,
): Delivery[] {
  const places = new Map<string, NotificationRoute & { place: string }>();
  for (const route of routes)
    for (const event of route.events) {
      const place = placeOf(route);
      const id = `${event} ${place}`;
      const futureExits = route.futureExits || (places.get(id)?.futureExits ?? false);
      places.set(id, { ...route, events: [event], futureExits, place });
    }
  const deliveries: Delivery[] = [];
  for (const { events, channel, to, names, futureExits, place } of places.values()) {
    const due = notices
      .filter(({ event }) => events.includes(event))
      .filter((notice) => notice.futureExit !== true || futureExits)
      .map((notice) => ({ notice, key: digestOf([notice.key, place]).slice(0, 32) }))
      .filter(({ key }) => !sent.has(key));
    for (const { notice, keys } of gather(due))
      deliveries.push(
        ...partsOf({
          channel,
          to: [...new Set(to ?? [])].sort(),
          names,
          notice,
          keys,
          id: idOf(keys),
        }).filter((part) => !part.keys.every((key) => sent.has(key))),
      );
  }
  const order = new Map(notices.map((notice, index) => [notice.event + notice.key, index]));
  const rank = ({ notice }: Delivery): number => order.get(notice.event + notice.key) ?? 0;
  return deliveries
    .map((each, index) => ({ each, index }))
    .sort((a, b) => rank(a.each) - rank(b.each) || a.index - b.index)
    .map(({ each }) => each);
}

function placeOf({ channel, to, names }: NotificationRoute): string {
  return JSON.stringify([channel, [...new Set(to ?? [])].sort(), names]);
}

function idOf(keys: string[]): string {
  return keys.length === 1 ? (keys[0] ?? '') : digestOf([...keys].sort()).slice(0, 32);
}

/** Notices that belong together become one, at the place of the first; its people and codes are those of all. */
function gather(due: { notice: Notice; key: string }[]): { notice: Notice; keys: string[] }[] {
  return due.flatMap(({ notice, key }) => {
    if (notice.together === undefined) return [{ notice, keys: [key] }];
    const all = due.filter(
      (each) => each.notice.event === notice.event && each.notice.together === notice.together,
    );
    if (all[0]?.notice !== notice) return [];
    const people = all.flatMap((each) => each.notice.people).sort((a, b) => compareHrIds(a.person, b.person));
    const codes = [...new Set(all.flatMap((each) => each.notice.codes ?? []))].sort();
    return [
      {
        notice: { ...notice, people, ...(codes.length === 0 ? {} : { codes }) },
        keys: all.map((each) => each.key),
      },
    ];
  });
}

function partsOf(delivery: Delivery): Delivery[] {
  const { people } = delivery.notice;
  const of = delivery.channel === 'webhook' ? Math.ceil(people.length / PEOPLE_IN_PART) : 1;
  if (of <= 1) return [delivery];
  return Array.from({ length: of }, (_, index) => {
    const part = { number: index + 1, of };
    const share = people.slice(index * PEOPLE_IN_PART, (index + 1) * PEOPLE_IN_PART);
    const keys = delivery.keys.map((key) => digestOf([key, part]).slice(0, 32));
    return { ...delivery, notice: { ...delivery.notice, people: share }, keys, id: idOf(keys), part };
  });
}

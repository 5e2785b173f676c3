/** The world as the seed that would make it again. */
import { exportEdges } from './state.ts';
import type { GroupDoc, World } from './world.ts';
import { groupsOf } from './groups.ts';
import { objectsOf } from './catalogue.ts';

const LISTED = new Set(['system', 'application', 'policy']);

export function exportSeed(world: World): Record<string, unknown> {
  const edges = exportEdges(world);
  const isMembership = (from: string, to: string): boolean =>
    (from === 'user_group' && to === 'user') || (from === 'system_group' && to === 'system');
  const fields = (type: string): object[] =>
    objectsOf(world, type).map((object) => ({ name: object.name, ...object.fields, _id: object.id }));
  const { id, displayName, settings } = world.organization;
  return {
    organization: { id, displayName, settings },
    users: [...world.users.values()].map(({ id: _, ...user }) => user),
    userGroups: groupsOf(world, 'user_group').map((group) => exportGroup(world, group)),
    systemGroups: groupsOf(world, 'system_group').map((group) => exportGroup(world, group)),
    systems: fields('system'),
    applications: fields('application'),
    policies: fields('policy'),
    objects: [...world.objects.values()]
      .filter(({ type }) => !LISTED.has(type))
      .map((object) => ({ ...object.fields, type: object.type, name: object.name, id: object.id })),
    associations: edges
      .filter(([from, to]) => !isMembership(from.type, to.type))
      .map(([from, to, attributes]) => ({
        [SOURCE_KEYS[from.type] ?? from.type]: from.id,
        type: to.type,
        target: to.id,
        ...(attributes === undefined ? {} : { attributes }),
      })),
    scheduled: world.scheduled.map((change) => ({
      user: change.userId,
      state: change.state,
      scheduledDate: change.at.toISOString(),
      scheduledJobId: change.jobId,
      sendActivationEmails: change.sendEmails,
      ...(change.emailOverride === undefined ? {} : { activationEmailOverride: change.emailOverride }),
      initiatedBy: change.actor.initiatedBy,
    })),
    emails: world.emails,
    ...(world.apiKeys === undefined ? {} : { apiKeys: world.apiKeys }),
    ...(world.serviceAccounts === undefined ? {} : { serviceAccounts: world.serviceAccounts }),
    switches: world.switches,
  };
}

const SOURCE_KEYS: Record<string, string> = {
  user: 'user',
  user_group: 'userGroup',
  system_group: 'systemGroup',
  system: 'system',
};

/** Members of a user group by username, as a person would write them. */
function exportGroup(world: World, group: GroupDoc): Record<string, unknown> {
  const { type: _, ...fields } = group;
  const members =
    group.type === 'user_group'
      ? [...world.graph.trueNeighbours(group.id, 'user').keys()].map(
          (id) => world.users.get(id)?.username ?? id,
        )
      : [...world.graph.trueNeighbours(group.id, 'system').keys()];
  return { ...fields, members };
}

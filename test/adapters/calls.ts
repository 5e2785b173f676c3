/** Every call the clients can make, with the one route that it is about: what faults and documents are held against. */
import type { Repeat } from '../../scripts/adapters/http/request.ts';
import { ID, type Vendors } from './vendors.ts';

export interface ClientCall {
  name: string;
  vendor: 'bamboohr' | 'jumpcloud';
  method: string;
  /** The first request of the call with this method and prefix is the one meant. */
  path: string;
  repeat: Repeat;
  run(clients: ReturnType<Vendors['connect']>): Promise<unknown>;
}

const FIELDS = [
  'id',
  'firstName',
  'lastName',
  'workEmail',
  'department',
  'managerId',
  'status',
  'employmentStatus',
  'hireDate',
  'terminationDate',
];
const CUSTOM = { badge: 'customBadge' };

function call(
  vendor: ClientCall['vendor'],
  repeat: Repeat,
  route: string,
  name: string,
  run: ClientCall['run'],
): ClientCall {
  const [method = '', path = ''] = route.split(' ');
  return { name, vendor, method, path, repeat, run };
}

const company: ClientCall['run'] = async ({ hr }) => {
  const read = await hr.readCompany([...FIELDS, 'badge'], CUSTOM);
  return { ...read, scheduled: [...read.scheduled] };
};
const people: ClientCall['run'] = async ({ hr }) => {
  const read = await hr.readPeople(['101', '102'], [...FIELDS, 'badge'], CUSTOM);
  return { ...read, scheduled: [...read.scheduled] };
};
const group: ClientCall['run'] = async ({ reader }) => {
  const read = await reader.readGroup(ID.staff);
  return read && { ...read, members: [...read.members] };
};

const V1 = '/api/systemusers';
const V2 = '/api/v2';

export const CALLS: ClientCall[] = [
  call('bamboohr', 'read', 'GET /api/v1/employees', 'readCompany, list', company),
  call('bamboohr', 'read', 'POST /api/v2/datasets', 'readCompany, dataset', company),
  call('bamboohr', 'read', 'POST /api/v1/reports', 'readCompany, report', company),
  call('bamboohr', 'read', 'GET /api/v1/employees/101', 'readPeople', people),
  call('bamboohr', 'read', 'GET /api/v1/employees/changed', 'readChanges', ({ hr }) =>
    hr.readChanges('2026-11-01T00:00:00Z'),
  ),
  call('bamboohr', 'read', 'GET /api/v1/time_off', 'readTimeOff', ({ hr }) =>
    hr.readTimeOff('2026-11-20', '2026-11-30', ['80']),
  ),
  call('bamboohr', 'read', 'GET /api/v1/webhooks', 'webhooks, list', ({ webhooks }) => webhooks.list()),
  call('bamboohr', 'read', `GET /api/v1/webhooks/${ID.webhook}`, 'webhooks, read', ({ webhooks }) =>
    webhooks.read(ID.webhook),
  ),
  call('bamboohr', 'read', 'GET /api/v1/webhooks/monitor_fields', 'webhooks, fields', ({ webhooks }) =>
    webhooks.listMonitorFields(),
  ),
  call('bamboohr', 'read', `GET /api/v1/webhooks/${ID.webhook}/log`, 'webhooks, log', ({ webhooks }) =>
    webhooks.readLog(ID.webhook),
  ),

  call('jumpcloud', 'read', `GET ${V1}`, 'readAccounts', ({ reader }) => reader.readAccounts()),
  call('jumpcloud', 'read', `GET ${V1}`, 'countAccounts', ({ reader }) => reader.countAccounts()),
  call('jumpcloud', 'read', `GET ${V1}/${ID.ada}`, 'readAccount', ({ reader }) => reader.readAccount(ID.ada)),
  call('jumpcloud', 'read', `GET ${V1}`, 'findAccounts', ({ reader }) =>
    reader.findAccounts('email', 'ada@example.com'),
  ),
  call('jumpcloud', 'read', `GET ${V2}/usergroups`, 'readGroupNames', ({ reader }) =>
    reader.readGroupNames(),
  ),
  call('jumpcloud', 'read', `GET ${V2}/usergroups/${ID.staff}`, 'readGroup', group),
  call('jumpcloud', 'read', `GET ${V2}/usergroups/${ID.staff}/members`, 'readGroup, members', group),
  call('jumpcloud', 'read', `GET ${V2}/users/${ID.ada}/memberof`, 'isMember', ({ reader }) =>
    reader.isMember(ID.staff, ID.ada),
  ),
  call('jumpcloud', 'read', `GET ${V2}/users/${ID.ada}/memberof`, 'readMemberships', ({ reader }) =>
    reader.readMemberships(ID.ada),
  ),
  call('jumpcloud', 'read', `GET ${V2}/users/${ID.ada}/associations`, 'readBindings', ({ reader }) =>
    reader.readBindings(ID.ada, ['policy']),
  ),
  call('jumpcloud', 'read', `GET ${V2}/systemgroups`, 'readBindable, device groups', ({ reader }) =>
    reader.readBindable(['system_group']),
  ),
  call('jumpcloud', 'read', `GET ${V2}/policies`, 'readBindable, policies', ({ reader }) =>
    reader.readBindable(['policy']),
  ),
  call('jumpcloud', 'read', `GET ${V2}/policygroups`, 'readBindable, policy groups', ({ reader }) =>
    reader.readBindable(['policy_group']),
  ),
  call('jumpcloud', 'read', 'GET /api/systems', 'readBindable, systems', ({ reader }) =>
    reader.readBindable(['system']),
  ),
  call('jumpcloud', 'read', 'GET /api/applications', 'readBindable, applications', ({ reader }) =>
    reader.readBindable(['application']),
  ),
  call('jumpcloud', 'read', `GET ${V2}/bulk/userstates`, 'readArmed', ({ reader }) => reader.readArmed()),
  call('jumpcloud', 'read', `GET ${V1}/${ID.ada}/sshkeys`, 'readSshKeys', ({ reader }) =>
    reader.readSshKeys(ID.ada),
  ),

  call('jumpcloud', 'once', `POST ${V1}`, 'createAccount', ({ writer }) =>
    writer.createAccount({
      username: 'new',
      email: 'new@example.com',
      state: 'STAGED',
      anchor: '104',
      attributes: {
        firstname: 'New',
        'phone.work': '1',
        'custom.costCode': '7',
        'address.work.locality': 'London',
      },
    }),
  ),
  call('jumpcloud', 'idempotent', `PUT ${V1}/${ID.ada}`, 'changeAccount', ({ writer }) =>
    writer.changeAccount(ID.ada, {
      state: 'SUSPENDED',
      manager: null,
      attributes: { department: 'Sales', jobTitle: null, 'phone.work': '2' },
    }),
  ),
  call('jumpcloud', 'read', `GET ${V1}/${ID.ada}`, 'changeAccount, reading arrays', ({ writer }) =>
    writer.changeAccount(ID.ada, { attributes: { 'phone.work': '2' } }),
  ),
  call('jumpcloud', 'once', `POST ${V1}/${ID.bo}/state/activate`, 'activateAccount', ({ writer }) =>
    writer.activateAccount(ID.bo, false),
  ),
  call('jumpcloud', 'idempotent', `DELETE ${V1}/${ID.ada}`, 'deleteAccount', ({ writer }) =>
    writer.deleteAccount(ID.ada, null),
  ),
  call('jumpcloud', 'once', `POST ${V2}/usergroups`, 'createGroup', ({ writer }) =>
    writer.createGroup('New Group'),
  ),
  call(
    'jumpcloud',
    'idempotent',
    `POST ${V2}/usergroups/${ID.sales}/members`,
    'changeMembership, add',
    ({ writer }) => writer.changeMembership('add', ID.sales, ID.ada),
  ),
  call(
    'jumpcloud',
    'idempotent',
    `POST ${V2}/usergroups/${ID.staff}/members`,
    'changeMembership, remove',
    ({ writer }) => writer.changeMembership('remove', ID.staff, ID.ada),
  ),
  call(
    'jumpcloud',
    'idempotent',
    `POST ${V2}/users/${ID.ada}/associations`,
    'changeBinding, add',
    ({ writer }) => writer.changeBinding('add', ID.ada, { type: 'system_group', id: ID.laptops }),
  ),
  call(
    'jumpcloud',
    'idempotent',
    `POST ${V2}/users/${ID.ada}/associations`,
    'changeBinding, remove',
    ({ writer }) => writer.changeBinding('remove', ID.ada, { type: 'policy', id: ID.policy }),
  ),
  call('jumpcloud', 'once', `POST ${V2}/bulk/userstates`, 'armState', ({ writer }) =>
    writer.armState(ID.bo, 'ACTIVATED', '2026-12-01T07:00:00Z', 'it@example.com'),
  ),
  call('jumpcloud', 'idempotent', `DELETE ${V2}/bulk/userstates/${ID.job}`, 'cancelArmed', ({ writer }) =>
    writer.cancelArmed(ID.job),
  ),
  call('jumpcloud', 'idempotent', `DELETE ${V1}/${ID.ada}/sshkeys/${ID.key}`, 'deleteSshKey', ({ writer }) =>
    writer.deleteSshKey(ID.ada, ID.key),
  ),
];

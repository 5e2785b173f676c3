/** What is written to JumpCloud, key by key, and what its answers mean; sources in the reference. */
import { describe, expect, test } from 'vitest';
import { spellAttributes } from '../../../scripts/adapters/jumpcloud/attributes.ts';
import { connectDirectoryWriter } from '../../../scripts/adapters/jumpcloud/write/connect.ts';
import { AnswerLost, type DirectoryWriter } from '../../../scripts/ports.ts';
import { failureOf, type Played, playNetwork, type PlayedNetwork } from '../play-network.ts';

const ORIGIN = 'https://console.jumpcloud.com';
const USER = { _id: 'u1', username: 'ada', email: 'ada@example.com', state: 'ACTIVATED' };

function connect(...answers: Played[]): { writer: DirectoryWriter; network: PlayedNetwork } {
  const network = playNetwork(ORIGIN, ...answers);
  return {
    writer: connectDirectoryWriter({ JUMPCLOUD_API_KEY: 'canary-key' }, { wire: network.wire }),
    network,
  };
}

const ADA = {
  username: 'ada',
  email: 'ada@example.com',
  state: 'STAGED',
  anchor: '1042',
  attributes: {
    firstname: 'Ada',
    'phone.work': '1',
    'custom.costCode': '7',
    'address.work.locality': 'London',
  },
} as const;

describe('create', () => {
  test('says state and anchor in the create itself, arrays in their own shape', async () => {
    const { writer, network } = connect({ body: { ...USER, state: 'STAGED', employeeIdentifier: '1042' } });
    expect(await writer.createAccount(ADA)).toMatchObject({ id: 'u1', anchor: '1042', state: 'STAGED' });
    expect(network.sent).toMatchObject([{ method: 'POST', path: '/api/systemusers' }]);
    expect(network.sent[0]?.body).toEqual({
      username: 'ada',
      email: 'ada@example.com',
      state: 'STAGED',
      employeeIdentifier: '1042',
      firstname: 'Ada',
      phoneNumbers: [{ type: 'work', number: '1' }],
      attributes: [{ name: 'costCode', value: '7' }],
      addresses: [{ type: 'work', locality: 'London' }],
    });
  });
  test.each([
    { status: 500 },
    { status: 502 },
    { status: 503 },
    { status: 504 },
    { error: 'ECONNRESET' },
    { body: '<html>' },
    { status: 200 },
    { body: { message: 'x' } },
    // Somebody else's, which would get the groups of whom is made here.
    { body: { ...USER, employeeIdentifier: '1043' } },
    { body: USER },
  ] as Played[])('%j may have made it: never again, never a guess', async (answer) => {
    const { writer, network } = connect(answer, { body: USER });
    const error = await failureOf(writer.createAccount(ADA));
    expect(error).toBeInstanceOf(AnswerLost);
    expect(error.message).not.toMatch(/canary|ada/);
    expect(network.sent.length).toBe(1);
  });
  test.each([{ status: 429, headers: { 'retry-after': '1' } }, { error: 'ECONNREFUSED' }] as Played[])(
    '%j cannot have made it: again',
    async (answer) => {
      const { writer, network } = connect(answer, { body: { ...USER, employeeIdentifier: '1042' } });
      await writer.createAccount(ADA);
      expect(network.sent.length).toBe(2);
    },
  );
  test('a refusal is told in words, without the person', async () => {
    const { writer } = connect({
      status: 400,
      body: { message: 'User ada with ada@example.com already exists' },
    });
    const error = await failureOf(writer.createAccount(ADA));
    expect(error).toMatchObject({ exit: 1, code: 'jumpcloud-refused' });
    expect(error.message).toContain(': … already exists');
  });
  test('a group is not made twice either', async () => {
    const { writer } = connect({ status: 503 });
    await expect(writer.createGroup('All Staff')).rejects.toBeInstanceOf(AnswerLost);
    const made = connect({ status: 201, body: { id: 'g1', name: 'All Staff', type: 'user_group' } });
    expect(await made.writer.createGroup('All Staff')).toEqual({ id: 'g1', name: 'All Staff' });
  });
});

describe('change', () => {
  test('sends the changed keys and no others, null to clear a manager, "" to clear a text, never suspended', async () => {
    const { writer, network } = connect({ body: USER });
    await writer.changeAccount('u1', {
      state: 'SUSPENDED',
      manager: null,
      attributes: { jobTitle: null, department: 'Sales' },
    });
    expect(network.sent).toMatchObject([{ method: 'PUT', path: '/api/systemusers/u1' }]);
    expect(network.sent[0]?.body).toEqual({
      state: 'SUSPENDED',
      manager: null,
      jobTitle: '',
      department: 'Sales',
    });
  });
  test('a new name goes out as it is, with the anchor where that changes', async () => {
    const { writer, network } = connect({ body: USER });
    const changes = { username: 'ada.king', email: 'ada.king@example.com' };
    await writer.changeAccount('u1', { ...changes, anchor: '1042' });
    expect(network.sent[0]?.body).toEqual({ ...changes, employeeIdentifier: '1042' });
  });
  test('reads first only when an array is touched, and writes that array whole without server ids', async () => {
    const { writer, network } = connect(
      {
        body: {
          ...USER,
          phoneNumbers: [
            { id: 'p1', type: 'home', number: '9' },
            { id: 'p2', type: 'work', number: '1' },
          ],
          attributes: [{ name: 'badge', value: '5' }],
        },
      },
      { body: USER },
    );
    await writer.changeAccount('u1', { attributes: { 'phone.work': '2', 'phone.mobile': '3' } });
    expect(network.sent.map(({ method }) => method)).toEqual(['GET', 'PUT']);
    expect(network.sent[1]?.body).toEqual({
      phoneNumbers: [
        { type: 'home', number: '9' },
        { type: 'work', number: '2' },
        { type: 'mobile', number: '3' },
      ],
    });
  });
  test('an account that is gone is not written to', async () => {
    const { writer, network } = connect({ status: 404, body: { message: 'Not Found' } });
    expect(await failureOf(writer.changeAccount('u1', { attributes: { 'phone.work': '2' } }))).toMatchObject({
      code: 'account-gone',
    });
    expect(network.sent.length).toBe(1);
  });
  test('where JumpCloud insists on the user name, it goes along as it stands', async () => {
    const { writer, network } = connect(
      { status: 400, body: { message: 'Path `username` is required.' } },
      { body: USER },
      { body: USER },
    );
    await writer.changeAccount('u1', { attributes: { department: 'Sales' } });
    expect(network.sent[2]?.body).toEqual({ username: 'ada', email: 'ada@example.com', department: 'Sales' });
  });
  test('an answer about somebody else is a lost one', async () => {
    const { writer } = connect({ body: { ...USER, _id: 'u2' } });
    const error = await failureOf(writer.changeAccount('u1', { attributes: { department: 'Sales' } }));
    expect(error).toBeInstanceOf(AnswerLost);
    expect(error.message).toContain('is not the account that was asked for');
  });
  test.each(['username', 'email'])('nothing may blank the %s', async (name) => {
    const { writer, network } = connect();
    await expect(writer.changeAccount('u1', { [name]: ' ' })).rejects.toThrow(TypeError);
    expect(network.sent).toEqual([]);
  });
  test('is repeated after a cut, and lost when nobody can say', async () => {
    const again = connect({ error: 'ECONNRESET' }, { body: USER });
    await again.writer.changeAccount('u1', { state: 'ACTIVATED' });
    const lost = connect(...Array.from({ length: 5 }, () => ({ status: 504 })));
    await expect(lost.writer.changeAccount('u1', { state: 'ACTIVATED' })).rejects.toBeInstanceOf(AnswerLost);
  });
});

describe('merging arrays', () => {
  test.each([
    [
      'set in place',
      { 'phone.work': '2' },
      { phoneNumbers: [{ id: '1', type: 'work', number: '1' }] },
      { phoneNumbers: [{ type: 'work', number: '2' }] },
    ],
    [
      'clear the only one',
      { 'phone.work': null },
      { phoneNumbers: [{ id: '1', type: 'work', number: '1' }] },
      { phoneNumbers: [] },
    ],
    [
      'clear every one of that type',
      { 'phone.work': null },
      {
        phoneNumbers: [
          { type: 'work', number: '1' },
          { type: 'home', number: '2' },
          { type: 'work', number: '3' },
        ],
      },
      { phoneNumbers: [{ type: 'home', number: '2' }] },
    ],
    ['clear what is not there', { 'custom.a': null }, {}, { attributes: [] }],
    [
      'two parts of one address',
      { 'address.work.locality': 'Paris', 'address.work.country': 'FR' },
      {
        addresses: [
          { id: '1', type: 'home', locality: 'Rome' },
          { id: '2', type: 'work', locality: 'London', region: 'X' },
        ],
      },
      {
        addresses: [
          { type: 'home', locality: 'Rome' },
          { type: 'work', locality: 'Paris', region: 'X', country: 'FR' },
        ],
      },
    ],
    [
      'an address emptied goes',
      { 'address.work.locality': null },
      { addresses: [{ id: '2', type: 'work', locality: 'London', region: '', country: null }] },
      { addresses: [] },
    ],
    [
      'custom attributes of others stay as they are',
      { 'custom.mine': 'x' },
      { attributes: [{ name: 'theirs', value: 'y' }] },
      {
        attributes: [
          { name: 'theirs', value: 'y' },
          { name: 'mine', value: 'x' },
        ],
      },
    ],
  ])('%s', (_, changes, current, expected) => {
    expect(spellAttributes(changes, current)).toEqual(expected);
  });
});

describe('groups and bindings', () => {
  test.each([
    ['add', { status: 204 }, 'done'],
    ['add', { status: 409, body: { message: 'Already Exists' } }, 'already'],
    ['remove', { status: 204 }, 'done'],
    ['remove', { status: 404, body: { message: 'Not Found' } }, 'already'],
  ] as ['add' | 'remove', Played, string][])('%s answered %j is %s', async (op, answer, outcome) => {
    const member = connect(answer);
    expect(await member.writer.changeMembership(op, 'g1', 'u1')).toBe(outcome);
    expect(member.network.sent).toMatchObject([
      { method: 'POST', path: '/api/v2/usergroups/g1/members', body: { op, type: 'user', id: 'u1' } },
    ]);
    const binding = connect(answer);
    expect(await binding.writer.changeBinding(op, 'u1', { type: 'policy', id: 'p1' })).toBe(outcome);
    expect(binding.network.sent).toMatchObject([
      { method: 'POST', path: '/api/v2/users/u1/associations', body: { op, type: 'policy', id: 'p1' } },
    ]);
  });
  test.each([
    ['add', { status: 404, body: { message: 'Not Found' } }],
    ['remove', { status: 409, body: {} }],
    ['add', { status: 400, body: { error: 'INVALID_ARGUMENT', message: 'user_group not found' } }],
    ['add', { status: 403, body: {} }],
  ] as ['add' | 'remove', Played][])('%s answered %j is refused', async (op, answer) => {
    expect(await failureOf(connect(answer).writer.changeMembership(op, 'g1', 'u1'))).toMatchObject({
      exit: 1,
    });
  });
  test('may be repeated', async () => {
    const { writer } = connect({ error: 'ECONNRESET' }, { status: 409, body: {} });
    expect(await writer.changeMembership('add', 'g1', 'u1')).toBe('already');
  });
  test.each([{ status: 200, body: '<html>login' }, { status: 200 }, { status: 200, body: {} }] as Played[])(
    '%j is no 204 and proves nothing',
    async (answer) => {
      await expect(connect(answer).writer.changeMembership('add', 'g1', 'u1')).rejects.toBeInstanceOf(
        AnswerLost,
      );
    },
  );
});

describe('states', () => {
  test.each([
    [true, {}],
    [false, { email: false }],
    ['it@example.com', { email: 'it@example.com' }],
  ])('activation with mail %j', async (mail, body) => {
    const { writer, network } = connect({ body: 'OK' });
    await writer.activateAccount('u1', mail);
    expect(network.sent).toMatchObject([{ method: 'POST', path: '/api/systemusers/u1/state/activate' }]);
    expect(network.sent[0]?.body).toEqual(body);
  });
  test('an activation is not repeated: the mail would go twice', async () => {
    const { writer, network } = connect({ error: 'ECONNRESET' }, { body: 'OK' });
    await expect(writer.activateAccount('u1', true)).rejects.toBeInstanceOf(AnswerLost);
    expect(network.sent.length).toBe(1);
  });

  const job = {
    scheduledJobId: 'j1',
    scheduledDate: '2026-12-01T00:00:00.000Z',
    state: 'SUSPENDED',
    systemUserId: 'u1',
  };
  test('arming a suspension carries no mail settings', async () => {
    const { writer, network } = connect({ status: 201, body: [job] });
    expect(await writer.armState('u1', 'SUSPENDED', '2026-12-01T00:00:00Z', true)).toEqual({
      job: 'j1',
      account: 'u1',
      state: 'SUSPENDED',
      at: '2026-12-01T00:00:00Z',
    });
    expect(network.sent[0]?.body).toEqual({
      user_ids: ['u1'],
      state: 'SUSPENDED',
      start_date: '2026-12-01T00:00:00Z',
    });
  });
  test.each([
    [true, { send_activation_emails: true }],
    [false, { send_activation_emails: false }],
    ['it@example.com', { activation_email_override: 'it@example.com' }],
  ])('arming an activation with mail %j', async (mail, more) => {
    const { writer, network } = connect({ status: 201, body: [{ ...job, state: 'ACTIVATED' }] });
    await writer.armState('u1', 'ACTIVATED', '2026-12-01T00:00:00Z', mail);
    expect(network.sent[0]?.body).toMatchObject(more);
  });
  test('is not armed twice, nor believed without its job', async () => {
    for (const answer of [
      { status: 502 },
      { status: 201, body: [] },
      { status: 201, body: [{ ...job, systemUserId: 'u2' }] },
    ])
      await expect(
        connect(answer).writer.armState('u1', 'SUSPENDED', '2026-12-01T00:00:00Z', false),
      ).rejects.toBeInstanceOf(AnswerLost);
  });
  test('cancelling what is not there any more', async () => {
    expect(await connect({ status: 204 }).writer.cancelArmed('j1')).toBe('done');
    expect(await connect({ status: 404, body: {} }).writer.cancelArmed('j1')).toBe('already');
  });
});

describe('deletions', () => {
  test.each([
    [null, 'null'],
    ['u9', 'u9'],
  ])('reports go to %j, always said, without a body', async (reportsTo, cascade) => {
    const { writer, network } = connect({ body: USER });
    await writer.deleteAccount('u1', reportsTo);
    expect(network.sent).toMatchObject([{ method: 'DELETE', path: '/api/systemusers/u1', body: undefined }]);
    expect(network.sent[0]?.query.get('cascade_manager')).toBe(cascade);
  });
  test('gone is gone, and an answer that is not the user is no proof', async () => {
    await connect(
      { error: 'ECONNRESET' },
      { status: 404, body: { message: 'Not Found' } },
    ).writer.deleteAccount('u1', null);
    await expect(connect({ status: 200 }).writer.deleteAccount('u1', null)).rejects.toBeInstanceOf(
      AnswerLost,
    );
  });
  test.each([
    [{ body: 'OK' }, 'done'],
    [{ status: 404, body: {} }, 'already'],
    [{ status: 400, body: { message: 'Not Found' } }, 'already'],
  ] as [Played, string][])('an SSH key, answered %j, is %s', async (answer, outcome) => {
    const { writer, network } = connect(answer);
    expect(await writer.deleteSshKey('u1', 'k1')).toBe(outcome);
    expect(network.sent[0]).toMatchObject({
      method: 'DELETE',
      path: '/api/systemusers/u1/sshkeys/k1',
      body: undefined,
    });
  });
  test('another 400 is a refusal', async () => {
    const refused = connect({ status: 400, body: { message: 'Cast to ObjectId failed' } });
    expect(await failureOf(refused.writer.deleteSshKey('u1', 'k1'))).toMatchObject({
      code: 'jumpcloud-refused',
    });
  });
});

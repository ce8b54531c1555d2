// What an application does with the WorkOS SDK for Node, against a rekey.
//
//   node resets.mjs MAJOR      7, 8 or 11: which alias of package.json to use
//
// Prints one line for each thing that worked; what did not ends it.
import assert from 'node:assert/strict';

import { clientId, major, sdk, where, workos, works } from './shared.mjs';

const users = workos.userManagement;

const PASSWORD = 'Sunny-Meadow-Walk-0042';
const NEW_PASSWORD = 'Quiet-Harbour-Lamp-7319';

/** The error that a call is refused with; its class and status must be these. */
async function refused(call, name, status) {
  try {
    await call;
  } catch (error) {
    assert.equal(error.name, name, `${error.name}: ${error.message}`);
    assert.equal(error.status, status);
    // The older ones look for the request id where it cannot be.
    if (major === '11') assert.match(error.requestID, /^req_/);
    return error;
  }
  return assert.fail(`not refused with ${status}`);
}

const signIn = (password) =>
  users.authenticateWithPassword({
    clientId,
    email: 'ada@example.com',
    password,
    ipAddress: '192.0.2.7',
    userAgent: 'Mozilla/5.0',
  });
const refresh = (refreshToken) => users.authenticateWithRefreshToken({ clientId, refreshToken });

async function aUser() {
  const made = await users.createUser({
    email: 'Ada@example.com',
    password: PASSWORD,
    firstName: 'Ada',
    lastName: 'Lovelace',
    externalId: 'customer-7',
    metadata: { plan: 'pro' },
  });
  assert.equal(made.object, 'user');
  assert.equal(made.emailVerified, false);
  assert.equal(made.externalId, 'customer-7');
  assert.deepEqual(await users.getUser(made.id), made);
  const changed = await users.updateUser({ userId: made.id, firstName: 'Augusta', metadata: { seat: '4' } });
  assert.equal(changed.firstName, 'Augusta');
  assert.deepEqual(changed.metadata, { plan: 'pro', seat: '4' });
  const other = await users.createUser({ email: 'gone@example.com' });
  await users.deleteUser(other.id);
  await refused(users.getUser(other.id), 'NotFoundException', 404);
  works('a user is created, read, changed and deleted');
  return made;
}

async function aList() {
  for (const name of ['one', 'two', 'three']) await users.createUser({ email: `${name}@example.com` });
  const found = await users.listUsers({ email: 'ADA@example.com' });
  assert.deepEqual(found.data.map((user) => user.email), ['Ada@example.com']);
  const first = await users.listUsers({ limit: 2 });
  assert.deepEqual(first.data.map((user) => user.email), ['three@example.com', 'two@example.com']);
  const next = await users.listUsers({ limit: 2, after: first.listMetadata.after });
  assert.deepEqual(next.data.map((user) => user.email), ['one@example.com', 'Ada@example.com']);
  works('users are listed page by page');
}

async function aReset(user) {
  const reset = await users.createPasswordReset({ email: 'ada@example.com' });
  assert.equal(reset.object, 'password_reset');
  assert.equal(reset.userId, user.id);
  assert.ok(reset.passwordResetUrl.endsWith(`token=${reset.passwordResetToken}`));
  assert.ok(new Date(reset.expiresAt) > new Date(reset.createdAt));
  assert.deepEqual(await users.getPasswordReset(reset.id), reset);
  works('a reset is created and read again');
  return reset.passwordResetToken;
}

async function aNewPassword(token) {
  const before = await signIn(PASSWORD);
  assert.equal(before.authenticationMethod, 'Password');
  const weak = await refused(users.resetPassword({ token, newPassword: 'short' }), 'BadRequestException', 400);
  assert.equal(weak.code, 'password_reset_error');
  assert.equal(weak.errors[0].code, 'password_too_weak');
  works('a weak password is refused and the token stays good');
  const { user } = await users.resetPassword({ token, newPassword: NEW_PASSWORD });
  assert.equal(user.emailVerified, true);
  works('the token sets the new password');
  const ended = await refused(refresh(before.refreshToken), 'OauthException', 400);
  assert.equal(ended.error, 'invalid_grant');
  works('the session from before is refused');
  const old = await refused(signIn(PASSWORD), 'GenericServerException', 400);
  assert.equal(old.rawData.code, 'invalid_credentials');
  const { user: signedIn } = await signIn(NEW_PASSWORD);
  assert.ok(signedIn.lastSignInAt);
  works('the old password is refused and the new one signs in');
  const used = await refused(users.resetPassword({ token, newPassword: PASSWORD }), 'NotFoundException', 404);
  assert.equal(used.code, 'password_reset_token_not_found');
  works('a used token is not found');
}

async function sessions(user) {
  const first = await signIn(NEW_PASSWORD);
  const second = await refresh(first.refreshToken);
  assert.notEqual(second.refreshToken, first.refreshToken);
  works('a refresh token is exchanged for the next one');
  const { data } = await users.listSessions(user.id);
  const { sid } = JSON.parse(Buffer.from(second.accessToken.split('.')[1], 'base64url'));
  const session = data.find((session) => session.id === sid);
  assert.equal(session.status, 'active');
  assert.equal(session.ipAddress, '192.0.2.7');
  assert.equal(session.userAgent, 'Mozilla/5.0');
  await users.revokeSession({ sessionId: sid });
  const left = await users.listSessions(user.id);
  assert.ok(!left.data.some((session) => session.id === sid));
  await refused(refresh(second.refreshToken), 'OauthException', 400);
  works('a session is listed and revoked');
}

async function refusals() {
  const reset = (email) => users.createPasswordReset({ email });
  const unknown = await refused(reset('nobody@example.com'), 'NotFoundException', 404);
  assert.equal(unknown.code, 'entity_not_found');
  works('an unknown address is not found');
  const malformed = await refused(reset('nobody'), 'UnprocessableEntityException', 422);
  assert.equal(malformed.code, 'invalid_request_parameters');
  works('an unreadable address is refused');
  const powerless = new sdk.WorkOS(process.env.REKEY_POWERLESS_KEY, where).userManagement;
  await refused(powerless.createPasswordReset({ email: 'ada@example.com' }), 'GenericServerException', 403);
  works('a key without the permission is refused');
  const stranger = new sdk.WorkOS('sk_nobody', where).userManagement;
  await refused(stranger.createPasswordReset({ email: 'ada@example.com' }), 'UnauthorizedException', 401);
  works('an unknown key is refused');
}

const user = await aUser();
await aList();
await aNewPassword(await aReset(user));
await sessions(user);
await refusals();

// An authenticator, asked for and answered with the WorkOS SDK for Node, and signing out.
//
//   node second_factor.mjs MAJOR
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

import { clientId, major, workos, works } from './shared.mjs';

const PASSWORD = 'Sunny-Meadow-Walk-0042';
const email = 'ada@example.com';
const users = workos.userManagement;
const factors = {
  enroll: (userId) =>
    major === '11'
      ? workos.multiFactorAuth.createUserAuthFactor({ userId, type: 'totp' })
      : users.enrollAuthFactor({ userId, type: 'totp' }),
  list: (userId) =>
    major === '11' ? workos.multiFactorAuth.listUserAuthFactors({ userId }) : users.listAuthFactors({ userId }),
};

/** The six digits that an app shows now (RFC 6238). */
function code(secret) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'));
  const key = Buffer.from(bits.join('').match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1000000).padStart(6, '0');
}

const signIn = () => users.authenticateWithPassword({ clientId, email, password: PASSWORD });
const answer = (challenge, digits) =>
  users.authenticateWithTotp({
    clientId,
    code: digits,
    pendingAuthenticationToken: challenge.pending_authentication_token,
    authenticationChallengeId: challenge.authentication_challenge.id,
  });
const failure = (call, status) =>
  call.then(
    () => assert.fail(`not refused with ${status}`),
    (error) => {
      assert.equal(error.status, status, error.message);
      return error.rawData;
    },
  );

const user = await users.createUser({ email, password: PASSWORD });
const { authenticationFactor, authenticationChallenge } = await factors.enroll(user.id);
assert.equal(authenticationFactor.type, 'totp');
assert.equal(authenticationChallenge.object, 'authentication_challenge');
const { secret } = authenticationFactor.totp;
works('an authenticator is enrolled');

// Answering the first challenge proves the authenticator, whatever a sign-in is called until then.
const challenge = await failure(signIn(), 403);
assert.equal(challenge.code, 'mfa_challenge');
assert.equal(challenge.user.id, user.id);
const wrong = code(secret) === '000000' ? '000001' : '000000';
assert.equal((await failure(answer(challenge, wrong), 400)).code, 'invalid_one_time_code');
const { accessToken, refreshToken } = await answer(challenge, code(secret));
works('a sign-in is finished with its code');

const { data } = await factors.list(user.id);
assert.deepEqual(data.map(({ id }) => id), [authenticationFactor.id]);
assert.ok(!JSON.stringify(data).includes(secret));
works('authenticators are listed without their secret');

const reset = await users.createPasswordReset({ email });
const token = reset.passwordResetToken;
const needed = await failure(users.resetPassword({ token, newPassword: 'Quiet-Harbour-Lamp-7319' }), 403);
assert.equal(needed.code, 'mfa_required');
works('a reset needs more than its token');

const { sid } = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url'));
const left = await fetch(users.getLogoutUrl({ sessionId: sid }), { redirect: 'manual' });
assert.equal(left.status, 200);
const ended = await failure(users.authenticateWithRefreshToken({ clientId, refreshToken }), 400);
assert.equal(ended.error, 'invalid_grant');
works('a session is left by its link');

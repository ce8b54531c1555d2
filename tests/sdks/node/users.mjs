// Users brought along from elsewhere, and their addresses, with the WorkOS SDK for Node.
//
//   node users.mjs MAJOR
//
// PASSWORD_HASH is of the password below. EMAIL_CODE was mailed to the user EMAIL_USER.
import assert from 'node:assert/strict';

import { clientId, workos, works } from './shared.mjs';

const { PASSWORD_HASH, EMAIL_CODE, EMAIL_USER } = process.env;
const PASSWORD = 'Sunny-Meadow-Walk-0042';
const users = workos.userManagement;

async function refused(call, code) {
  const error = await call.then(() => assert.fail(`not refused with ${code}`), (error) => error);
  assert.equal(error.status, 400, error.message);
  assert.equal(error.rawData?.code ?? error.code, code);
}

async function imported() {
  const made = await users.createUser({
    email: 'grace@example.com',
    externalId: 'customer-8',
    passwordHash: PASSWORD_HASH,
    passwordHashType: 'pbkdf2',
  });
  const signIn = (password) => users.authenticateWithPassword({ clientId, email: 'grace@example.com', password });
  await refused(signIn('Another-Meadow-Walk-0042'), 'invalid_credentials');
  // The first sign-in replaces the hash; the second one uses what took its place.
  for (const _ of [1, 2]) assert.equal((await signIn(PASSWORD)).user.id, made.id);
  works('a user with a hash made elsewhere signs in');
  assert.equal((await users.getUserByExternalId('customer-8')).id, made.id);
  works('a user is found by the id of the application');
  const { user } = await users.sendVerificationEmail({ userId: made.id });
  assert.equal(user.id, made.id);
  works('a verification mail is asked for');
}

async function verified() {
  const verify = (code) => users.verifyEmail({ userId: EMAIL_USER, code });
  await refused(verify(EMAIL_CODE === '000000' ? '000001' : '000000'), 'email_verification_code_incorrect');
  assert.equal((await verify(EMAIL_CODE)).user.emailVerified, true);
  await refused(users.sendVerificationEmail({ userId: EMAIL_USER }), 'email_already_verified');
  works('an address is verified with the code that was mailed');
}

await imported();
await verified();

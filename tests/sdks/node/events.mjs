// What happened, read and received with the WorkOS SDK for Node.
//
//   node events.mjs MAJOR
//
// WEBHOOK_BODY, WEBHOOK_SIGNATURE and WEBHOOK_SECRET are of a call that a rekey made for the
// event `password_reset.created`.
import assert from 'node:assert/strict';

import { sdk, workos, works } from './shared.mjs';

const { WEBHOOK_BODY, WEBHOOK_SIGNATURE, WEBHOOK_SECRET } = process.env;

async function listed() {
  // Version 7 does not pass an order on, so none is asked for.
  const events = ['user.created', 'password_reset.created'];
  const all = await workos.events.listEvents({ events });
  assert.equal(all.data.length, 2);
  const [user, reset] = events.map((kind) => all.data.find(({ event }) => event === kind));
  assert.equal(user.data.email, 'ada@example.com');
  assert.equal(reset.data.userId, user.data.id);
  assert.equal(reset.data.passwordResetToken, undefined);
  assert.ok(!JSON.stringify(all).includes('token='));
  const first = await workos.events.listEvents({ events, limit: 1 });
  assert.deepEqual(first.data, all.data.slice(0, 1));
  const next = await workos.events.listEvents({ events, after: first.data[0].id });
  assert.deepEqual(next.data, all.data.slice(1));
  works('events are listed by kind and page by page');
  return reset;
}

async function verified(reset) {
  const payload = JSON.parse(WEBHOOK_BODY);
  // What is signed is the text as it came; the SDK writes it anew from the value.
  assert.equal(JSON.stringify(payload), WEBHOOK_BODY);
  const call = { payload, sigHeader: WEBHOOK_SIGNATURE, secret: WEBHOOK_SECRET };
  const event = await workos.webhooks.constructEvent(call);
  assert.equal(event.event, 'password_reset.created');
  assert.equal(event.id, reset.id);
  works('a webhook is verified and is the event of the list');
  const forged = { ...payload, data: { ...payload.data, email: 'eve@example.com' } };
  await assert.rejects(workos.webhooks.constructEvent({ ...call, payload: forged }), sdk.SignatureVerificationException);
  await assert.rejects(workos.webhooks.constructEvent({ ...call, secret: 'whsec_x' }), sdk.SignatureVerificationException);
  works('a forged webhook is refused');
}

await verified(await listed());

// The emulator, asked by a client that nobody here wrote. Not in the suite: it would cost a package for one file.
//   mobility stripe-emulator --port 8555 &
//   cd "$(mktemp -d)" && npm i stripe && cp …/other_client.mjs . && node other_client.mjs
import Stripe from "stripe";
import assert from "node:assert/strict";
const stripe = new Stripe("sk_test_x", {
  host: "127.0.0.1",
  port: 8555,
  protocol: "http",
  maxNetworkRetries: 0,
});
const customer = await stripe.customers.create({ name: "Camille" });
const setup = await stripe.setupIntents.create({
  customer: customer.id,
  payment_method: "pm_card_visa",
  confirm: true,
  usage: "off_session",
});
assert.equal(setup.status, "succeeded");
const asked = {
  amount: 10000,
  currency: "eur",
  customer: customer.id,
  payment_method: setup.payment_method,
  confirm: true,
  off_session: true,
  capture_method: "manual",
  metadata: { key: "authorisation:1:0" },
};
const hold = await stripe.paymentIntents.create(asked, {
  idempotencyKey: "k1",
});
assert.equal(hold.status, "requires_capture");
assert.equal(
  (await stripe.paymentIntents.create(asked, { idempotencyKey: "k1" })).id,
  hold.id,
);
await assert.rejects(
  stripe.paymentIntents.create(
    { ...asked, amount: 1 },
    { idempotencyKey: "k1" },
  ),
  (e) => e.type === "StripeIdempotencyError",
);
const captured = await stripe.paymentIntents.capture(hold.id, {
  amount_to_capture: 3450,
});
assert.deepEqual(
  [captured.status, captured.amount_received],
  ["succeeded", 3450],
);
await assert.rejects(
  stripe.paymentIntents.capture(hold.id),
  (e) => e.type === "StripeInvalidRequestError",
);
const refund = await stripe.refunds.create({
  payment_intent: hold.id,
  amount: 450,
});
assert.equal(refund.status, "succeeded");
await assert.rejects(
  stripe.refunds.create({ payment_intent: hold.id, amount: 3001 }),
  (e) => e.type === "StripeInvalidRequestError",
);
const declined = await stripe.paymentIntents
  .create({
    amount: 500,
    currency: "eur",
    payment_method: "pm_card_visa_chargeDeclinedInsufficientFunds",
    confirm: true,
  })
  .catch((e) => e);
assert.deepEqual(
  [declined.type, declined.decline_code],
  ["StripeCardError", "insufficient_funds"],
);
const sca = await stripe.setupIntents.create({
  customer: customer.id,
  payment_method: "pm_card_authenticationRequired",
  confirm: true,
  usage: "off_session",
  return_url: "http://x.test/",
});
assert.equal(sca.next_action.type, "redirect_to_url");
const lines = [];
for await (const line of stripe.balanceTransactions.list({
  limit: 1,
  expand: ["data.source"],
}))
  lines.push(line);
assert.deepEqual(
  lines.map((l) => [l.type, l.amount, l.fee]),
  [
    ["refund", -450, 0],
    ["charge", 3450, 77],
  ],
);
assert.equal(lines[1].source.payment_intent, hold.id);
const clock = await stripe.testHelpers.testClocks.create({
  frozen_time: 1800000000,
});
const timed = await stripe.customers.create({ test_clock: clock.id });
const card = await stripe.paymentMethods.attach("pm_card_visa", {
  customer: timed.id,
});
const expiring = await stripe.paymentIntents.create({
  amount: 900,
  currency: "eur",
  customer: timed.id,
  payment_method: card.id,
  confirm: true,
  capture_method: "manual",
});
await stripe.testHelpers.testClocks.advance(clock.id, {
  frozen_time: 1800000000 + 8 * 86400,
});
assert.equal(
  (await stripe.paymentIntents.retrieve(expiring.id)).status,
  "canceled",
);
const endpoint = await stripe.webhookEndpoints.create({
  url: "http://127.0.0.1:9/",
  enabled_events: ["*"],
});
const payload = JSON.stringify({
  id: "evt_1",
  object: "event",
  type: "x",
  data: { object: {} },
});
const header = stripe.webhooks.generateTestHeaderString({
  payload,
  secret: endpoint.secret,
});
assert.equal(
  stripe.webhooks.constructEvent(payload, header, endpoint.secret).id,
  "evt_1",
);
const page = await stripe.checkout.sessions.create({
  mode: "setup",
  customer: customer.id,
  success_url: "http://x.test/",
  currency: "eur",
});
assert.equal(page.status, "open");
console.log(
  "stripe-node",
  Stripe.PACKAGE_VERSION,
  "agrees:",
  lines.length,
  "balance lines",
);

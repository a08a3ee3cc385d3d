import { expect, test } from "vitest";
import { parseDelivery } from "../../../src/adapters/nats/delivery.ts";

const rows: { why: string; reply: string | undefined; want: unknown }[] = [
  {
    why: "the short form",
    reply: "$JS.ACK.EVENTS.c1.1.42.7.1669412345123999999.3",
    want: { streamSequence: 42, consumerSequence: 7, stampMs: 1669412345123, pending: 3 },
  },
  {
    why: "the long form with domain, account and token",
    reply: "$JS.ACK.hub.AbCd.EVENTS.c1.1.42.7.1669412345123999999.3.x9",
    want: { streamSequence: 42, consumerSequence: 7, stampMs: 1669412345123, pending: 3 },
  },
  {
    why: "the long form without its token",
    reply: "$JS.ACK._.AbCd.EVENTS.c1.1.42.7.1669412345123000000.0",
    want: { streamSequence: 42, consumerSequence: 7, stampMs: 1669412345123, pending: 0 },
  },
  { why: "a status has no reply", reply: undefined, want: undefined },
  { why: "a request's reply", reply: "_INBOX.abc", want: undefined },
  { why: "a form of another length", reply: "$JS.ACK.EVENTS.c1.1.42", want: undefined },
  { why: "numbers that are none", reply: "$JS.ACK.EVENTS.c1.1.x.7.1669412345123999999.3", want: undefined },
];
test.each(rows)("$why", ({ reply, want }) => {
  expect(parseDelivery(reply)).toEqual(want);
});

import { decodeMessage } from "../src/core/event/decode.ts";
import { defaultEnvelope } from "../src/core/event/envelope.ts";
import type { Benchmark } from "./benchmark.ts";

const messages = Array.from({ length: 256 }, (_, index) =>
  Buffer.from(
    JSON.stringify({
      id: `evt-${index}`,
      type: "payment.authorization",
      time: 1_767_225_600_000 + index,
      cardBin: String(411_100 + (index % 50)),
      cardHash: `9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0${index}`,
      amount: index * 1.25,
      country: "DE",
      declined: index % 7 === 0,
    }),
  ),
);
const settings = { ...defaultEnvelope, source: "events" };
const context = { stampMs: 1_767_225_600_000, subject: "events.payment", headers: undefined };
const decoder = new TextDecoder();

export const benchmark: Benchmark = {
  about:
    "A message of some 220 bytes with 8 fields into an event, beside JSON.parse of the same bytes and nothing more.",
  cases: [
    {
      name: "JSON.parse of the decoded text",
      run: (count) => {
        let sum = 0;
        for (let index = 0; index < count; index += 1) {
          const parsed: unknown = JSON.parse(decoder.decode(messages[index & 255]));
          if (parsed !== null) sum += 1;
        }
        return sum;
      },
    },
    {
      name: "decodeMessage",
      run: (count) => {
        let sum = 0;
        for (let index = 0; index < count; index += 1) {
          const bytes = messages[index & 255];
          if (bytes !== undefined) sum += decodeMessage({ ...context, sequence: index, bytes }, settings).length;
        }
        return sum;
      },
    },
  ],
};

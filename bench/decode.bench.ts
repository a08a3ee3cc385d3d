import { isDeepStrictEqual } from "node:util";
import { decodeMessage } from "../src/core/event/decode.ts";
import { defaultEnvelope } from "../src/core/event/envelope.ts";
import { wholeOf } from "../src/core/event/event.ts";
import { compileDecoder, type DecodeMessage } from "../src/core/event/projecting-decoder.ts";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";

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
/** As many bytes, most of them in one member that nobody reads, and one nested member that somebody does. */
const nestedMessages = messages.map((_, index) =>
  Buffer.from(
    JSON.stringify({
      id: `evt-${index}`,
      type: "http.request",
      time: 1_767_225_600_000 + index,
      client: { ip: `10.0.0.${index}`, country: "DE" },
      headers: { accept: "text/html,application/xhtml+xml", agent: ["Mozilla/5.0", "X11", "Linux x86_64"], depth: 3 },
    }),
  ),
);
const settings = { ...defaultEnvelope, source: "events" };
const decoder = new TextDecoder();

/** Written out member by member: a spread here would cost more than the decoding. */
function decodeAll(decode: DecodeMessage, from: readonly Uint8Array[], count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index += 1) {
    const bytes = from[index & 255];
    if (bytes === undefined) continue;
    sum += decode({
      sequence: index,
      bytes,
      stampMs: 1_767_225_600_000,
      subject: "events.x",
      headers: undefined,
    }).length;
  }
  return sum;
}

function parseAll(from: readonly Uint8Array[], count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index += 1) {
    const parsed: unknown = JSON.parse(decoder.decode(from[index & 255]));
    if (parsed !== null) sum += 1;
  }
  return sum;
}

/** Every message once more, after the decoder has seen them all: what it gives is what `JSON.parse` gives. */
function check(name: string, decode: DecodeMessage, from: readonly Uint8Array[]): void {
  for (const bytes of [...from, ...from]) {
    const [only] = decode({ sequence: 0, bytes, stampMs: undefined, subject: undefined, headers: undefined });
    const parsed: unknown = JSON.parse(decoder.decode(bytes));
    if (only?.kind !== "event") throw new Error(`${name}: no event`);
    const { id, type, time, fields } = only.event;
    const whole = wholeOf(only.event);
    const isSame = isDeepStrictEqual(whole, parsed) && id === whole["id"] && type === whole["type"];
    const areFieldsSame = Object.entries(fields).every(([field, value]) => isDeepStrictEqual(value, whole[field]));
    if (!isSame || time !== whole["time"] || !areFieldsSame) throw new Error(`${name}: a wrong event`);
  }
}

function decodingCase(name: string, decode: DecodeMessage, from: readonly Uint8Array[] = messages): BenchmarkCase {
  check(name, decode, from);
  return { name, run: (count) => decodeAll(decode, from, count) };
}

export const benchmark: Benchmark = {
  about:
    "A message of some 210 bytes with 8 fields into an event, beside JSON.parse of the same bytes and nothing more; then one of as many bytes with nested members.",
  cases: [
    { name: "JSON.parse of the bytes", run: (count) => parseAll(messages, count) },
    decodingCase("whole event", (message) => decodeMessage(message, settings)),
    decodingCase("4 of 8 fields", compileDecoder(settings, ["amount", "cardBin", "country", "declined"])),
    decodingCase("no field, the envelope alone", compileDecoder(settings, [])),
    { name: "nested: JSON.parse of the bytes", run: (count) => parseAll(nestedMessages, count) },
    decodingCase("nested: whole event", (message) => decodeMessage(message, settings), nestedMessages),
    decodingCase("nested: 1 nested field", compileDecoder(settings, ["client"]), nestedMessages),
  ],
};

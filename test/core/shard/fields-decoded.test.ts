import { expect, test } from "vitest";
import { defaultEnvelope } from "../../../src/core/event/envelope.ts";
import { compileDecoder } from "../../../src/core/event/projecting-decoder.ts";
import { fieldsDecodedFor } from "../../../src/core/shard/fields-decoded.ts";
import { partitionOf } from "../../../src/core/shard/partition-of.ts";
import { timeOf } from "../time/watermark-inputs.ts";
import { planOf, settingsOf } from "./scenario.ts";

const plan = planOf({ rules: [{ id: "r", on: ["a"], conditions: "v == 1" }] });

test("the field that tells partitions apart is decoded though no rule reads it", () => {
  const partitions = { by: "host", expect: [] };
  const settings = settingsOf({ sources: [{ ...timeOf("s"), partitions }] });
  const fields = fieldsDecodedFor(plan, settings);
  expect(fields).toEqual(["host", "v"]);
  const decode = compileDecoder(
    { ...defaultEnvelope, source: "s", timeField: undefined, typeField: undefined, idField: undefined },
    fields,
  );
  const bytes = Buffer.from('{"type":"a","time":1,"v":1,"host":"h1","other":2}');
  const message = { sequence: 0, bytes, stampMs: undefined, subject: undefined, headers: undefined };
  const found = decode(message).map((element) =>
    element.kind === "event" ? partitionOf(partitions, element.event) : "",
  );
  expect(found).toEqual(["h1"]);
});

test("without partitions it is what the rules read", () => {
  expect(fieldsDecodedFor(plan, settingsOf())).toEqual(["v"]);
});

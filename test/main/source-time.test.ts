import { expect, test } from "vitest";
import { sourceTimeOf } from "../../src/main/source-time.ts";
import { parseConfig } from "../../src/spec/config.ts";

function timeOf(source: string) {
  const { config, lints } = parseConfig("tocsin.yaml", `sources: [${source}]`, {}, () => undefined);
  const [found] = config?.sources ?? [];
  return found === undefined ? lints.map(({ code, message }) => `${code}: ${message}`) : sourceTimeOf(found);
}

test.each([
  {
    why: "defaults: an hour into the future where the log stamps its messages",
    source: "{kind: local}",
    time: { source: "events", outOfOrdernessMs: 0, idleMs: 30_000, maxFutureMs: 3_600_000, partitions: undefined },
  },
  { why: "and no bound in a file, which does not", source: "{kind: file, path: x}", time: { maxFutureMs: Infinity } },
  {
    why: "bounds that are given",
    source: "{kind: file, path: x, maxFuture: 2d, idle: never, outOfOrderness: 5s}",
    time: { maxFutureMs: 172_800_000, idleMs: Infinity, outOfOrdernessMs: 5_000 },
  },
  { why: "none", source: "{kind: local, maxFuture: never}", time: { maxFutureMs: Infinity } },
  {
    why: "partitions",
    source: "{kind: local, partitions: {by: host, expect: [a, b]}}",
    time: { partitions: { by: "host", expect: ["a", "b"] } },
  },
  {
    why: "of which none need be expected",
    source: "{kind: local, partitions: {by: host}}",
    time: { partitions: { expect: [] } },
  },
])("$why", ({ source, time }) => {
  expect(timeOf(source)).toMatchObject(time);
});

test.each([
  {
    why: "a bound that is no duration",
    source: "{kind: local, maxFuture: always}",
    fault: /expected a duration .* or "never"/,
  },
  {
    why: "alignment, which one source has no use for",
    source: "{kind: local, maxDrift: 1m}",
    fault: /unsupported: .*maxDrift/,
  },
])("$why is refused", ({ source, fault }) => {
  expect(timeOf(source)).toEqual([expect.stringMatching(fault)]);
});

test("a part of a millisecond is refused when the service starts", () => {
  expect(() => timeOf("{kind: local, idle: 0.5ms}")).toThrow("not in whole milliseconds");
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { counters, gauges, histograms } from "../../../src/adapters/system/metrics.ts";
import { redact } from "../../../src/adapters/system/redact.ts";
import { systemTelemetry } from "../../../src/adapters/system/telemetry.ts";

function capture(level?: "debug" | "info"): { lines: string[]; telemetry: ReturnType<typeof systemTelemetry> } {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return {
    lines,
    telemetry: systemTelemetry({ destination, withProcessMetrics: false, ...(level === undefined ? {} : { level }) }),
  };
}

describe("metrics", () => {
  test("docs/metrics.md has every metric with its labels and meaning, and no other", () => {
    const page = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8");
    const rows = [...page.matchAll(/^\| `(tocsin_\w+)` \| (.*?) \| (.*) \|$/gm)].map(([, name, labels, help]) => ({
      name,
      labels: [...(labels ?? "").matchAll(/`(\w+)`/g)].map(([, label]) => label),
      help,
    }));
    const want = Object.entries({ ...counters, ...gauges, ...histograms }).map(([name, { labels, help }]) => ({
      name,
      labels: [...labels],
      help,
    }));
    expect(rows).toEqual(want);
  });

  test("are given as Prometheus reads them", async () => {
    const { telemetry } = capture();
    telemetry.count("tocsin_rule_errors_total", 2, { rule: "r" });
    telemetry.count("tocsin_rule_errors_total", 1, { rule: "r" });
    telemetry.count("tocsin_events_total");
    telemetry.gauge("tocsin_rules", 7);
    telemetry.observe("tocsin_commit_duration_seconds", 0.02);
    const { contentType, text } = await telemetry.metrics();
    expect(contentType).toContain("text/plain");
    const lines = text.split("\n");
    expect(lines).toContain('tocsin_rule_errors_total{rule="r"} 3');
    expect(lines).toContain("tocsin_events_total 1");
    expect(lines).toContain("tocsin_rules 7");
    expect(lines).toContain('tocsin_commit_duration_seconds_bucket{le="0.01"} 0');
    expect(lines).toContain('tocsin_commit_duration_seconds_bucket{le="0.025"} 1');
  });

  test("labels that a metric does not have are left out, and so are absent ones", async () => {
    const { telemetry } = capture();
    telemetry.count("tocsin_events_total", 1, { rule: "r" });
    telemetry.count("tocsin_deliveries_total", 1, { channel: "c" });
    const lines = (await telemetry.metrics()).text.split("\n");
    expect(lines).toContain("tocsin_events_total 1");
    expect(lines).toContain('tocsin_deliveries_total{channel="c"} 1');
  });

  test("a metric does not grow without end", async () => {
    const { telemetry } = capture();
    for (let rule = 0; rule < 10_050; rule += 1) telemetry.count("tocsin_rule_errors_total", 1, { rule: `r${rule}` });
    telemetry.count("tocsin_rule_errors_total", 1, { rule: "r5" });
    const lines = (await telemetry.metrics()).text.split("\n");
    expect(lines).toContain('tocsin_rule_errors_total{rule="other"} 50');
    expect(lines).toContain('tocsin_rule_errors_total{rule="r5"} 2');
  });
});

describe("logs", () => {
  test("one JSON line each, from the level on", () => {
    const { lines, telemetry } = capture();
    telemetry.debug("unseen");
    telemetry.warn("seen", { stream: "EVENTS" });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 40, msg: "seen", stream: "EVENTS" }]);
  });

  test("no secret reaches a line, wherever it stands", () => {
    const { lines, telemetry } = capture();
    const error = new Error("connect redis://user:hunter2@db:6379 failed", { cause: new Error("Bearer hunter2") });
    telemetry.error("calling https://u:hunter2@host/x", {
      err: error,
      options: {
        password: "hunter2",
        nested: [{ apiKey: "hunter2", "X-Auth-Token": "hunter2" }],
        url: "nats://hunter2@n:4222",
      },
      headers: { authorization: "Bearer hunter2" },
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("hunter2");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      err: {
        type: "Error",
        message: "connect redis://[redacted]@db:6379 failed",
        cause: { message: "Bearer [redacted]" },
      },
      options: { password: "[redacted]", url: "nats://[redacted]@n:4222" },
    });
  });

  const rows: { why: string; value: unknown; want: unknown }[] = [
    { why: "a count is no secret", value: { tokens: 5 }, want: { tokens: 5 } },
    { why: "neither is the absence of one", value: { password: undefined }, want: { password: undefined } },
    {
      why: "words that merely hold one",
      value: { keyString: "a", seedling: "b", passed: "c" },
      want: { keyString: "a", seedling: "b", passed: "c" },
    },
    { why: "bytes are not written out", value: { bytes: new Uint8Array(3) }, want: { bytes: "[3 bytes]" } },
    { why: "a big integer is text, which JSON can hold", value: { n: 1n }, want: { n: "1" } },
    {
      why: "depth ends",
      value: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } },
      want: { a: { a: { a: { a: { a: { a: "[deeper]" } } } } } },
    },
  ];
  test.each(rows)("$why", ({ value, want }) => {
    expect(redact(value)).toEqual(want);
  });

  test("what holds itself does not hang it", () => {
    const ring: Record<string, unknown> = {};
    ring["self"] = ring;
    expect(JSON.stringify(redact(ring))).toContain("[deeper]");
  });
});

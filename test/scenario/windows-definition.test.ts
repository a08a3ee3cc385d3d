import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/core/base/json.ts";
import {
  type ModelEvent,
  type ModelLeaf,
  type ModelRule,
  type ModelShape,
  type ModelTrigger,
  type ModelWindow,
  ruleDocument,
} from "../oracle/windows/window-model.ts";
import { type DefinedLine, DefinedRun, isOrdered } from "../oracle/windows/windows-by-definition.ts";
import { replayFile } from "./replay-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "tocsin-windows-definition-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Scenario {
  readonly rules: readonly ModelRule[];
  readonly events: readonly ModelEvent[];
  readonly outOfOrderness: number;
}

const span = fc.integer({ min: 1, max: 12 });

const aligned: fc.Arbitrary<ModelShape> = fc.oneof(
  fc.record({ type: fc.constant("hopping" as const), size: span, every: span, offset: fc.nat(3) }),
  span.chain((size) =>
    fc.record({
      type: fc.constant("hopping" as const),
      size: fc.constant(size),
      every: fc.constant(size),
      offset: fc.nat(3),
    }),
  ),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.nat(2)).map(([step, count, offset]) => ({
    type: "cumulative" as const,
    size: step * count,
    step,
    offset,
  })),
  fc.record({ type: fc.constant("calendar" as const), unit: fc.constantFrom("hour", "day", "week", "month") }),
);

/** A calendar's window has too many milliseconds for ticks and timers. */
const short = aligned.filter(({ type }) => type !== "calendar");

const sliding: fc.Arbitrary<ModelShape> = fc
  .tuple(span, fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }))
  .map(([size, step]) => ({
    type: "sliding" as const,
    size,
    resolution: step === undefined ? undefined : Math.min(step, size),
  }));

const session: fc.Arbitrary<ModelShape> = fc.record({
  type: fc.constant("session" as const),
  gap: fc.integer({ min: 1, max: 6 }),
  maxSize: fc.option(fc.integer({ min: 12, max: 20 }), { nil: undefined, freq: 2 }),
});

const counting: fc.Arbitrary<ModelShape> = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .map(([a, b]) => ({ type: "count" as const, size: Math.max(a, b), every: Math.min(a, b) }));

const leaf: fc.Arbitrary<ModelLeaf> = fc.oneof(
  fc.constant({ kind: "watermark" as const }),
  fc.record({ kind: fc.constant("count" as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant("every" as const), every: fc.integer({ min: 1, max: 6 }) }),
  fc.record({
    kind: fc.constant("when" as const),
    x: fc.integer({ min: 0, max: 3 }),
    n: fc.integer({ min: 2, max: 5 }),
  }),
);

const trigger = (one: fc.Arbitrary<ModelLeaf>): fc.Arbitrary<ModelTrigger> =>
  fc.oneof(
    fc.record({ root: fc.constant("one" as const), leaves: fc.tuple(one), purge: fc.boolean() }),
    fc.record({
      root: fc.constantFrom("any" as const, "all" as const),
      leaves: fc.array(one, { minLength: 1, maxLength: 3 }),
      purge: fc.boolean(),
    }),
  );

const lateness = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 15 }));
const ago = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 12 }));

function windowOf(shape: ModelShape, isTriggered: boolean): fc.Arbitrary<ModelWindow> {
  const isEnding = shape.type !== "count" && shape.type !== "global";
  const hasAgo = isEnding && shape.type !== "session" && !isTriggered;
  return fc.record({
    shape: fc.constant(shape),
    isFiltered: fc.boolean(),
    allowedLateness: isEnding ? lateness : fc.constant(0),
    ago: hasAgo ? ago : fc.constant(0),
    trigger: isTriggered
      ? trigger(isEnding ? leaf : leaf.filter(({ kind }) => kind === "count" || kind === "when"))
      : fc.constant(undefined),
  });
}

const stream = fc
  .record({
    steps: fc.array(
      fc.record({
        step: fc.oneof(
          { weight: 6, arbitrary: fc.integer({ min: -4, max: 6 }) },
          { weight: 1, arbitrary: fc.integer({ min: -20, max: 60 }) },
        ),
        key: fc.constantFrom("a", "a", "b"),
        x: fc.oneof<fc.Arbitrary<JsonValue>[]>(
          fc.integer({ min: -8, max: 12 }).map((quarter) => quarter / 4),
          fc.constantFrom(null, "s"),
        ),
        isFlagged: fc.boolean(),
      }),
      { minLength: 1, maxLength: 14 },
    ),
    from: fc.integer({ min: -30, max: 30 }),
  })
  .map(({ steps, from }) => {
    let time = from;
    return steps.map(({ step, ...event }, index): ModelEvent => {
      time += step;
      return { ...event, index, time };
    });
  });

const outOfOrderness = fc.constantFrom(0, 0, 3, 10);

function scenario(
  window: fc.Arbitrary<ModelWindow>,
  evaluate: fc.Arbitrary<ModelRule["evaluate"]>,
): fc.Arbitrary<Scenario> {
  return fc.record({
    rules: fc
      .array(fc.record({ window, evaluate }), { minLength: 1, maxLength: 3 })
      .map((rules) => rules.map((rule, index) => ({ ...rule, id: `r${index}` }))),
    events: stream,
    outOfOrderness,
  });
}

/**
 * Sessions with a greatest size are defined for events that come in order. Where sessions are among the rules and events do not wait,
 * times are even and gaps odd, so that no event comes at exactly last + gap.
 */
function fitting({ rules, events, outOfOrderness: most }: Scenario): Scenario {
  const shapes = rules.map(({ window: { shape } }) => shape);
  if (!shapes.some(({ type }) => type === "session")) return { rules, events, outOfOrderness: most };
  const times = events.map(({ time }) => time * 2);
  if (shapes.some((shape) => shape.type === "session" && shape.maxSize !== undefined)) times.sort((a, b) => a - b);
  return {
    rules: rules.map((rule) => {
      const { shape } = rule.window;
      if (shape.type !== "session") return rule;
      return { ...rule, window: { ...rule.window, shape: { ...shape, gap: shape.gap * 2 - 1 } } };
    }),
    events: events.map((event, index) => ({ ...event, time: times[index] ?? 0 })),
    outOfOrderness: most,
  };
}

/** Members in one order, and without `previous` where nothing is said of it. */
function plain(value: JsonValue, withPrevious: boolean): JsonValue {
  if (Array.isArray(value)) return value.map((member) => plain(member, withPrevious));
  if (!isJsonObject(value)) return value;
  const names = Object.keys(value).filter((name) => withPrevious || name !== "previous");
  return Object.fromEntries(names.sort().map((name) => [name, plain(value[name] ?? null, withPrevious)]));
}

/** The rule's lines; `previous` is in the facts of alerts only. */
function definedTexts(rule: ModelRule, lines: readonly DefinedLine[], withPrevious: boolean): readonly string[] {
  return lines.map((line) => {
    if (line.kind === "late") return `${rule.id} late ${line.event}`;
    if (line.kind === "window") return `${rule.id} window ${line.key} ${JSON.stringify(plain(line.fact, false))}`;
    return `${rule.id} alert ${line.key} ${line.time} ${JSON.stringify(plain(line.fact, withPrevious))}`;
  });
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function text(line: JsonObject, withPrevious: boolean): string {
  const key = isJsonObject(line["key"]) ? line["key"]["key"] : "";
  const facts = isJsonObject(line["facts"]) ? (line["facts"]["w"] ?? null) : null;
  const values = isJsonObject(line["values"]) ? line["values"] : {};
  const { start, end, firing } = line;
  const whole = plain({ ...values, start: start ?? null, end: end ?? null, firing: firing ?? null }, false);
  switch (line["kind"]) {
    case "late":
      return `${shown(line["rule"])} late ${shown(line["event"])}`;
    case "window":
      return `${shown(line["rule"])} window ${shown(key)} ${JSON.stringify(whole)}`;
    default:
      return `${shown(line["rule"])} ${shown(line["kind"])} ${shown(key)} ${shown(line["time"])} ${JSON.stringify(plain(facts, withPrevious))}`;
  }
}

let count = 0;

async function replayed({ rules, events, outOfOrderness: most }: Scenario): Promise<readonly JsonObject[]> {
  count += 1;
  const eventsFile = join(folder, `${count}.ndjson`);
  const rulesFile = join(folder, `${count}.json`);
  const lines = events.map(({ index, time, key, x, isFlagged }) =>
    JSON.stringify({ id: index, type: "e", ts: time, key, x, flag: isFlagged }),
  );
  writeFileSync(eventsFile, `${lines.join("\n")}\n`);
  writeFileSync(rulesFile, JSON.stringify(rules.map(ruleDocument)));
  const ran = await replayFile({
    events: eventsFile,
    rules: [rulesFile],
    patterns: [],
    emit: new Set(["alerts", "windows", "late"]),
    timeField: "ts",
    outOfOrderness: `${most}ms`,
  });
  rmSync(eventsFile);
  rmSync(rulesFile);
  expect([ran.status, ran.status === 0 ? "" : ran.err]).toEqual([0, ""]);
  return ran.out
    .split("\n")
    .filter((line) => line !== "")
    .map((line): JsonObject => JSON.parse(line));
}

async function agree(drawn: Scenario): Promise<void> {
  const given = fitting(drawn);
  const lines = await replayed(given);
  for (const rule of given.rules) {
    const { trigger: own, shape, allowedLateness } = rule.window;
    const withPrevious = own === undefined && (shape.type !== "session" || allowedLateness === 0);
    const defined = new DefinedRun(rule).run(given.events, given.outOfOrderness);
    const found = lines.filter((line) => line["rule"] === rule.id).map((line) => text(line, withPrevious));
    expect(found.toSorted()).toEqual(definedTexts(rule, defined, withPrevious).toSorted());
  }
}

const own = (shape: fc.Arbitrary<ModelShape>) => shape.chain((drawn) => windowOf(drawn, false));
const triggered = (shape: fc.Arbitrary<ModelShape>) => shape.chain((drawn) => windowOf(drawn, true));
const byAny = fc.constantFrom("event" as const, "window:w" as const);
const byWindow = fc.constant("window:w" as const);
const numRuns = Number(process.env["TOCSIN_RUNS"] ?? 20);
const limitMs = 15_000;

test.each([
  ["aligned windows", scenario(own(aligned), byAny)],
  ["sliding windows", scenario(own(sliding), byAny)],
  ["sessions", scenario(own(session), byAny)],
  ["count windows", scenario(own(counting), byWindow)],
  ["aligned windows with triggers", scenario(triggered(short), byWindow)],
  ["sessions with triggers", scenario(triggered(session), byWindow)],
  ["global windows", scenario(triggered(fc.constant({ type: "global" as const })), byWindow)],
])("%s are what their definition says", async (_name, scenarios) => {
  await fc.assert(fc.asyncProperty(scenarios, agree), { numRuns, interruptAfterTimeLimit: limitMs });
});

test("ticks read windows as their definition says", async () => {
  const every = fc.integer({ min: 1, max: 7 });
  const windows = fc.oneof(own(sliding), own(short), own(session));
  await fc.assert(
    fc.asyncProperty(scenario(windows, every), async (drawn) => {
      const isWaiting = drawn.rules.some((rule) => !isOrdered(rule));
      await agree(isWaiting ? { ...drawn, outOfOrderness: 0 } : drawn);
    }),
    { numRuns, interruptAfterTimeLimit: limitMs },
  );
});

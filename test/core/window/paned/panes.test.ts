import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter, CorruptBytesError } from "../../../../src/core/base/bytes.ts";
import { emptyScope } from "../../../../src/core/expr/scope.ts";
import { eventTimeMs, logTimeMs } from "../../../../src/core/time/instant.ts";
import { CountWindows, decodeCountWindows } from "../../../../src/core/window/paned/count-windows.ts";
import { Pane } from "../../../../src/core/window/paned/fired-pane.ts";
import { PaneContent } from "../../../../src/core/window/paned/pane.ts";
import { decodePaned, PanedWindows } from "../../../../src/core/window/paned/paned-windows.ts";
import { decodeSessions, SessionWindows } from "../../../../src/core/window/paned/session-windows.ts";
import { createTrigger, triggerDueAt, watermarkTrigger } from "../../../../src/core/window/paned/trigger.ts";
import { compileWindow } from "../../../../src/core/window/compile-window.ts";
import { familyOf, firesByItself, sizeOf, type WindowProgram } from "../../../../src/core/window/window-program.ts";
import { createWindowState, decodeWindowState } from "../../../../src/core/window/window-store.ts";
import type { WindowState } from "../../../../src/core/window/window-state.ts";
import type { WindowDocument } from "../../../../src/spec/window.ts";
import { play, type Row } from "../../shard/scenario.ts";
import { eventAt, storeOf, testContext } from "../window-kit.ts";

const n = { aggregate: { n: "count" } };
const rule = (window: object, more: object = {}) => ({
  id: "r",
  windows: { w: { ...window, ...n } },
  alert: false,
  emit: { type: "made" },
  on: ["a"],
  ...more,
});
const tumbling = { type: "tumbling", size: "10ms" };
const session = { type: "session", gap: "5ms" };

const rows: readonly Row[] = [
  {
    why: "a session ends a gap behind its last event; one at exactly that time still joins",
    rules: [rule(session)],
    stream: `
      1 a
      6 a
      12 a => window r.w {} 1..11 n=2 onTime; event r made {} @10
      end => window r.w {} 12..17 n=1 onTime; event r made {} @16`,
  },
  {
    why: "a late event joins two sessions, and a fired one that is still kept fires at once",
    outOfOrdernessMs: 0,
    rules: [rule({ ...session, allowedLateness: "20ms" })],
    stream: `
      1 a
      9 a => window r.w {} 1..6 n=1 onTime; event r made {} @5
      5 a
      20 b => window r.w {} 1..14 n=3 onTime; event r made {} @13`,
  },
  {
    why: "maxSize: no session is longer",
    rules: [rule({ ...session, maxSize: "8ms" })],
    stream: `
      0 a
      4 a
      8 a => window r.w {} 0..8 n=2 onTime; event r made {} @7
      end => window r.w {} 8..13 n=1 onTime; event r made {} @12`,
  },
  {
    why: "a gap of each event's own",
    rules: [rule({ type: "session", gap: "g" })],
    stream: `
      0 a g=2
      3 a g=10 => window r.w {} 0..2 n=1 onTime; event r made {} @1
      9 a g=1
      end => window r.w {} 3..13 n=2 onTime; event r made {} @12`,
  },
  {
    why: "count: each size-th event, in the order of arrival",
    rules: [rule({ type: "count", size: 2 })],
    stream: `
      5 a
      3 a => window r.w {} 3..6 n=2 onTime; event r made {} @3
      9 a`,
  },
  {
    why: "count over the last three at each second",
    rules: [rule({ type: "count", size: 3, every: 2 })],
    stream: `
      1 a
      2 a => window r.w {} 1..3 n=2 onTime; event r made {} @2
      3 a
      4 a => window r.w {} 2..5 n=3 onTime; event r made {} @4
      5 a
      6 a => window r.w {} 4..7 n=3 onTime; event r made {} @6`,
  },
  {
    why: "trigger count: in place of the end, which does not fire",
    rules: [rule({ ...tumbling, trigger: { count: 2 } })],
    stream: `
      1 a
      2 a => window r.w {} 0..10 n=2 early; event r made {} @2
      3 a
      12 a`,
  },
  {
    why: "purging: each firing empties the window",
    rules: [rule({ ...tumbling, trigger: { count: 2, purge: true } })],
    stream: `
      1 a
      2 a => window r.w {} 0..10 n=2 early; event r made {} @2
      3 a
      4 a => window r.w {} 0..10 n=2 early; event r made {} @4`,
  },
  {
    why: "trigger every: as of each multiple, and at the end",
    rules: [rule({ ...tumbling, trigger: { every: "4ms" } })],
    stream: `
      1 a
      6 a => window r.w {} 0..10 n=1 early; event r made {} @3
      12 a => window r.w {} 0..10 n=2 early; event r made {} @7; window r.w {} 0..10 n=2 onTime; event r made {} @9`,
  },
  {
    why: "any: early by count and on time",
    rules: [rule({ ...tumbling, trigger: { any: [{ on: "watermark" }, { count: 2 }] } })],
    stream: `
      1 a
      2 a => window r.w {} 0..10 n=2 early; event r made {} @2
      3 a
      12 a => window r.w {} 0..10 n=3 onTime; event r made {} @9`,
  },
  {
    why: "all: when each has fired since the last firing",
    rules: [rule({ type: "global", trigger: { all: [{ count: 2 }, { when: "v == true" }] } })],
    stream: `
      1 a v=true
      2 a v=false => window r.w {} 1..3 n=2 early; event r made {} @2
      3 a v=false
      4 a v=false
      5 a v=true => window r.w {} 1..6 n=5 early; event r made {} @5`,
  },
  {
    why: "when sees the window with the event in it; the event is at hand",
    rules: [
      rule(
        { ...tumbling, trigger: { when: "w.n >= 2 && v > 5", purge: true } },
        { emit: { type: "made", fields: { v: "v" } } },
      ),
    ],
    stream: `
      1 a v=9
      2 a v=1
      3 a v=7 => window r.w {} 0..10 n=3 early; event r made {'v':7} @3`,
  },
  {
    why: "everyLogTime: by the log's own time, and a global window's ttl forgets it",
    rules: [rule({ type: "global", ttl: "50ms", trigger: { everyLogTime: "10ms" } })],
    stream: `
      1 a ^101
      2 a ^103
      2 b ^112 => window r.w {} 1..3 n=2 early; event r made {} @2
      2 b ^125 => window r.w {} 1..3 n=2 early; event r made {} @2
      2 b ^300 => window r.w {} 1..3 n=2 early; event r made {} @2; window r.w {} 1..3 n=2 early; event r made {} @2; window r.w {} 1..3 n=2 early; event r made {} @2
      3 a ^301`,
  },
  {
    why: "hopping with a trigger: a pane for each window that holds the event, by end",
    rules: [rule({ type: "hopping", size: "10ms", every: "5ms", trigger: { count: 1 } })],
    stream: `
      1 a => window r.w {} -5..5 n=1 early; window r.w {} 0..10 n=1 early; event r made {} @1; event r made {} @1`,
  },
];

describe("windows that keep a pane each", () => test.each(rows)("$why", (row) => play(row)));

function programOf(document: WindowDocument): WindowProgram {
  const { compiled, faults } = compileWindow(document, "/windows/w", testContext);
  if (compiled === undefined) throw new Error(JSON.stringify(faults));
  return compiled;
}

const sessions = programOf({ type: "session", gap: "5ms", aggregate: { n: "count", s: { sum: "x" } } });
const counts = programOf({ type: "count", size: 3, every: 2, aggregate: { s: { sum: "x" } } });
const panes = programOf({
  type: "tumbling",
  size: "10ms",
  trigger: { any: [{ count: 3 }, { everyLogTime: "7ms" }] },
  aggregate: { s: { sum: "x" } },
});

function fill(state: WindowState): Uint8Array {
  for (const [index, time] of [1, 2, 9, 30, 31].entries()) {
    const event = eventAt(time, { x: index + 0.5 }, index);
    const scope = { ...emptyScope(), event };
    state.add({ event, scope, watermark: eventTimeMs(-10), logTime: logTimeMs(time), report: () => undefined });
  }
  const writer = new ByteWriter();
  state.encode(writer);
  return writer.finish();
}

describe("their bytes", () => {
  test.each([
    {
      name: "sessions",
      bytes: fill(new SessionWindows(sessions)),
      decode: (reader: ByteReader) => decodeSessions(sessions, reader),
    },
    {
      name: "counts",
      bytes: fill(new CountWindows(counts)),
      decode: (reader: ByteReader) => decodeCountWindows(counts, reader),
    },
    { name: "panes", bytes: fill(new PanedWindows(panes)), decode: (reader: ByteReader) => decodePaned(panes, reader) },
  ])("of $name give them back; cut or of another version they are refused", ({ bytes, decode }) => {
    const writer = new ByteWriter();
    decode(new ByteReader(bytes)).encode(writer);
    expect(writer.finish()).toEqual(bytes);
    for (let size = 0; size < bytes.length; size += 1)
      expect(() => decode(new ByteReader(bytes.slice(0, size)))).toThrow(CorruptBytesError);
    expect(() => decode(new ByteReader(Uint8Array.from([99, ...bytes.slice(1)])))).toThrow(CorruptBytesError);
  });
});

test("a pane is empty at first, and its trigger asks for nothing", () => {
  const pane = new Pane(0, 10, new PaneContent([]), createTrigger(watermarkTrigger));
  expect([pane.eventCount, pane.shownStart, pane.shownEnd, triggerDueAt(watermarkTrigger, pane.trigger)]).toEqual([
    0,
    0,
    10,
    Number.POSITIVE_INFINITY,
  ]);
});

describe("families", () => {
  test.each<{ document: WindowDocument; family: string; fires: boolean; size: number | undefined }>([
    { document: { type: "sliding", size: "1s" }, family: "sliding", fires: false, size: 1_000 },
    { document: { type: "sliding", size: "1s", resolution: "1ms" }, family: "sliced", fires: false, size: 1_000 },
    { document: { type: "tumbling", size: "1s" }, family: "sliced", fires: true, size: 1_000 },
    { document: { type: "tumbling", size: "1s", trigger: { count: 1 } }, family: "paned", fires: true, size: 1_000 },
    { document: { type: "calendar", unit: "day" }, family: "sliced", fires: true, size: undefined },
    { document: { type: "global", trigger: { count: 1 } }, family: "paned", fires: true, size: undefined },
    { document: { type: "session", gap: "1s" }, family: "session", fires: true, size: undefined },
    { document: { type: "count", size: 1 }, family: "count", fires: true, size: undefined },
  ])("$document is $family", ({ document, family, fires, size }) => {
    const program = programOf(document);
    expect([familyOf(program), firesByItself(program.shape), sizeOf(program.shape)]).toEqual([family, fires, size]);
    const store = storeOf([document]);
    const writer = new ByteWriter();
    createWindowState(store).encode(writer);
    expect(decodeWindowState(store, new ByteReader(writer.finish()))).toBeInstanceOf(
      createWindowState(store).constructor,
    );
  });
});

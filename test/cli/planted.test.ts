import { describe, expect, test } from "vitest";
import { comparePlanted, formatPlantedSummary } from "../../src/cli/planted.ts";
import type { RaisedAlert } from "../../src/cli/planted.ts";
import type { Planted } from "../../src/simulator/simulated.ts";

function plant(id: string, more: Partial<Planted> = {}): Planted {
  return {
    ...{ id, scenario: "signin", rule: "guessed", key: { user: "u1", address: "a1" } },
    ...{ firstOffsetMs: 1_000, lastOffsetMs: 2_000, dueOffsetMs: 3_000, isLookAlike: false },
    ...more,
  };
}

function alert(offsetMs: number, more: Partial<RaisedAlert> = {}): RaisedAlert {
  return { rule: "guessed", key: { user: "u1", address: "a1" }, offsetMs, ...more };
}

const rows: readonly {
  readonly why: string;
  readonly planted: readonly Planted[];
  readonly alerts: readonly RaisedAlert[];
  readonly endOffsetMs?: number;
  readonly counts: readonly [planted: number, found: number, missed: number, falseAlarms: number];
}[] = [
  { why: "found at its first moment", planted: [plant("p")], alerts: [alert(1_000)], counts: [1, 1, 0, 0] },
  { why: "found when it is due at the latest", planted: [plant("p")], alerts: [alert(3_000)], counts: [1, 1, 0, 0] },
  { why: "before it: missed, and a false alarm", planted: [plant("p")], alerts: [alert(999)], counts: [1, 0, 1, 1] },
  { why: "too late: the same", planted: [plant("p")], alerts: [alert(3_001)], counts: [1, 0, 1, 1] },
  { why: "no alert", planted: [plant("p")], alerts: [], counts: [1, 0, 1, 0] },
  {
    why: "another rule's alert",
    planted: [plant("p")],
    alerts: [alert(2_000, { rule: "other" })],
    counts: [1, 0, 1, 1],
  },
  {
    why: "another key",
    planted: [plant("p")],
    alerts: [alert(2_000, { key: { user: "u2", address: "a1" } })],
    counts: [1, 0, 1, 1],
  },
  {
    why: "keys compare by content, not by order",
    planted: [plant("p")],
    alerts: [alert(2_000, { key: { address: "a1", user: "u1" } })],
    counts: [1, 1, 0, 0],
  },
  {
    why: "a rise in severity comes again",
    planted: [plant("p")],
    alerts: [alert(1_500), alert(2_500)],
    counts: [1, 1, 0, 0],
  },
  {
    why: "a look-alike that fires is a false alarm",
    planted: [plant("l", { isLookAlike: true })],
    alerts: [alert(2_000)],
    counts: [0, 0, 0, 1],
  },
  {
    why: "a look-alike that does not is nothing",
    planted: [plant("l", { isLookAlike: true })],
    alerts: [],
    counts: [0, 0, 0, 0],
  },
  { why: "not due before the end", planted: [plant("p")], alerts: [], endOffsetMs: 3_000, counts: [0, 0, 0, 0] },
  {
    why: "not due, but explains what came early",
    planted: [plant("p")],
    alerts: [alert(1_500)],
    endOffsetMs: 2_000,
    counts: [0, 0, 0, 0],
  },
  {
    why: "alerts from the end on do not count",
    planted: [],
    alerts: [alert(9_000)],
    endOffsetMs: 9_000,
    counts: [0, 0, 0, 0],
  },
];

describe("alerts against what was planted", () => {
  test.each(rows)("$why", ({ planted, alerts, endOffsetMs = 10_000, counts }) => {
    const compared = comparePlanted(planted, alerts, { endOffsetMs });
    expect([compared.planted, compared.found, compared.missed, compared.falseAlarms]).toEqual(counts);
  });

  test("by rule, in order of their ids, with what was missed and what was false", () => {
    const missed = plant("p", { rule: "b" });
    const lookAlike = plant("l", { rule: "c", isLookAlike: true });
    expect(comparePlanted([missed, lookAlike], [alert(5, { rule: "a" })], { endOffsetMs: 10_000 }).rules).toEqual([
      { rule: "a", planted: 0, found: 0, missed: [], lookAlikes: 0, falseAlarms: [alert(5, { rule: "a" })] },
      { rule: "b", planted: 1, found: 0, missed: [missed], lookAlikes: 0, falseAlarms: [] },
      { rule: "c", planted: 0, found: 0, missed: [], lookAlikes: 1, falseAlarms: [] },
    ]);
  });

  test("as a table", () => {
    const planted = [plant("p"), plant("q", { rule: "longer-name" }), plant("l", { isLookAlike: true })];
    expect(`\n${formatPlantedSummary(comparePlanted(planted, [alert(2_000)], { endOffsetMs: 10_000 }))}`).toBe(`
rule         planted  found  missed  look-alikes  false alarms
guessed            1      1       0            1             0
longer-name        1      0       1            0             0
all                2      1       1            1             0
`);
  });
});

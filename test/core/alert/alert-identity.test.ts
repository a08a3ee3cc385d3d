import { describe, expect, test } from "vitest";
import { alertIdOf, type Cause, effectIdOf, positionCause } from "../../../src/core/alert/alert-identity.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";

const position = { source: "s", sequence: 3, index: 1 };
const event: Cause = { kind: "event", position: positionCause(position), ordinal: 0 };
const base = { rule: "r", decision: "d", key: { u: 1, v: "x" }, cause: event };

describe("the id of an alert", () => {
  test("is fixed for ever: a stored id must be found again", () => {
    expect(alertIdOf(base)).toBe("aqwsklnr2r3trb4jjlcqifw2qhm");
    expect(effectIdOf(["dead-letter", "s", 1, 0])).toBe("adrnue5upsu7tvoafx57miuyqyu");
  });

  test("does not depend on the order in which a key's parts are written", () => {
    expect(alertIdOf({ ...base, key: { v: "x", u: 1 } })).toBe(alertIdOf(base));
  });

  const window = { kind: "window", window: "w", start: eventTimeMs(0), end: eventTimeMs(10), ordinal: 0 } as const;
  const match = {
    kind: "match",
    pattern: "p",
    timedOut: false,
    taken: [["x", ...positionCause(position)] as const],
    deadline: undefined,
  } as const;
  const causes: readonly Cause[] = [
    event,
    { ...event, ordinal: 1 },
    { ...event, position: ["s", 4, 1] },
    { ...event, position: ["s", 3, 2] },
    { ...event, position: ["t", 3, 1] },
    window,
    { ...window, window: "v" },
    { ...window, start: eventTimeMs(1) },
    { ...window, end: eventTimeMs(11) },
    { ...window, ordinal: 1 },
    match,
    { ...match, pattern: "q" },
    { ...match, timedOut: true },
    { ...match, deadline: eventTimeMs(9) },
    { ...match, taken: [["y", "s", 3, 1]] },
    { ...match, taken: [...match.taken, ["x", "s", 4, 0]] },
  ];

  test("differs for every other rule, decision, key and cause", () => {
    const ids = [
      ...causes.map((cause) => alertIdOf({ ...base, cause })),
      alertIdOf({ ...base, rule: "q" }),
      alertIdOf({ ...base, decision: "e" }),
      alertIdOf({ ...base, key: { u: "1", v: "x" } }),
      alertIdOf({ ...base, key: { u: 1 } }),
    ];
    expect(new Set(ids).size).toBe(causes.length + 4);
    for (const id of ids) expect(id).toMatch(/^a[a-z2-7]{26}$/);
  });
});

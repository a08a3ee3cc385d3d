import { expect, test } from "vitest";
import { plantedBugs } from "./planted-bug.ts";
import type { PlantedBug } from "./planted-bug.ts";
import { complaintOf } from "./complaint.ts";
import { noFaults } from "./faults.ts";
import type { Faults } from "./faults.ts";
import { simulate } from "./simulation.ts";

const seedCount = 300;

test(`${seedCount} seeds of crashes, lost replies, outages, failovers, second processes, stops and edits`, async () => {
  const seen = { effects: 0, ticks: 0, failovers: 0, lives: 0, edited: 0, changes: 0, watched: 0 };
  for (let seed = 1; seed <= seedCount; seed += 1) {
    const result = await simulate({ seed });
    expect(complaintOf(result), `npm run sim -- --seed ${seed}`).toBeUndefined();
    seen.effects += result.expected.length;
    seen.ticks += result.tickCount;
    seen.failovers += result.failoverCount;
    seen.lives += result.lifeCount;
    seen.edited += result.faults.isEdited ? 1 : 0;
    seen.changes += result.doneCount;
    seen.watched += result.expected.filter(
      (effect) => effect.kind === "alert" && effect.alert.rule === "watched",
    ).length;
  }
  // A simulation in which nothing happens proves nothing
  expect(seen.effects).toBeGreaterThan(seedCount * 10);
  expect(seen.ticks).toBeGreaterThan(seedCount);
  expect(seen.failovers).toBeGreaterThan(20);
  expect(seen.lives).toBeGreaterThan(seedCount * 3);
  expect(seen.edited).toBeGreaterThan(50);
  expect(seen.changes).toBeGreaterThan(seedCount * 3);
  expect(seen.watched).toBeGreaterThan(seedCount);
}, 240_000);

const inTurn: readonly { name: string; faults: Faults }[] = [
  { name: "no ticks", faults: noFaults },
  { name: "ticks, and edited documents at each life", faults: { ...noFaults, idleMs: 800, isEdited: true } },
  { name: "changes of a list from outside", faults: { ...noFaults, commandOneIn: 5 } },
];

test.each(inTurn)(
  "dying at each call of a port in turn, before and after it, changes nothing: $name",
  async ({ faults }) => {
    const run = (crashAt?: Faults["crashAt"]) =>
      simulate({
        seed: 7,
        messageCount: 20,
        faults: { ...faults, ...(crashAt === undefined ? {} : { crashAt }) },
      });
    const { callCount, expected } = await run();
    expect(expected.length).toBeGreaterThan(3);
    expect(callCount).toBeGreaterThan(30);
    for (const when of ["before", "after"] as const) {
      for (let call = 1; call <= callCount; call += 1) {
        const result = await run({ call, when });
        expect(complaintOf(result), `${when} call ${call}`).toBeUndefined();
        if (!faults.isEdited && faults.idleMs === noFaults.idleMs && faults.commandOneIn === 0)
          expect(result.delivered).toEqual(expected);
      }
    }
  },
  120_000,
);

const disturbed: Faults = {
  ...noFaults,
  crashOneIn: 40,
  failOneIn: 10,
  secondOneIn: 30,
  idleMs: 800,
  commandOneIn: 8,
  isEdited: true,
};

test("with faults of these rates a right store passes", async () => {
  for (let seed = 1; seed <= 20; seed += 1)
    expect(complaintOf(await simulate({ seed, faults: disturbed }))).toBeUndefined();
});

test.each(plantedBugs)(
  "the simulation finds a planted bug: %s",
  async (bug: PlantedBug) => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const complaint = await simulate({ seed, faults: disturbed, bug }).then(complaintOf, String);
      if (complaint !== undefined) return;
    }
    expect.fail(`60 seeds, and nothing is wrong with ${bug}`);
  },
  120_000,
);

import { complaintOf } from "./complaint.ts";
import { simulate } from "./simulation.ts";

// `npm run sim -- --seed N --runs M`: repeats what test/sim/simulation.test.ts found, or looks further than it does.

const numberAfter = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
};
const firstSeed = numberAfter("--seed", 1);
const runCount = numberAfter("--runs", 1);
let failedCount = 0;
for (let seed = firstSeed; seed < firstSeed + runCount; seed += 1) {
  const result = await simulate({ seed });
  const complaint = complaintOf(result);
  if (complaint !== undefined) failedCount += 1;
  if (complaint === undefined && runCount > 1) continue;
  const { faults, lifeCount, callCount, tickCount, failoverCount, expected } = result;
  const summary = { seed, effects: expected.length, lifeCount, callCount, tickCount, failoverCount, faults };
  console.log(`${JSON.stringify(summary)}\n  ${complaint ?? "as it should be"}`);
}
console.log(`${runCount - failedCount} passed, ${failedCount} failed`);
process.exitCode = failedCount === 0 ? 0 : 1;

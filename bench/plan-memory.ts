import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { step } from "../src/core/shard/step.ts";
import { eventOf, planOf, ruleDocumentOf, sampleEvents, sampleRules, shardOf } from "./rule-set.ts";

const ownFile = import.meta.filename;

/** Bytes of heap that the plan of so many rules keeps, warm: measured in a process of its own, which can collect garbage. */
export async function planBytes(ruleCount: number): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", ownFile, String(ruleCount)]);
  return stdout.trim();
}

function measure(ruleCount: number): void {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error("run with --expose-gc");
  planOf(sampleRules(10, 10).map(ruleDocumentOf));
  collect();
  const before = process.memoryUsage().heapUsed;
  const started = performance.now();
  const shard = shardOf(planOf(sampleRules(ruleCount, 100).map(ruleDocumentOf)));
  const compiledMs = performance.now() - started;
  const firstStarted = performance.now();
  const events = sampleEvents(2_000, 100).map((event) => ({ ...event, amount: 1 }));
  for (let round = 0; round < 40; round += 1) {
    for (const [sequence, fields] of events.entries()) {
      step(shard, { kind: "message", stampMs: 1, elements: [{ kind: "event", event: eventOf(fields, sequence) }] }, []);
    }
  }
  const warmMs = performance.now() - firstStarted;
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  if (shard.stats.events === 0) throw new Error("no event was taken");
  console.log(
    `${(bytes / 1e6).toFixed(1)} M, compiled in ${compiledMs.toFixed(0)} ms, warm after ${warmMs.toFixed(0)} ms`,
  );
}

if (process.argv[1] === ownFile) measure(Number(process.argv[2]));

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { replayFile } from "./replay-lines.ts";

const seen = vi.hoisted(() => ({ wholeCount: 0 }));

/** Decodes every event whole, whatever the plan reads. */
vi.mock(import("../../src/core/event/projecting-decoder.ts"), async (importOriginal) => {
  const { compileDecoder } = await importOriginal();
  return {
    compileDecoder: (settings) => {
      seen.wholeCount += 1;
      return compileDecoder(settings, "all");
    },
  };
});

const examples = fileURLToPath(new URL("../../examples", import.meta.url));
const replayed = readdirSync(examples).filter((name) => existsSync(`${examples}/${name}/events.ndjson`));

/** examples.test.ts holds the same where events are decoded for what the plan reads. */
test.each(replayed)("%s prints the same where events are decoded whole", async (example) => {
  const here = (folder: string) => [`${examples}/${example}/${folder}`].filter((path) => existsSync(path));
  const documents = { rules: here("rules"), patterns: here("patterns"), lists: here("lists") };
  const before = seen.wholeCount;
  const ran = await replayFile({ events: `${examples}/${example}/events.ndjson`, ...documents });
  expect(seen.wholeCount).toBeGreaterThan(before);
  expect(ran.out).toBe(readFileSync(`${examples}/${example}/expected.ndjson`, "utf8"));
});

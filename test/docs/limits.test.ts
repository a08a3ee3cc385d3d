import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sourceFiles } from "./source-files.ts";
import { repositoryRoot } from "../tidy/planted-tree.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const page = read("docs/limits.md");

const units: Readonly<Record<string, number>> = {
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  ms: 1,
  s: 1_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `1,000`, `1 MiB`, `7 d`; what follows a comma and a space is for people. */
function amountOf(text: string): number {
  const [, digits = "", unit] = /^(\d[\d,]*)(?: ([A-Za-z]+))?(?:, .*)?$/.exec(text) ?? [];
  return Number(digits.replaceAll(",", "")) * (unit === undefined ? 1 : (units[unit] ?? Number.NaN));
}

/** What stands behind a name: a constant, a default of an option, a member of a table, or a default of the schema. */
function valuesOf(path: string, name: string): readonly number[] {
  const number = String.raw`(\d[\d_]*(?: \*{1,2} \d[\d_]*)*)`;
  const forms = [
    String.raw`\b${name} = ${number}[,; ]`,
    String.raw`\b${name} \?\? ${number}[,; )]`,
    String.raw`\b${name}: ${number}[,; ]`,
    String.raw`\b${name}: z\b[^:]*?\.default\(${number}\)`,
  ];
  const source = read(`src/${path}`);
  return forms.flatMap((form) => [...source.matchAll(new RegExp(form, "g"))].map(([, text = ""]) => evaluated(text)));
}

function evaluated(text: string): number {
  return text
    .replaceAll("_", "")
    .split(" * ")
    .map((factor) =>
      factor
        .split(" ** ")
        .map(Number)
        .reduceRight((power, base) => base ** power),
    )
    .reduce((product, factor) => product * factor, 1);
}

const rows = [...page.matchAll(/^\| ([^|]+) \| ([^|]+) \|.*\| `([^`]+\.ts)` `(\w+)` \|$/gm)].map(
  ([, limit = "", value = "", path = "", name = ""]) => ({ limit, value, path, name }),
);

/**
 * Bounds that nobody notices: how much is done in one turn, how much a hint or a report looks at, and where one way to the
 * same result gives way to another.
 */
const ownAffair: readonly string[] = [
  "core/event/projecting-decoder.ts copiedLengthMax",
  "core/event/text-table.ts keptLengthMax",
  "cli/simulate.ts chunkLengthMax",
  "adapters/file/file-head.ts headSizeMax",
  "adapters/lmdb/delivery-rows.ts pendingSizeMax",
  "adapters/lmdb/delivery-rows.ts sweepCountMax",
  "adapters/lmdb/incident-store.ts applyCountMax",
  "adapters/lmdb/local-log-source.ts batchSizeMax",
  "adapters/lmdb/local-log.ts releaseCountMax",
  "adapters/redis/incident-store.ts applyCountMax",
  "adapters/redis/incident-store.ts applySizeMax",
  "adapters/redis/incident-store.ts conflictCountMax",
  "adapters/redis/incident-store.ts pendingBytesMax",
  "adapters/redis/incident-store.ts sweepCountMax",
  "adapters/redis/shard-store.ts removedCountMax",
  "core/base/text-distance.ts comparedLengthMax",
  "core/expr/check/expr-words.ts wordsLengthMax",
  "core/expr/generate/generate-test.ts comparedCountMax",
  "core/plan/build-gate-tree.ts chunkSizeMax",
  "core/plan/build-gate-tree.ts leafSizeMax",
  "core/plan/build-gate-tree.ts runSizeMax",
  "core/plan/rule-index.ts insertedCountMax",
  "core/window/aggregate/distinct-state.ts smallCountMax",
  "core/window/sliced/sliced-windows.ts directCountMax",
  "core/window/sliding/sliding-entries.ts alikeCountMax",
  "core/window/sliding/sliding-range.ts untotalledCountMax",
  "cli/list-change.ts requestMemberCountMax",
  "cli/list-change.ts requestTextLengthMax",
  "cli/list-show.ts pageCountMax",
  "engine/ledger-marks.ts markCountMax",
  "engine/list-commands.ts entryChangeCountMax",
  "engine/list-commands.ts entryTextLengthMax",
  "engine/list-commands.ts toldCountMax",
  "engine/replay.ts messageCountMax",
  "engine/take-commands.ts commandEntryCountMax",
  "engine/incarnation.ts answerEntryCountMax",
  "spec/salvage.ts roundCountMax",
  "spec/schema-words.ts foundLengthMax",
];

describe("docs/limits.md", () => {
  test.each(rows)("$limit: $value", ({ value, path, name }) => {
    expect(valuesOf(path, name)).toContain(amountOf(value));
  });

  test("has every greatest count, size and length that the code names", () => {
    const listed = new Set(rows.map(({ path, name }) => `${path} ${name}`));
    const named = sourceFiles()
      .filter((path) => !path.startsWith("simulator/"))
      .flatMap((path) =>
        [...read(`src/${path}`).matchAll(/^(?:export )?const (\w+(?:Count|Size|Length|Bytes)Max) = /gm)].map(
          ([, name = ""]) => `${path} ${name}`,
        ),
      );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((limit) => !listed.has(limit) && !ownAffair.includes(limit))).toEqual([]);
  });
});

import { compileList } from "../src/core/table/compile-list.ts";
import type { ListContent } from "../src/core/table/list-change.ts";
import type { ListProgram } from "../src/core/table/list-program.ts";
import { ListState } from "../src/core/table/list-state.ts";
import { eventNames } from "../src/core/expr/names.ts";
import { logTimeMs } from "../src/core/time/instant.ts";
import type { ListDocument } from "../src/spec/list.ts";
import type { Benchmark } from "./benchmark.ts";

const memberCount = 1_000_000;

/** Of a fixed sequence that visits all 32-bit numbers: members differ, and follow no order. */
function spread(index: number): number {
  return Math.imul(index, 0x9e3779b1) >>> 0;
}

function addressText(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

const textAt = (index: number) => `account-${spread(index).toString(36).padStart(8, "0")}`;
const blockAt = (index: number) => `${addressText(spread(index))}/${20 + (index % 13)}`;
const domainAt = (index: number) => `host${spread(index)}.example${index % 100}.com`;
const rowAt = (index: number) => `${textAt(index)},name ${index},${index % 9},NL`;

function contentOf(format: ListContent["format"], lineAt: (index: number) => string, header = ""): ListContent {
  const lines = Array.from({ length: memberCount }, (_, index) => lineAt(index));
  return { format, sha256: "", bytes: new TextEncoder().encode(`${header}${lines.join("\n")}\n`) };
}

function compiled(document: ListDocument, content: ListContent): ListProgram {
  const context = {
    names: eventNames(),
    named: new Map(),
    allowUndefinedFacts: false,
    allowUndefinedConditions: false,
  };
  const { compiled: program, faults } = compileList("list", document, content, context);
  if (program === undefined) throw new Error(JSON.stringify(faults));
  return program;
}

/** The list, with what reading it took and what it keeps, told on standard error: figures of one time, not of a loop. */
function told(name: string, document: ListDocument, content: ListContent): ListState {
  collect();
  const before = process.memoryUsage();
  const start = process.hrtime.bigint();
  const state = new ListState(compiled(document, content));
  const tookMs = Number(process.hrtime.bigint() - start) / 1e6;
  collect();
  const after = process.memoryUsage();
  const kept = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  const each = (kept / state.program.base.memberCount).toFixed(1);
  console.error(
    `${name}: ${state.program.base.memberCount} members read in ${tookMs.toFixed(0)} ms, ${each} bytes each`,
  );
  return state;
}

/** With `node --expose-gc`; without, what is kept is only roughly so. */
function collect(): void {
  const { gc } = globalThis;
  if (typeof gc === "function") gc();
}

const exact = told("exact", {}, contentOf("txt", textAt));
const table = told("table", {}, contentOf("csv", rowAt, "id,name,level,country\n"));
const cidr = told("cidr", { kind: "cidr" }, contentOf("txt", blockAt));
const suffix = told("suffix", { kind: "suffix" }, contentOf("txt", domainAt));
const added = new ListState({ ...exact.program, base: new ListState(compiled({}, emptyContent())).program.base });
for (let index = 0; index < memberCount / 10; index += 1)
  added.apply({ kind: "add", member: textAt(index), fields: {}, ttlMs: undefined }, logTimeMs(index));

function emptyContent(): ListContent {
  return { format: "txt", sha256: "", bytes: new Uint8Array() };
}

const questionCount = 4096;
const asked = (textOf: (index: number) => string) =>
  Array.from({ length: questionCount }, (_, index) => textOf(index % 2 === 0 ? index * 239 : index * 239 + 2 ** 24));
const members = new Set(Array.from({ length: memberCount }, (_, index) => textAt(index)));

function caseOf(name: string, questions: readonly string[], isIn: (text: string) => boolean) {
  return {
    name,
    run: (count: number) => {
      let found = 0;
      for (let index = 0; index < count; index += 1) if (isIn(questions[index & (questionCount - 1)] ?? "")) found += 1;
      return found;
    },
  };
}

const texts = asked(textAt);
const addresses = asked((index) => addressText(spread(index)));
const domains = asked((index) => `a.b.${domainAt(index)}`);

export const benchmark: Benchmark = {
  about: "One look-up among a million members, every other one there: beside JavaScript's own Set of the same texts.",
  cases: [
    caseOf("Set.has", texts, (text) => members.has(text)),
    caseOf("exact", texts, (text) => exact.contains(text)),
    caseOf("exact, of 100,000 added ones", texts, (text) => added.contains(text)),
    caseOf("a table's row of 3 fields", texts, (text) => table.find(text) !== undefined),
    caseOf("cidr, 13 prefix lengths", addresses, (text) => cidr.contains(text)),
    caseOf("suffix, 5 labels", domains, (text) => suffix.contains(text)),
  ],
};

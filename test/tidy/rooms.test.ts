import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { cruise, repositoryRoot, withPlantedTree, type Violation } from "./planted-tree.ts";

const timeoutMs = 120_000;

const tableSchema = z.object({
  rooms: z.record(z.string(), z.object({ imports: z.array(z.string()), types: z.array(z.string()) })),
  builtinsOfFiles: z.record(z.string(), z.array(z.string())),
});
const settings: unknown = await import(pathToFileURL(join(repositoryRoot, ".dependency-cruiser.mjs")).href);
const { rooms, builtinsOfFiles } = tableSchema.parse(settings);

interface Plant {
  readonly why: string;
  readonly files: Readonly<Record<string, string>>;
  /** The file that breaks the rule; undefined where nothing may be found. */
  readonly from: string;
  readonly rule: string | undefined;
}

const exportsOne = "export const one = 1;\n";
const exportsType = "export interface One {\n  readonly one: number;\n}\n";

const plants: readonly Plant[] = [
  {
    why: "a value import against the direction",
    files: { "src/core/base/a.ts": 'export { one } from "../window/a.ts";\n', "src/core/window/a.ts": exportsOne },
    from: "src/core/base/a.ts",
    rule: "core/base-rooms",
  },
  {
    why: "a type-only import against the direction",
    files: {
      "src/core/base/b.ts": 'export type { One } from "../window/b.ts";\n',
      "src/core/window/b.ts": exportsType,
    },
    from: "src/core/base/b.ts",
    rule: "core/base-rooms",
  },
  {
    why: "a dynamic import against the direction",
    files: { "src/ports/c.ts": 'export const load = () => import("../engine/c.ts");\n', "src/engine/c.ts": exportsOne },
    from: "src/ports/c.ts",
    rule: "ports-rooms",
  },
  {
    why: "a cycle inside one room",
    files: {
      "src/core/rule/d.ts": 'import { two } from "./e.ts";\nexport const one = () => two;\n',
      "src/core/rule/e.ts": 'import { one } from "./d.ts";\nexport const two = () => one;\n',
    },
    from: "src/core/rule/d.ts",
    rule: "no-cycle",
  },
  {
    why: "a cycle of types alone",
    files: {
      "src/core/plan/f.ts": 'import type { G } from "./g.ts";\nexport interface F {\n  readonly g: G;\n}\n',
      "src/core/plan/g.ts": 'import type { F } from "./f.ts";\nexport interface G {\n  readonly f: F | undefined;\n}\n',
    },
    from: "src/core/plan/f.ts",
    rule: "no-cycle",
  },
  {
    why: "an adapter that imports its sibling",
    files: { "src/adapters/redis/h.ts": 'export { one } from "../nats/h.ts";\n', "src/adapters/nats/h.ts": exportsOne },
    from: "src/adapters/redis/h.ts",
    rule: "no-sibling-adapter",
  },
  {
    why: "an adapter that imports a sibling's type, whose name begins with its own",
    files: {
      "src/adapters/redis/i.ts": 'export type { One } from "../redis-cluster/i.ts";\n',
      "src/adapters/redis-cluster/i.ts": exportsType,
    },
    from: "src/adapters/redis/i.ts",
    rule: "no-sibling-adapter",
  },
  {
    why: "an adapter imports its own folder",
    files: {
      "src/adapters/redis/j.ts": 'export { one } from "./script/j.ts";\n',
      "src/adapters/redis/script/j.ts": exportsOne,
    },
    from: "src/adapters/redis/j.ts",
    rule: undefined,
  },
  {
    why: "the core imports a value of spec",
    files: { "src/core/pattern/k.ts": 'export { one } from "../../spec/k.ts";\n', "src/spec/k.ts": exportsOne },
    from: "src/core/pattern/k.ts",
    rule: "core/pattern-types-only",
  },
  {
    why: "the core imports a type of spec",
    files: { "src/core/pattern/l.ts": 'export type { One } from "../../spec/l.ts";\n', "src/spec/l.ts": exportsType },
    from: "src/core/pattern/l.ts",
    rule: undefined,
  },
  {
    why: "a package that the core may not use",
    files: { "src/core/rule/m.ts": 'import { z } from "zod";\nexport const schema = z.string();\n' },
    from: "src/core/rule/m.ts",
    rule: "core/rule-packages",
  },
  {
    why: "a package that the core may use",
    files: { "src/core/rule/n.ts": 'import { DateTime } from "luxon";\nexport const at = DateTime.fromISO;\n' },
    from: "src/core/rule/n.ts",
    rule: undefined,
  },
  {
    why: "a package with a scope that the core may use",
    files: { "src/core/expr/n.ts": 'export { parse } from "@marcbachmann/cel-js";\n' },
    from: "src/core/expr/n.ts",
    rule: undefined,
  },
  {
    why: "a module of node in the core",
    files: { "src/core/base/o.ts": 'export { readFileSync } from "node:fs";\n' },
    from: "src/core/base/o.ts",
    rule: "core/base-builtins",
  },
  {
    why: "node:crypto outside the one file that may have it",
    files: { "src/core/alert/p.ts": 'export { createHash } from "node:crypto";\n' },
    from: "src/core/alert/p.ts",
    rule: "core/alert-builtins",
  },
  {
    why: "node:crypto in the one file that may have it",
    files: { "src/core/base/hash.ts": 'export { createHash } from "node:crypto";\n' },
    from: "src/core/base/hash.ts",
    rule: undefined,
  },
  {
    why: "the one file that may have node:crypto may have no more",
    files: {
      "src/core/base/hash.ts": 'export { createHash } from "node:crypto";\nexport { request } from "node:http";\n',
    },
    from: "src/core/base/hash.ts",
    rule: "core-base-hash-ts-builtins",
  },
  {
    why: "a driver in the engine, past the ports",
    files: { "src/engine/q.ts": 'export { Redis } from "ioredis";\n' },
    from: "src/engine/q.ts",
    rule: "engine-packages",
  },
  {
    why: "a development dependency, which the image does not have",
    files: { "src/main/r.ts": 'import fc from "fast-check";\nexport const property = fc.property;\n' },
    from: "src/main/r.ts",
    rule: "no-undeclared-package",
  },
  {
    why: "a package that nothing declares",
    files: { "src/adapters/system/s.ts": 'import express from "express";\nexport const app = express;\n' },
    from: "src/adapters/system/s.ts",
    rule: "no-unresolved",
  },
  {
    why: "the engine imports a value of spec",
    files: { "src/engine/t.ts": 'export { one } from "../spec/t.ts";\n', "src/spec/t.ts": exportsOne },
    from: "src/engine/t.ts",
    rule: "engine-types-only",
  },
  {
    why: "the console imports more of the api than its contract",
    files: { "src/console/u.ts": 'export type { One } from "../api/u.ts";\n', "src/api/u.ts": exportsType },
    from: "src/console/u.ts",
    rule: "console-rooms",
  },
  {
    why: "the console imports types of the contract",
    files: {
      "src/console/v.ts": 'export type { One } from "../api/contract.ts";\n',
      "src/api/contract.ts": exportsType,
    },
    from: "src/console/v.ts",
    rule: undefined,
  },
  {
    why: "a file that stands in no room",
    files: { "src/shared/w.ts": 'export { one } from "../core/base/w.ts";\n', "src/core/base/w.ts": exportsOne },
    from: "src/shared/w.ts",
    rule: "no-room",
  },
  {
    why: "the product imports from the tests",
    files: { "src/cli/x.ts": 'export { one } from "../../test/x.ts";\n', "test/x.ts": exportsOne },
    from: "src/cli/x.ts",
    rule: "no-tests-in-src",
  },
];

/** Plants that write the same file can't share a tree. */
function cruisePlants(): ReadonlyMap<Plant, readonly Violation[]> {
  const found = new Map<Plant, readonly Violation[]>();
  let rest = plants;
  while (rest.length > 0) {
    const files: Record<string, string> = {};
    const together = rest.filter((plant) => {
      if (Object.keys(plant.files).some((path) => path in files)) return false;
      Object.assign(files, plant.files);
      return true;
    });
    const { violations } = withPlantedTree(files, cruise);
    for (const plant of together) found.set(plant, violations);
    rest = rest.filter((plant) => !together.includes(plant));
  }
  return found;
}

describe("dependency-cruiser sees a planted fault", () => {
  let found: ReadonlyMap<Plant, readonly Violation[]> = new Map();
  beforeAll(() => {
    found = cruisePlants();
  }, timeoutMs);

  test.each(plants)("$why: $rule", (plant) => {
    const violations = found.get(plant);
    expect(violations).toBeDefined();
    const rules = (violations ?? []).filter(({ from }) => from === plant.from).map(({ rule }) => rule);
    if (plant.rule === undefined) expect(rules).toEqual([]);
    else expect(rules).toContain(plant.rule);
  });
});

const roomNames = Object.keys(rooms);

/** Every room imports every other one, once by value and once by type. */
function everyPair(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const room of roomNames) {
    files[`src/${room}/leaf.ts`] = `${exportsOne}${exportsType}`;
    for (const other of roomNames) {
      if (other === room) continue;
      const target = posix.relative(`src/${room}`, `src/${other}/leaf.ts`);
      const importer = other.replaceAll("/", "-");
      files[`src/${room}/value-of-${importer}.ts`] = `export { one } from "${target}";\n`;
      files[`src/${room}/type-of-${importer}.ts`] = `export type { One } from "${target}";\n`;
    }
  }
  return files;
}

/** The table read the plain way, beside the patterns that the rules are made of. */
function mayImport(room: string, other: string, isTypeOnly: boolean): boolean {
  const { imports = [], types = [] } = rooms[room] ?? {};
  const reachable = isTypeOnly ? [...imports, ...types] : imports;
  return reachable.some((name) => other === name || other.startsWith(`${name}/`));
}

test("the rules say what the table of rooms says, for every pair of rooms", { timeout: timeoutMs }, () => {
  const { violations } = withPlantedTree(everyPair(), cruise);
  const refused = new Set(violations.filter(({ rule }) => /-(?:rooms|types-only)$/.test(rule)).map(({ from }) => from));
  const differing: string[] = [];
  for (const room of roomNames) {
    for (const other of roomNames.filter((name) => name !== room)) {
      for (const kind of ["value", "type"]) {
        const isRefused = refused.has(`src/${room}/${kind}-of-${other.replaceAll("/", "-")}.ts`);
        if (isRefused === mayImport(room, other, kind === "type")) differing.push(`${room} ${kind} of ${other}`);
      }
    }
  }
  expect(differing).toEqual([]);
  expect(refused.size).toBeGreaterThan(100);
});

test("files with builtins of their own stand in a room", () => {
  for (const file of Object.keys(builtinsOfFiles)) expect(roomNames).toContain(posix.dirname(file));
});

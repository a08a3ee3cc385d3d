import { beforeAll, describe, expect, test } from "vitest";
import { type Finding, lint, withPlantedTree } from "./planted-tree.ts";

interface Plant {
  readonly why: string;
  readonly file: string;
  readonly content: string;
  /** Undefined where nothing may be found. */
  readonly code: string | undefined;
}

/** A fault of types; the rules on it are the same in every room. */
const typePlants: readonly Plant[] = [
  {
    why: "any",
    file: "src/engine/any.ts",
    content: "export function first(value: any): unknown {\n  return value;\n}\n",
    code: "typescript(no-explicit-any)",
  },
  {
    why: "an untyped value that came from JSON.parse, kept",
    file: "src/engine/unsafe-assignment.ts",
    content:
      'const parsed = JSON.parse("1");\nexport const known: unknown = parsed;\nexport const one: number = parsed;\n',
    code: "typescript(no-unsafe-assignment)",
  },
  {
    why: "a member of an untyped value",
    file: "src/engine/unsafe-member.ts",
    content: 'export const one: unknown = JSON.parse("{}").one;\n',
    code: "typescript(no-unsafe-member-access)",
  },
  {
    why: "an untyped value given back",
    file: "src/engine/unsafe-return.ts",
    content: 'export function one(): number {\n  return JSON.parse("1");\n}\n',
    code: "typescript(no-unsafe-return)",
  },
  {
    why: "an untyped value called",
    file: "src/engine/unsafe-call.ts",
    content: 'export const one: unknown = JSON.parse("1")();\n',
    code: "typescript(no-unsafe-call)",
  },
  {
    why: "an untyped value handed on",
    file: "src/engine/unsafe-argument.ts",
    content: 'export const one = Math.abs(JSON.parse("1"));\n',
    code: "typescript(no-unsafe-argument)",
  },
  {
    why: "a cast",
    file: "src/engine/cast.ts",
    content: "export function one(value: unknown): number {\n  return value as number;\n}\n",
    code: "typescript(consistent-type-assertions)",
  },
  {
    why: "a cast in the core, beside the minting files",
    file: "src/core/time/cast.ts",
    content: "export function one(value: unknown): number {\n  return value as number;\n}\n",
    code: "typescript(consistent-type-assertions)",
  },
  {
    why: "a cast in a test",
    file: "test/cast.test.ts",
    content: "export function one(value: unknown): number {\n  return value as number;\n}\n",
    code: "typescript(consistent-type-assertions)",
  },
  {
    why: "a brand's own constructor casts",
    file: "src/core/time/instant.ts",
    content:
      'export type At = number & { readonly brand: "At" };\nexport function at(ms: number): At {\n  return ms as At;\n}\n',
    code: undefined,
  },
  {
    why: "as const",
    file: "src/engine/as-const.ts",
    content: 'export const kinds = ["a", "b"] as const;\n',
    code: undefined,
  },
  {
    why: "satisfies",
    file: "src/engine/satisfies.ts",
    content: 'export const kinds = ["a", "b"] satisfies string[];\n',
    code: undefined,
  },
  {
    why: "! outside core/base",
    file: "src/core/window/bang.ts",
    content: "export function one(values: readonly number[]): number {\n  return values[0]!;\n}\n",
    code: "typescript(no-non-null-assertion)",
  },
  {
    why: "! on a bounded index inside core/base",
    file: "src/core/base/bang.ts",
    content: "export function one(values: readonly number[]): number {\n  return values[0]!;\n}\n",
    code: undefined,
  },
  {
    why: "a switch that forgets a kind",
    file: "src/engine/switch.ts",
    content:
      'export function one(kind: "a" | "b"): number {\n  switch (kind) {\n    case "a":\n      return 1;\n  }\n  return 2;\n}\n',
    code: "typescript(switch-exhaustiveness-check)",
  },
  {
    why: "a switch over typeof with a default",
    file: "src/engine/switch-default.ts",
    content:
      'export function one(value: unknown): number {\n  switch (typeof value) {\n    case "string":\n      return 1;\n    default:\n      return 2;\n  }\n}\n',
    code: undefined,
  },
  {
    why: "a switch over all kinds",
    file: "src/engine/switch-whole.ts",
    content:
      'export function one(kind: "a" | "b"): number {\n  switch (kind) {\n    case "a":\n      return 1;\n    case "b":\n      return 2;\n  }\n}\n',
    code: undefined,
  },
  {
    why: "a promise that nobody waits for",
    file: "src/engine/floating.ts",
    content:
      "async function load(): Promise<void> {\n  await Promise.resolve();\n}\nexport function start(): void {\n  load();\n}\n",
    code: "typescript(no-floating-promises)",
  },
  {
    why: "a promise where a condition was meant",
    file: "src/engine/misused.ts",
    content:
      "async function isReady(): Promise<boolean> {\n  return await Promise.resolve(true);\n}\nexport function one(): number {\n  if (isReady()) return 1;\n  return 2;\n}\n",
    code: "typescript(no-misused-promises)",
  },
  {
    why: "a thrown text",
    file: "src/engine/throw.ts",
    content: 'export function one(): never {\n  throw "no";\n}\n',
    code: "typescript(only-throw-error)",
  },
  {
    why: "a default export",
    file: "src/engine/default.ts",
    content: "export default function one(): number {\n  return 1;\n}\n",
    code: "import(no-default-export)",
  },
  {
    why: "a module of node without its prefix",
    file: "src/adapters/file/prefix.ts",
    content: 'export { readFileSync } from "fs";\n',
    code: "unicorn(prefer-node-protocol)",
  },
  {
    why: "a silenced type error",
    file: "src/engine/silenced.ts",
    content: 'export const one: number = 1;\n// @ts-ignore\nexport const two: number = "2";\n',
    code: "typescript(ban-ts-comment)",
  },
  {
    why: "loose equality",
    file: "src/engine/equality.ts",
    content: "export function one(a: number, b: number): boolean {\n  return a == b;\n}\n",
    code: "eslint(eqeqeq)",
  },
];

/** What the core may not read or do; the same text is right in an adapter. */
const impure: Readonly<Record<string, string>> = {
  "new-date": "export const at = () => new Date(0);\n",
  "date-now": "export const at = () => Date.now();\n",
  "set-timeout": "export const wait = () => setTimeout(() => 1, 1);\n",
  "set-interval": "export const wait = () => setInterval(() => 1, 1);\n",
  "set-immediate": "export const wait = () => setImmediate(() => 1);\n",
  "queue-microtask": "export const wait = () => queueMicrotask(() => 1);\n",
  promise: "export const wait = () => Promise.resolve(1);\n",
  environment: 'export const home = () => process.env["HOME"];\n',
  fetch: 'export const load = () => fetch("http://localhost/");\n',
  performance: "export const at = () => performance.now();\n",
  console: 'export const tell = () => console.log("1");\n',
  "random-bytes": "export const id = () => crypto.randomUUID();\n",
  "weak-ref": "export const held = (value: object) => new WeakRef(value);\n",
  "global-this": "export const all = () => globalThis;\n",
};

const restrictedProperty = "eslint(no-restricted-properties)";
const restrictedGlobal = "eslint(no-restricted-globals)";

const purityPlants: readonly Plant[] = [
  {
    why: "a clock in the simulator",
    file: "src/simulator/clock.ts",
    content: "export const at = () => Date.now();\n",
    code: restrictedGlobal,
  },
  ...Object.entries(impure).flatMap(([name, content]): readonly Plant[] => [
    { why: `${name} in the core`, file: `src/core/rule/${name}.ts`, content, code: restrictedGlobal },
    { why: `${name} at the edge`, file: `src/adapters/system/${name}.ts`, content, code: undefined },
  ]),
  ...[
    "DateTime.now()",
    "DateTime.local()",
    "'a'.localeCompare('b')",
    "'a'.toLocaleUpperCase()",
    "(1).toLocaleString()",
  ].map(
    (call, index): Plant => ({
      why: `${call} in the core`,
      file: `src/core/expr/locale-${index}.ts`,
      content: `import { DateTime } from "luxon";\nexport const zone = DateTime;\nexport const one = () => ${call};\n`,
      code: restrictedProperty,
    }),
  ),
  {
    why: "Math.random in the core",
    file: "src/core/base/random.ts",
    content: "export const pick = () => Math.random();\n",
    code: restrictedProperty,
  },
  {
    why: "an async function in the core",
    file: "src/core/shard/async.ts",
    content:
      "export async function step(): Promise<number> {\n  return await load();\n}\ndeclare function load(): Promise<number>;\n",
    code: "oxc(no-async-await)",
  },
  {
    why: "an async function in the engine",
    file: "src/engine/async.ts",
    content:
      "export async function pull(): Promise<number> {\n  return await load();\n}\ndeclare function load(): Promise<number>;\n",
    code: undefined,
  },
];

const plants = [...typePlants, ...purityPlants];

describe("oxlint sees a planted fault", () => {
  let findings: readonly Finding[] = [];
  beforeAll(() => {
    findings = withPlantedTree(Object.fromEntries(plants.map(({ file, content }) => [file, content])), lint);
  }, 120_000);

  test.each(plants)("$why: $code", ({ file, code }) => {
    const codes = findings.filter((finding) => finding.file === file).map((finding) => finding.code);
    if (code === undefined) expect(codes).toEqual([]);
    else expect(codes).toContain(code);
  });
});

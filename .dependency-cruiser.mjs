/** Packages that are pure enough for the core: no I/O, no clock or zone of their own unless asked. */
const corePackages = ["luxon", "re2js", "jsonpath-plus", "@marcbachmann/cel-js", "mmdb-lib"];

/** A room of the core. It may `import type` from spec, and no more of it. */
const coreRoom = (imports) => ({ imports, types: ["spec"], packages: corePackages, builtins: [] });

const underOperators = ["core/base", "core/event", "core/time", "core/expr", "core/table"];
const underRules = [...underOperators, "core/window", "core/detector", "core/pattern", "core/alert"];

/**
 * The rooms of `src/` and all that each may import besides itself. It is written here and nowhere else: the rules below
 * are made from it, and test/tidy.test.ts plants a fault against each kind of them.
 *
 * - `imports`: rooms; a name stands for all that lies in it, so `core` is every room of the core.
 * - `types`: rooms that it may only `import type` from.
 * - `packages`, `builtins`: npm packages, and `node:` modules without that prefix; "any" at the edges.
 *
 * core/event imports core/time, for an event carries its time: docs/adr/0007-events-know-time.md.
 * core/notify imports core/event by type, for an effect holds positions.
 * core/alert imports core/expr by type, for an alert says why.
 */
export const rooms = {
  "core/base": coreRoom([]),
  "core/time": coreRoom(["core/base"]),
  "core/event": coreRoom(["core/base", "core/time"]),
  "core/expr": coreRoom(["core/base", "core/event", "core/time"]),
  "core/table": coreRoom(["core/base", "core/event", "core/time", "core/expr"]),
  "core/window": coreRoom(underOperators),
  "core/detector": coreRoom(underOperators),
  "core/pattern": coreRoom(underOperators),
  "core/alert": { ...coreRoom(["core/base", "core/event", "core/time"]), types: ["spec", "core/expr"] },
  "core/rule": coreRoom(underRules),
  "core/plan": coreRoom([...underRules, "core/rule"]),
  "core/shard": coreRoom([...underRules, "core/rule", "core/plan"]),
  "core/explain": coreRoom([...underRules, "core/rule", "core/plan", "core/shard"]),
  "core/notify": {
    ...coreRoom(["core/base", "core/time", "core/expr", "core/alert"]),
    types: ["spec", "core/event"],
  },
  spec: { imports: ["core/base", "core/time"], types: ["core/table"], packages: ["zod", "yaml"], builtins: [] },
  ports: { imports: [], types: ["core"], packages: [], builtins: [] },
  plugin: { imports: ["core"], types: ["spec", "ports"], packages: [], builtins: [] },
  engine: {
    imports: ["core", "ports"],
    types: ["spec"],
    packages: ["liquidjs", "json-rules-engine"],
    builtins: ["crypto"],
  },
  adapters: { imports: ["core", "ports"], types: [], packages: "any", builtins: "any" },
  api: { imports: ["core", "ports", "spec", "engine"], types: [], packages: "any", builtins: "any" },
  simulator: { imports: ["core/base", "core/time"], types: [], packages: [], builtins: [] },
  cli: {
    imports: ["core", "ports", "spec", "engine", "plugin", "simulator"],
    types: [],
    packages: "any",
    builtins: "any",
  },
  console: { imports: [], types: ["api/contract"], packages: "any", builtins: [] },
  main: {
    imports: ["core", "spec", "ports", "engine", "plugin", "adapters", "api", "simulator", "cli"],
    types: [],
    packages: "any",
    builtins: "any",
  },
};

/**
 * Single files that may import a `node:` module which their room may not. Hashing: docs/adr/0006-node-crypto-in-the-core.md.
 * A secret has to say how `util.inspect` shows it, or a log would print it.
 */
export const builtinsOfFiles = { "core/base/hash.ts": ["crypto"], "spec/secret.ts": ["util"] };

const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
/** A room, or a single file of it (`api/contract` is either). */
const inRoom = (room) => `^src/${escaped(room)}(?:/|\\.ts$)`;
const packagePath = (name) => `(?:^|/)node_modules/(?:@types/)?${escaped(name)}/`;
/** What a dependency is called where it comes from npm, installed or not, declared or not. */
const npmTypes = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-bundled", "npm-no-pkg", "npm-unknown"];

function rulesOfRoom([room, { imports, types, packages, builtins }]) {
  const from = { path: inRoom(room) };
  const mayReach = [room, ...imports];
  const filesWithMore = Object.keys(builtinsOfFiles).filter((file) => file.startsWith(`${room}/`));
  const rules = [
    {
      name: `${room}-rooms`,
      severity: "error",
      comment: `${room} may import ${imports.join(", ") || "no other room"}${types.length > 0 ? `, and types of ${types.join(", ")}` : ""}.`,
      from,
      to: { path: "^src/", pathNot: [...mayReach, ...types].map(inRoom) },
    },
  ];
  if (types.length > 0) {
    rules.push({
      name: `${room}-types-only`,
      severity: "error",
      comment: `${room} may only "import type" from ${types.join(", ")}.`,
      from,
      to: { path: types.map(inRoom), pathNot: mayReach.map(inRoom), dependencyTypesNot: ["type-only"] },
    });
  }
  if (packages !== "any") {
    rules.push({
      name: `${room}-packages`,
      severity: "error",
      comment: `${room} may import ${packages.join(", ") || "no npm package"}.`,
      from,
      to: { dependencyTypes: npmTypes, pathNot: packages.map(packagePath) },
    });
  }
  if (builtins !== "any") {
    rules.push({
      name: `${room}-builtins`,
      severity: "error",
      comment: `${room} may import ${builtins.map((name) => `node:${name}`).join(", ") || "nothing of node"}.`,
      from: { ...from, pathNot: filesWithMore.map((file) => `^src/${escaped(file)}$`) },
      to: { dependencyTypes: ["core"], pathNot: builtins.map((name) => `^(?:node:)?${escaped(name)}$`) },
    });
  }
  return rules;
}

function ruleOfFile([file, builtins]) {
  return {
    name: `${file.replaceAll(/[/.]/g, "-")}-builtins`,
    severity: "error",
    comment: `${file} may import ${builtins.map((name) => `node:${name}`).join(", ")} and nothing else of node.`,
    from: { path: `^src/${escaped(file)}$` },
    to: { dependencyTypes: ["core"], pathNot: builtins.map((name) => `^(?:node:)?${escaped(name)}$`) },
  };
}

const everyRoom = Object.keys(rooms);

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(rooms).flatMap(rulesOfRoom),
    ...Object.entries(builtinsOfFiles).map(ruleOfFile),
    {
      name: "no-room",
      severity: "error",
      comment: "Every file of src/ stands in a room of the table in .dependency-cruiser.mjs.",
      from: { path: "^src/", pathNot: everyRoom.map((room) => `^src/${escaped(room)}/`) },
      to: {},
    },
    {
      name: "no-sibling-adapter",
      severity: "error",
      comment: "An adapter is one package: it imports its own folder, core and ports, never another adapter.",
      from: { path: "^src/adapters/([^/]+)/" },
      to: { path: "^src/adapters/", pathNot: "^src/adapters/$1/" },
    },
    {
      name: "no-cycle",
      severity: "error",
      comment: "Cycles are errors; type imports count.",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolved",
      severity: "error",
      comment: "An import that leads nowhere can't be judged.",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-undeclared-package",
      severity: "error",
      comment: "src/ runs on `dependencies` of package.json alone: the image has no others.",
      from: { path: "^src/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "no-tests-in-src",
      severity: "error",
      comment: "src/ imports nothing outside of itself but packages.",
      from: { path: "^src/" },
      to: { path: "^(?:test|bench|scripts|dist)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".mts", ".js", ".mjs", ".json", ".d.ts"],
    },
  },
};

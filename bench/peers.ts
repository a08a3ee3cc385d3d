import { Engine } from "json-rules-engine";
import type { JsonObject } from "../src/core/base/json.ts";
import { conditionsOf, type SampleRule } from "./rule-set.ts";

/** Gives the number of rules that hold. */
export type Decide = (event: JsonObject) => number | Promise<number>;

export function jsonRulesEngine(rules: readonly SampleRule[]): Decide {
  const engine = new Engine(rules.map((rule) => ({ conditions: conditionsOf(rule), event: { type: rule.id } })));
  return async (event) => (await engine.run({ ...event })).events.length;
}

/** What is used of zen-engine. */
interface ZenModule {
  readonly ZenEngine: new () => {
    createDecision(content: Buffer): { evaluate(event: JsonObject): Promise<{ readonly result?: unknown }> };
  };
}

function isZenModule(module: unknown): module is ZenModule {
  return typeof module === "object" && module !== null && "ZenEngine" in module;
}

/** It is no dependency: `npm install --no-save @gorules/zen-engine@0.54.0` brings it, as a binary for this machine. */
const zenPackage = "@gorules/zen-engine";
const zenModule: unknown = await import(zenPackage).catch(() => undefined);

/** The same decision as one table that collects the rows that hold. Undefined where zen-engine is not installed. */
export function zenEngine(rules: readonly SampleRule[]): Decide | undefined {
  if (!isZenModule(zenModule)) return undefined;
  const content = {
    hitPolicy: "collect",
    inputs: ["type", "country", "amount"].map((field) => ({ id: field, name: field, field })),
    outputs: [{ id: "rule", name: "rule", field: "rule" }],
    rules: rules.map(({ id, type, country, amount }) => ({
      _id: id,
      type: JSON.stringify(type),
      country: JSON.stringify(country),
      amount: `> ${amount}`,
      rule: JSON.stringify(id),
    })),
  };
  const position = { x: 0, y: 0 };
  const graph = {
    contentType: "application/vnd.gorules.decision",
    nodes: [
      { id: "in", name: "in", type: "inputNode", position },
      { id: "table", name: "table", type: "decisionTableNode", position, content },
      { id: "out", name: "out", type: "outputNode", position },
    ],
    edges: [
      { id: "a", type: "edge", sourceId: "in", targetId: "table" },
      { id: "b", type: "edge", sourceId: "table", targetId: "out" },
    ],
  };
  const decision = new zenModule.ZenEngine().createDecision(Buffer.from(JSON.stringify(graph)));
  return async (event) => {
    const decided = await decision.evaluate(event);
    return Array.isArray(decided.result) ? decided.result.length : 0;
  };
}

/** What somebody would generate by hand for exactly these rules: one function, one `if` a rule. */
export function handGenerated(rules: readonly SampleRule[]): (event: JsonObject) => number {
  const lines = rules.map(
    ({ type, country, amount }) =>
      `if (e.type === ${JSON.stringify(type)} && e.country === ${JSON.stringify(country)} && e.amount > ${amount}) n += 1;`,
  );
  const factory = Reflect.construct(Function, ["e", `let n = 0; ${lines.join("\n")} return n;`]);
  return (event) => {
    const count: unknown = Reflect.apply(factory, undefined, [event]);
    return Number(count);
  };
}

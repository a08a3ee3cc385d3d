import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { makeFunction, mayGenerateCode } from "../../../src/core/base/code-permission.ts";

const flags = ["--disallow-code-generation-from-strings"];
const compileCondition = new URL("../../../src/core/expr/compile-condition.ts", import.meta.url).href;
const permission = new URL("../../../src/core/base/code-permission.ts", import.meta.url).href;
const names = new URL("../../../src/core/expr/names.ts", import.meta.url).href;

test("constants enter as data", () => {
  expect(mayGenerateCode).toBe(true);
  expect(makeFunction<() => unknown>("return ()=>[c0,c1]", ['"); throw 1; ("', 2])()).toEqual(['"); throw 1; ("', 2]);
});

test("where code may not be generated, conditions are evaluated all the same", { timeout: 60_000 }, () => {
  const script = `
    const { mayGenerateCode } = await import(${JSON.stringify(permission)});
    const { compileCondition } = await import(${JSON.stringify(compileCondition)});
    const { eventNames } = await import(${JSON.stringify(names)});
    const context = { names: eventNames(), named: new Map(), allowUndefinedFacts: false, allowUndefinedConditions: false };
    const { compiled } = compileCondition("a > 5", "", context);
    let held = 0;
    for (let a = 0; a < 2000; a += 1) if (compiled.holds({ event: { fields: { a: a % 10 } }, key: {}, slots: [] }) === true) held += 1;
    console.log(mayGenerateCode, held);`;
  const args = [...flags, "--import", "tsx", "--input-type=module", "-e", script];
  expect(execFileSync(process.execPath, args, { encoding: "utf8" }).trim()).toBe("false 800");
});

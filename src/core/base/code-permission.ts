import { assert } from "./assert.ts";

/** True where code may be made from text: not under `node --disallow-code-generation-from-strings`. Found once, by trying. */
export const mayGenerateCode: boolean = tryFunction();

function tryFunction(): boolean {
  try {
    return makeFunction<() => boolean>("return ()=>true", [])();
  } catch {
    return false;
  }
}

/** The function that `source` returns, in which `c0`, `c1`, … are the constants. */
export function makeFunction<T>(source: string, constants: readonly unknown[]): T {
  const declared = constants.map((_, index) => `const c${index}=c[${index}];`).join("");
  const factory = Reflect.construct(Function, ["c", `"use strict";${declared}${source}`]);
  const made: unknown = Reflect.apply(factory, undefined, [constants]);
  assert(isFunction<T>(made), "generated code gives a function");
  return made;
}

function isFunction<T>(value: unknown): value is T {
  return typeof value === "function";
}

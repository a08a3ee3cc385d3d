import { ExprError } from "./expr-error.ts";
import { fixed, overTexts, type FunctionEntry } from "./function-entry.ts";
import { numberFunctions } from "./number-functions.ts";
import { compilePattern } from "./regular-expression.ts";
import { textFunctions } from "./text-functions.ts";
import { timeFunctions } from "./time-functions.ts";
import { valueFunctions } from "./value-functions.ts";

/** Unanchored, RE2 syntax. Programs hold their patterns compiled, see `compile-call.ts`; this one compiles at each call. */
const matches = fixed(
  2,
  overTexts("matches", (text, pattern) => {
    const test = compilePattern(pattern, { ignoreCase: false });
    return test instanceof ExprError ? test : test(text);
  }),
);

const functionTable: ReadonlyMap<string, FunctionEntry> = new Map(
  Object.entries({ ...valueFunctions, ...textFunctions, ...numberFunctions, ...timeFunctions, matches }),
);

/** Macros and forms that the compiler itself knows, for the nearest name. */
const builtInForms = ["has", "cond", "all", "exists_one", "map", "filter", "cel.bind"];

export function functionOf(name: string): FunctionEntry | undefined {
  return functionTable.get(name);
}

export const functionNames: readonly string[] = [...functionTable.keys(), ...builtInForms];

/** What a later version brings; refused by name, so that nobody looks for a typing error. */
export const unsupportedFunctions: readonly string[] = ["inList", "notInList"];

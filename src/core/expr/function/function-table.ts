import { ExprError } from "../expr-error.ts";
import { fixed, overTexts, type FunctionEntry } from "./function-entry.ts";
import { formatFunctions } from "./format-functions.ts";
import { listFunctions } from "./list-functions.ts";
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

/** What they answer is the shard's to say: programs ask it, see `compile-call.ts`; without one there is no list. */
const asksList = fixed(2, () => new ExprError("argument", "inList and notInList ask the lists of a shard"));
const listTests = { inList: asksList, notInList: asksList };

const functionTable: ReadonlyMap<string, FunctionEntry> = new Map(
  Object.entries({
    ...valueFunctions,
    ...textFunctions,
    ...numberFunctions,
    ...timeFunctions,
    ...listFunctions,
    ...formatFunctions,
    ...listTests,
    matches,
  }),
);

/** Macros and forms that the compiler itself knows, for the nearest name. */
const builtInForms = [
  "has",
  "cond",
  "all",
  "exists_one",
  "existsOne",
  "map",
  "filter",
  "transformList",
  "transformMap",
  "cel.bind",
];

export function functionOf(name: string): FunctionEntry | undefined {
  return functionTable.get(name);
}

export const functionNames: readonly string[] = [
  ...[...functionTable.keys()].filter((name) => !name.startsWith("cel.")),
  ...builtInForms,
];

import type { RuleDocument } from "../../spec/rule.ts";
import type { Fault } from "../base/fault.ts";
import { didYouMean } from "../base/text-distance.ts";
import type { RuleContext } from "./compile-declared.ts";

/** What is wrong with `keys`: the members of an exact list are the values of a key of one part, for a rule that is evaluated at ticks. */
export function faultsOfKeys({ keys, key, evaluate }: RuleDocument, { lists }: RuleContext): readonly Fault[] {
  if (keys === undefined || keys === null) return [];
  const faults: Fault[] = [];
  const note = (pointer: string, code: Fault["code"], message: string, severity: Fault["severity"] = "error") =>
    faults.push({ pointer, severity, code, message });
  const known = lists?.get(keys.list);
  if (known === undefined) {
    const hint = didYouMean(keys.list, [...(lists?.keys() ?? [])]) || ": add a document with that id to lists/";
    note("/keys/list", "unknown-name", `no list \`${keys.list}\` is loaded${hint}`);
  } else if (known.kind !== undefined && known.kind !== "exact") {
    note(
      "/keys/list",
      "wrong-value",
      `\`${keys.list}\` is of kind ${known.kind}: only members of an exact list are keys`,
    );
  }
  if (key === undefined || Object.keys(key).length !== 1)
    note("/keys", "wrong-value", "the members of a list are the values of one part: give the rule a `key` of one");
  const asked = Array.isArray(evaluate) ? evaluate : [evaluate];
  if (!asked.some((each) => typeof each === "object")) {
    const message = "nothing looks at keys without events: write `evaluate: {every: …}`";
    note("/keys", "wrong-value", message, "warning");
  }
  return faults;
}

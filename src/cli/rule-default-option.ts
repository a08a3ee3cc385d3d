import { InvalidArgumentError, Option } from "commander";
import { ruleDefaultNames } from "../spec/rule-defaults.ts";
import type { RuleDefaults } from "../spec/rule-defaults.ts";

/** `--rule-default NAME`: what `ruleDefaults` sets in the settings, for commands that read none. */
export function ruleDefaultOption(): Option {
  return new Option(
    "--rule-default <name>",
    `set for rules that do not say otherwise, of ${ruleDefaultNames.join(", ")}; may be repeated`,
  ).argParser((name: string, before: RuleDefaults | undefined): RuleDefaults => {
    const known = ruleDefaultNames.find((option) => option === name);
    if (known === undefined) throw new InvalidArgumentError(`It takes ${ruleDefaultNames.join(", ")}.`);
    return { ...before, [known]: true };
  });
}

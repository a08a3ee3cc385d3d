import type { ExprOf } from "../closure/closure.ts";
import type { Finding } from "./finding.ts";
import type { Types } from "./infer-type.ts";
import { isList } from "../closure/property.ts";
import { kindOf, kinds, typeText } from "./value-type.ts";

const { number, text, list, nothing } = kinds;
const relations = new Set(["lessThan", "lessThanInclusive", "greaterThan", "greaterThanInclusive"]);
const ofText = new Set(["startsWith", "endsWith", "containsText", "matches", "inCidr"]);

/** A JSON leaf that compares different types: json-rules-engine never errs there, it converts or says no. */
export function testFindings(test: ExprOf<"test">, types: Types): readonly Finding[] {
  const decorators = test.decorators.filter((decorator) => decorator !== "not" && decorator !== "ignoreCase");
  const [first] = decorators;
  const fact = types.of(test.fact);
  if (first === "someFact" || first === "everyFact") {
    if (hasKind(fact.kinds, list)) return [];
    return [told(test, "operator", `${first} takes a list, not ${typeText(fact.kinds)}`)];
  }
  if (first !== undefined) return [];
  const found = fact.kinds & ~nothing;
  if (test.value.kind !== "literal") {
    const other = types.of(test.value).kinds;
    const isEquality = test.operator === "equal" || test.operator === "notEqual";
    if (!isEquality || found === 0 || (other & ~nothing) === 0 || (found & other) !== 0) return [];
    return [told(test, "value", `${typeText(found)} never equals ${typeText(other)}; compare values of one type`)];
  }
  return literalFindings(test, found, test.value.value);
}

function literalFindings(test: ExprOf<"test">, found: number, literal: unknown): readonly Finding[] {
  const { operator } = test;
  if (relations.has(operator)) return boundFindings(test, found, literal);
  if (found === 0) return [];
  const fact = typeText(found);
  switch (operator) {
    case "equal":
    case "notEqual":
      if (literal === null || hasKind(found, kindOf(literal))) return [];
      return [told(test, "value", `${fact} never equals ${typeText(kindOf(literal))}; compare values of one type`)];
    case "in":
    case "notIn": {
      const strange = isList(literal)
        ? literal.find((item) => item !== null && !hasKind(found, kindOf(item)))
        : undefined;
      if (strange === undefined) return [];
      return [
        told(test, "value", `${fact} is never ${JSON.stringify(strange)}, which is ${typeText(kindOf(strange))}`),
      ];
    }
    case "contains":
    case "doesNotContain":
      if (hasKind(found, list)) return [];
      return [
        told(
          test,
          "operator",
          `${operator} looks into lists, and the fact is ${fact}${hasKind(found, text) ? "; for a part of a text write containsText" : ""}`,
        ),
      ];
    case "between":
      return isList(literal) ? literal.flatMap((bound) => boundFindings(test, found, bound)).slice(0, 1) : [];
    default:
      if (!ofText.has(operator) || hasKind(found, text)) return [];
      return [told(test, "operator", `${operator} takes text, and the fact is ${fact}`)];
  }
}

/** Where fact and bound are not both numbers or both texts, JavaScript makes numbers of them. */
function boundFindings(test: ExprOf<"test">, found: number, bound: unknown): readonly Finding[] {
  if (typeof bound === "string" && Number.isNaN(Number.parseFloat(bound)))
    return [
      told(
        test,
        "value",
        `${test.operator} compares what begins like a number, and ${JSON.stringify(bound.slice(0, 40))} does not; compare with a number, or use equal`,
      ),
    ];
  if (found === 0 || hasKind(found, list)) return [];
  const kind = kindOf(bound);
  if ((kind === number || kind === text) && hasKind(found, kind)) return [];
  if (!hasKind(found, number | text))
    return [told(test, "operator", `${test.operator} takes a number, and the fact is ${typeText(found)}`)];
  return [
    told(
      test,
      "value",
      `the fact is ${typeText(found)} and the value ${typeText(kind)}, which JavaScript converts; compare values of one type`,
    ),
  ];
}

function hasKind(found: number, kind: number): boolean {
  return (found & kind) !== 0;
}

function told(at: ExprOf<"test">, key: "operator" | "value", message: string): Finding {
  return { at, key, code: "unlike-types", isFailure: false, message };
}

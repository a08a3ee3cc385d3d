import { didYouMean } from "../../base/text-distance.ts";
import { decoratorNames, type Decorator } from "../ast.ts";
import { customOperator } from "../custom-operator.ts";
import type { CustomDecorator, ExprExtensions } from "../extensions.ts";
import { decoratorOf, operatorNames, operatorOf, type JsonOperator } from "./json-operator.ts";
import { isList } from "../closure/property.ts";

export type OperatorName =
  | {
      readonly kind: "known";
      readonly name: string;
      readonly operator: JsonOperator;
      readonly decorators: readonly Decorator[];
    }
  /** Of plug-ins, at least in part. */
  | {
      readonly kind: "custom";
      readonly name: string;
      readonly operator: JsonOperator;
      readonly decorators: readonly (Decorator | CustomDecorator)[];
    }
  | { readonly kind: "unknown"; readonly message: string };

/**
 * `decorator:decorator:operator`. The leftmost decorator is the outermost. A plug-in's operator may have colons in its name:
 * the whole rest is looked for first. What is a plug-in's wins over one of Tocsin's own of the same name.
 */
export function parseOperatorName(text: string, extensions?: ExprExtensions): OperatorName {
  const decorators: (Decorator | CustomDecorator)[] = [];
  let rest = text;
  for (;;) {
    const custom = extensions?.operators.get(rest);
    if (custom !== undefined) return { kind: "custom", name: rest, operator: customOperator(custom), decorators };
    const operator = operatorOf(rest);
    if (operator !== undefined) {
      return areOwn(decorators)
        ? { kind: "known", name: rest, operator, decorators }
        : { kind: "custom", name: rest, operator, decorators };
    }
    const colon = rest.indexOf(":");
    if (colon <= 0) {
      const known = [...operatorNames, ...(extensions?.operators.keys() ?? [])];
      return { kind: "unknown", message: `unknown operator "${rest}"${didYouMean(rest, known)}` };
    }
    const name = rest.slice(0, colon);
    const decorator = extensions?.decorators.get(name) ?? decoratorOf(name);
    if (decorator === undefined) {
      const known = [...decoratorNames, ...(extensions?.decorators.keys() ?? [])];
      return { kind: "unknown", message: `unknown decorator "${name}"${didYouMean(name, known)}` };
    }
    decorators.push(decorator);
    rest = rest.slice(colon + 1);
  }
}

function areOwn(decorators: readonly (Decorator | CustomDecorator)[]): decorators is readonly Decorator[] {
  return decorators.every((decorator) => typeof decorator === "string");
}

/**
 * Why a value written in the document can never work, or undefined. Of json-rules-engine's own operators only what would
 * throw at every evaluation is refused: behind `someFact` and the like a wrong value is never reached where the fact is no list.
 */
export function literalRefusal(
  { operator, decorators }: Extract<OperatorName, { readonly kind: "known" }>,
  value: unknown,
): string | undefined {
  const ignoreCase = decorators.includes("ignoreCase");
  let isAlwaysReached = true;
  let values: readonly unknown[] = [value];
  for (const decorator of decorators) {
    switch (decorator) {
      case "swap":
        return undefined;
      case "someFact":
      case "everyFact":
        isAlwaysReached = false;
        break;
      case "someValue":
      case "everyValue": {
        const wrong = values.find((item) => !isList(item));
        if (wrong !== undefined || values.includes(undefined))
          return isAlwaysReached ? `${decorator} needs a list as the value` : undefined;
        values = values.filter(isList).flat();
        isAlwaysReached = false;
        break;
      }
      case "not":
      case "ignoreCase":
        break;
    }
  }
  if (!isAlwaysReached && !operator.isExtra) return undefined;
  for (const item of values) {
    const refusal = operator.refusalOf(item, { ignoreCase });
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

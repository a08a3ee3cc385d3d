import { didYouMean } from "../base/text-distance.ts";
import { decoratorNames, type Decorator } from "./ast.ts";
import { decoratorOf, operatorNames, operatorOf, unsupportedOperators, type JsonOperator } from "./json-operator.ts";
import { isList } from "./property.ts";

export type OperatorName =
  | {
      readonly kind: "known";
      readonly name: string;
      readonly operator: JsonOperator;
      readonly decorators: readonly Decorator[];
    }
  | { readonly kind: "unknown"; readonly message: string }
  | { readonly kind: "unsupported"; readonly message: string };

/** `decorator:decorator:operator`. The leftmost decorator is the outermost. */
export function parseOperatorName(text: string): OperatorName {
  const decorators: Decorator[] = [];
  let rest = text;
  for (;;) {
    const operator = operatorOf(rest);
    if (operator !== undefined) return { kind: "known", name: rest, operator, decorators };
    if (unsupportedOperators.includes(rest))
      return { kind: "unsupported", message: `${rest} is not supported yet; it comes with lists` };
    const colon = rest.indexOf(":");
    if (colon <= 0) return { kind: "unknown", message: `unknown operator "${rest}"${didYouMean(rest, operatorNames)}` };
    const name = rest.slice(0, colon);
    const decorator = decoratorOf(name);
    if (decorator === undefined)
      return { kind: "unknown", message: `unknown decorator "${name}"${didYouMean(name, decoratorNames)}` };
    decorators.push(decorator);
    rest = rest.slice(colon + 1);
  }
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

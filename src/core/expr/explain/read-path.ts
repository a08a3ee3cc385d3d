import { childrenOf, type Expr } from "../ast.ts";
import { isPlainFieldName } from "../field-path.ts";
import type { NameRef, Names } from "../scope.ts";

/** A name that an expression reads, with the members that follow it. */
export interface ReadPath {
  readonly text: string;
  readonly expr: Expr;
}

/** Paths of one expression that an explanation shows; the rest of them is passed over. */
const shownPathCountMax = 12;

/** Every name that is read in an expression, each with the members behind it as far as they are plain ones, once. */
export function readPathsIn(expr: Expr, names: Names): readonly ReadPath[] {
  const found = new Map<string, Expr>();
  const waiting: Expr[] = [expr];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.size >= shownPathCountMax) break;
    const text = pathText(next, names);
    if (text !== undefined) found.set(text, next);
    else waiting.push(...childrenOf(next).toReversed());
  }
  return [...found].map(([text, read]) => ({ text, expr: read }));
}

/** `burst.attempts`, `items[0].sku`; undefined for what is no name with members. */
function pathText(expr: Expr, names: Names): string | undefined {
  if (expr.kind === "name") return nameText(expr.ref, names);
  if (expr.kind !== "member" && expr.kind !== "index") return undefined;
  const of = pathText(expr.of, names);
  if (of === undefined) return undefined;
  if (expr.kind === "member") return `${of}${stepText(expr.name)}`;
  const { at } = expr;
  if (at.kind !== "literal") return undefined;
  return typeof at.value === "string" ? `${of}${stepText(at.value)}` : `${of}[${JSON.stringify(at.value)}]`;
}

function stepText(name: string): string {
  return isPlainFieldName(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** A name as it is written. Declared ones are known by their place. */
export function nameText(ref: NameRef, names: Names): string {
  switch (ref.kind) {
    case "field":
      return isPlainFieldName(ref.name) ? ref.name : `input[${JSON.stringify(ref.name)}]`;
    case "slot":
      return (
        names.declared.find((name) => {
          const declared = names.resolve(name);
          return declared?.kind === "slot" && declared.index === ref.index;
        }) ?? "?"
      );
    case "key-since":
      return "keySince";
    case "input":
    case "meta":
    case "key":
    case "now":
    case "prev":
      return ref.kind;
  }
}

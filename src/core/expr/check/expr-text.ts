import { canonicalJson } from "../../base/json.ts";
import type { Expr } from "../ast.ts";
import type { ExprOf } from "../closure/closure.ts";
import type { NameRef } from "../scope.ts";

/** How declared names are written; slots are numbered differently in rules that say the same. */
export type NameOfSlot = (index: number) => string;

const slotNumber: NameOfSlot = (index) => String(index);

/**
 * A text that is equal for expressions that always give the same, as far as that is seen from their form: the order of
 * operands that decides nothing is sorted away, and a fact without a path reads as the name that it is. Where one of them
 * may end in an error and the other in nothing, they are not told apart.
 */
export class ExprTexts {
  readonly known = new Map<Expr, string>();
  readonly nameOfSlot: NameOfSlot;

  constructor(nameOfSlot: NameOfSlot = slotNumber) {
    this.nameOfSlot = nameOfSlot;
  }

  of(expr: Expr): string {
    const before = this.known.get(expr);
    if (before !== undefined) return before;
    const text = this.write(expr);
    this.known.set(expr, text);
    return text;
  }

  private write(expr: Expr): string {
    switch (expr.kind) {
      case "literal":
        return canonicalJson(expr.value);
      case "name":
        return this.ref(expr.ref);
      case "local":
        return `local(${expr.index})`;
      case "member":
        return this.step(expr.of, JSON.stringify(expr.name));
      case "index":
        return this.step(expr.of, this.of(expr.at));
      case "has-name":
        return `has(${this.ref(expr.ref)})`;
      case "has":
        return `has(${this.step(expr.of, this.of(expr.at))})`;
      case "list":
        return `list(${this.all(expr.items)})`;
      case "map":
        return `map(${expr.entries.map(({ key, value }) => `${this.of(key)}:${this.of(value)}`).join(",")})`;
      case "not":
      case "negate":
        return `${expr.kind}(${this.of(expr.of)})`;
      case "boolean":
        return yieldsBoolean(expr.of) ? this.of(expr.of) : `boolean(${this.of(expr.of)})`;
      case "none-of":
        return `none-of(${this.of(expr.of)})`;
      case "path":
        return `path(${this.of(expr.of)},${canonicalJson(expr.path)})`;
      case "binary":
      case "and":
      case "or":
      case "choose":
      case "call":
      case "loop":
      case "bind":
      case "fact":
      case "test":
      case "custom-test":
      case "dynamic-fact":
      case "all-of":
      case "any-of":
        return this.writeCompound(expr);
    }
  }

  private writeCompound(
    expr: ExprOf<
      | "binary"
      | "and"
      | "or"
      | "choose"
      | "call"
      | "loop"
      | "bind"
      | "fact"
      | "test"
      | "custom-test"
      | "dynamic-fact"
      | "all-of"
      | "any-of"
    >,
  ): string {
    switch (expr.kind) {
      case "binary":
        return `(${this.of(expr.left)} ${expr.operator} ${this.of(expr.right)})`;
      case "and":
      case "or":
        return `${expr.kind}(${expr.operands
          .map((operand) => this.of(operand))
          .sort()
          .join(",")})`;
      case "choose":
        return `choose(${this.all([expr.test, expr.whenTrue, expr.whenFalse])})`;
      case "call":
        return `${expr.name}(${this.all(expr.args)})`;
      case "loop": {
        const parts = [expr.test, expr.give].map((part) => (part === undefined ? "" : this.of(part)));
        return `${expr.macro}(${this.of(expr.of)},${expr.local},${parts.join(",")})`;
      }
      case "bind":
        return `bind(${expr.local},${this.of(expr.value)},${this.of(expr.body)})`;
      case "fact":
        return expr.path === undefined ? this.ref(expr.ref) : `fact(${this.ref(expr.ref)},${canonicalJson(expr.path)})`;
      case "test": {
        const operator = [...expr.decorators, expr.operator].join(":");
        return `test(${operator},${this.of(expr.fact)},${this.of(expr.value)})`;
      }
      case "custom-test":
        return `custom(${JSON.stringify(expr.name)},${this.of(expr.fact)},${this.of(expr.value)})`;
      case "dynamic-fact":
        return `dynamic(${JSON.stringify(expr.name)},${canonicalJson(expr.params)},${canonicalJson(expr.path)})`;
      case "all-of":
      case "any-of":
        return this.writeSets(expr.kind, expr.sets);
    }
  }

  /** Members of one priority in any order; one alone is what stands in it. */
  private writeSets(kind: "all-of" | "any-of", sets: readonly (readonly Expr[])[]): string {
    const [first, second] = sets;
    const [only, another] = first ?? [];
    if (only !== undefined && another === undefined && second === undefined) return this.of(only);
    const written = sets.map(
      (set) =>
        `[${set
          .map((member) => this.of(member))
          .sort()
          .join(",")}]`,
    );
    return `${kind}(${written.join(",")})`;
  }

  private step(of: Expr, at: string): string {
    return `${this.of(of)}[${at}]`;
  }

  private all(exprs: readonly Expr[]): string {
    return exprs.map((expr) => this.of(expr)).join(",");
  }

  private ref(ref: NameRef): string {
    switch (ref.kind) {
      case "field":
        return `field(${JSON.stringify(ref.name)})`;
      case "slot":
        return `slot(${this.nameOfSlot(ref.index)})`;
      case "input":
      case "meta":
      case "key":
      case "now":
      case "prev":
      case "key-since":
        return ref.kind;
    }
  }
}

/** True where a condition made of it can end in no type error at its root. */
function yieldsBoolean(expr: Expr): boolean {
  switch (expr.kind) {
    case "boolean":
    case "not":
    case "and":
    case "or":
    case "has":
    case "has-name":
    case "test":
    case "all-of":
    case "any-of":
    case "none-of":
      return true;
    case "binary":
      return !["+", "-", "*", "/", "%"].includes(expr.operator);
    case "loop":
      return expr.macro === "all" || expr.macro === "exists" || expr.macro === "exists_one";
    case "literal":
      return typeof expr.value === "boolean";
    case "name":
    case "local":
    case "member":
    case "index":
    case "list":
    case "map":
    case "negate":
    case "choose":
    case "call":
    case "bind":
    case "path":
    case "fact":
    case "custom-test":
    case "dynamic-fact":
      return false;
  }
}

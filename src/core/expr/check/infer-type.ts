import type { Expr } from "../ast.ts";
import type { ExprOf } from "../closure/closure.ts";
import { signatureOf } from "./function-signature.ts";
import type { JsonPath } from "../json-path.ts";
import type { NameRef } from "../scope.ts";
import { anyType, kinds, optional, typeOfKinds, typeOfValue, uniteTypes, type ValueType } from "./value-type.ts";

/** What is known of the names that an expression reads. */
export interface TypeNames {
  typeOf(ref: NameRef): ValueType;
  /** Why a name that resolves is most likely a mistake: no schema of the event has such a field. */
  strangerOf?(ref: NameRef): string | undefined;
}

/**
 * What expressions can yield where they end in no error. At least: a value that a program yields is always of the type
 * inferred. Types of macros' variables are kept from the macro to its body.
 */
export class Types {
  readonly names: TypeNames;
  readonly known = new Map<Expr, ValueType>();
  readonly locals = new Map<number, ValueType>();

  constructor(names: TypeNames) {
    this.names = names;
  }

  of(expr: Expr): ValueType {
    const before = this.known.get(expr);
    if (before !== undefined) return before;
    const type = this.infer(expr);
    this.known.set(expr, type);
    return type;
  }

  private infer(expr: Expr): ValueType {
    switch (expr.kind) {
      case "literal":
        return typeOfValue(expr.value);
      case "name":
        return this.names.typeOf(expr.ref);
      case "local":
        return this.locals.get(expr.index) ?? anyType;
      case "member":
        return memberTypeOf(this.of(expr.of), expr.name);
      case "index":
        return this.indexed(expr);
      case "list": {
        const [first, ...rest] = expr.items.map((item) => this.of(item));
        const items = rest.reduce((all, type) => uniteTypes(all, type), first ?? typeOfKinds(0));
        return typeOfKinds(kinds.list, { items });
      }
      case "map":
        for (const { key, value } of expr.entries) this.all([key, value]);
        return typeOfKinds(kinds.map);
      case "choose":
        this.of(expr.test);
        return uniteTypes(this.of(expr.whenTrue), this.of(expr.whenFalse));
      case "negate":
        this.of(expr.of);
        return typeOfKinds(kinds.number);
      case "binary":
        return this.binary(expr);
      case "call": {
        this.all(expr.args);
        return expr.name === "dyn" && expr.args[0] !== undefined
          ? this.of(expr.args[0])
          : signatureOf(expr.name).result;
      }
      case "loop":
        return this.loop(expr);
      case "bind":
        this.locals.set(expr.local, this.of(expr.value));
        return this.of(expr.body);
      case "fact":
        return pathType(this.names.typeOf(expr.ref), expr.path);
      case "path":
        this.of(expr.of);
        return anyType;
      case "dynamic-fact":
        return anyType;
      case "has":
      case "not":
      case "boolean":
      case "none-of":
      case "and":
      case "or":
      case "test":
      case "custom-test":
      case "all-of":
      case "any-of":
      case "has-name":
        return typeOfKinds(kinds.boolean);
    }
  }

  private all(exprs: readonly Expr[]): void {
    for (const expr of exprs) this.of(expr);
  }

  private indexed({ of, at }: ExprOf<"index">): ValueType {
    const holder = this.of(of);
    if (at.kind === "literal" && typeof at.value === "string") return memberTypeOf(holder, at.value);
    this.of(at);
    const isList = (holder.kinds & ~(kinds.list | kinds.nothing)) === 0;
    return isList && holder.items !== undefined ? optional(holder.items) : anyType;
  }

  private binary({ operator, left, right }: ExprOf<"binary">): ValueType {
    switch (operator) {
      case "+": {
        const both = this.of(left).kinds & this.of(right).kinds & (kinds.number | kinds.text | kinds.list);
        return typeOfKinds(both);
      }
      case "-":
      case "*":
      case "/":
      case "%":
        this.all([left, right]);
        return typeOfKinds(kinds.number);
      default:
        this.all([left, right]);
        return typeOfKinds(kinds.boolean);
    }
  }

  private loop(expr: ExprOf<"loop">): ValueType {
    const of = this.of(expr.of);
    let item = (of.kinds & kinds.list) === 0 ? undefined : (of.items ?? anyType);
    if ((of.kinds & kinds.map) !== 0) {
      const keys = typeOfKinds(kinds.text);
      item = item === undefined ? keys : uniteTypes(item, keys);
    }
    this.locals.set(expr.local, item ?? anyType);
    if (expr.test !== undefined) this.of(expr.test);
    const given = expr.give === undefined ? item : this.of(expr.give);
    if (expr.macro === "map" || expr.macro === "filter") return typeOfKinds(kinds.list, { items: given });
    return typeOfKinds(kinds.boolean);
  }
}

/** `of.name`, where `of` is a map or null: anything else is an error. */
function memberTypeOf(holder: ValueType, name: string): ValueType {
  const isMap = (holder.kinds & kinds.map) !== 0;
  const isNothing = (holder.kinds & kinds.nothing) !== 0;
  if (!isMap) return typeOfKinds(kinds.nothing);
  const member = knownMember(holder, name);
  return isNothing ? optional(member) : member;
}

/** Of a member that the type does not have nothing is inferred: that it is unknown is told elsewhere. */
function knownMember({ members }: ValueType, name: string): ValueType {
  return members.get(name) ?? anyType;
}

/** json-rules-engine's path: what is no object or list passes through it. */
function pathType(of: ValueType, path: JsonPath | undefined): ValueType {
  if (path === undefined) return of;
  if (path.kind === "query" || (of.kinds & kinds.list) !== 0) return anyType;
  const [first, ...rest] = path.steps;
  if (first === undefined) return of;
  if ((of.kinds & kinds.map) === 0) return of;
  let type = knownMember(of, first);
  for (const step of rest) {
    if ((type.kinds & (kinds.list | kinds.text)) !== 0) return anyType;
    type = (type.kinds & kinds.map) === 0 ? typeOfKinds(kinds.nothing) : optional(knownMember(type, step));
  }
  const passed = of.kinds & ~(kinds.map | kinds.list);
  return passed === 0 ? type : uniteTypes(type, { ...of, kinds: passed });
}

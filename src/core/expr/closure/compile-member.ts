import type { Assembly, Evaluate, ExprOf } from "./closure.ts";
import { metaMember } from "./compile-name.ts";
import { ExprError } from "../expr-error.ts";
import { typeNameOf } from "../function/function-entry.ts";
import { isList, isMap, memberReader, ownMember } from "./property.ts";

/** `of.name`. Of null it is null; of what has no members it is an error. */
export function compileMember({ compile }: Assembly, { of, name }: ExprOf<"member">): Evaluate {
  if (of.kind === "name" && of.ref.kind === "meta") {
    const readMeta = metaMember(name);
    if (readMeta !== undefined) return (scope) => readMeta(scope) ?? null;
  }
  const holderOf = compile(of);
  const read = memberBody(name);
  return (scope) => {
    const holder = holderOf(scope);
    return holder instanceof ExprError ? holder : read(holder);
  };
}

/** A member of what is no error. */
export function memberBody(name: string): (holder: unknown) => unknown {
  const read = memberReader(name);
  return (holder) => {
    if (holder === null) return null;
    return isMap(holder) ? (read(holder) ?? null) : noMembers(name, holder);
  };
}

function noMembers(name: string, holder: unknown): ExprError {
  return new ExprError("no-such-key", `${typeNameOf(holder)} has no member ${JSON.stringify(name.slice(0, 64))}`);
}

/** `of[at]`. Beyond the list's end, and for a key that the map does not have, it is null, as an absent member is. */
export function compileIndex({ compile }: Assembly, expr: ExprOf<"index">): Evaluate {
  const holderOf = compile(expr.of);
  const indexOf = compile(expr.at);
  return (scope) => {
    const holder = holderOf(scope);
    if (holder instanceof ExprError) return holder;
    const at = indexOf(scope);
    return at instanceof ExprError ? at : indexBody(holder, at);
  };
}

/** `holder[at]` of what is no error. */
export function indexBody(holder: unknown, at: unknown): unknown {
  if (holder === null) return null;
  if (typeof at === "number" && isList(holder)) {
    return Number.isInteger(at)
      ? (holder[at] ?? null)
      : new ExprError("type", `a list's index is a whole number, not ${at}`);
  }
  if (typeof at !== "string") return new ExprError("type", `${typeNameOf(holder)} is not indexed by ${typeNameOf(at)}`);
  return isMap(holder) ? (ownMember(holder, at) ?? null) : noMembers(at, holder);
}

/** `has(of.at)`: true where the member is there, be it null; false where anything on the way is not. */
export function compileHas({ compile }: Assembly, expr: ExprOf<"has">): Evaluate {
  const holderOf = compile(expr.of);
  const indexOf = compile(expr.at);
  return (scope) => {
    const holder = holderOf(scope);
    if (holder instanceof ExprError) return holder.code === "no-such-key" ? false : holder;
    const at = indexOf(scope);
    if (at instanceof ExprError) return at;
    if (typeof at === "string") return isMap(holder) && ownMember(holder, at) !== undefined;
    if (typeof at !== "number") return new ExprError("type", `has takes a name or an index, not ${typeNameOf(at)}`);
    return isList(holder) && Number.isInteger(at) && at >= 0 && at < holder.length;
  };
}

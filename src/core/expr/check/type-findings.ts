import { didYouMean } from "../../base/text-distance.ts";
import { childrenOf, type Expr } from "../ast.ts";
import type { ExprOf } from "../closure/closure.ts";
import type { Finding } from "./finding.ts";
import { argumentKinds, signatureOf } from "./function-signature.ts";
import type { Types } from "./infer-type.ts";
import { kinds, memberOf, typeText, type ValueType } from "./value-type.ts";
import { testFindings } from "./test-findings.ts";

const { boolean, number, text, list, map, nothing } = kinds;

/**
 * Parts of an expression that can only end in an error, or only in one answer, for what the types say: each with the part
 * that it stands at. Named conditions are judged in their own documents.
 */
export function typeFindings(root: Expr, types: Types, named: ReadonlySet<Expr>): readonly Finding[] {
  types.of(root);
  const findings: Finding[] = [];
  const seen = new Set<Expr>();
  const visit = (expr: Expr): void => {
    if (seen.has(expr) || named.has(expr)) return;
    seen.add(expr);
    findings.push(...findingsOf(expr, types));
    for (const child of childrenOf(expr)) visit(child);
  };
  visit(root);
  return findings;
}

function findingsOf(expr: Expr, types: Types): readonly Finding[] {
  switch (expr.kind) {
    case "binary":
      return binaryFindings(expr, types);
    case "and":
    case "or":
      return expr.operands.flatMap((operand) => mustBe(operand, boolean, types, expr.kind === "and" ? "&&" : "||"));
    case "not":
      return mustBe(expr.of, boolean, types, "!");
    case "negate":
      return mustBe(expr.of, number, types, "-");
    case "choose":
      return mustBe(expr.test, boolean, types, "?:");
    case "boolean":
      return mustBe(expr.of, boolean, types, "a condition");
    case "call":
      return expr.args.flatMap((arg, index) =>
        mustBe(arg, argumentKinds(signatureOf(expr.name), index), types, expr.name),
      );
    case "loop":
      return [
        ...mustBe(expr.of, list | map, types, expr.macro),
        ...(expr.test === undefined ? [] : mustBe(expr.test, boolean, types, expr.macro)),
      ];
    case "member":
      return memberFindings(expr.of, expr.name, expr, types);
    case "index":
      return expr.at.kind === "literal" && typeof expr.at.value === "string"
        ? memberFindings(expr.of, expr.at.value, expr, types)
        : [];
    case "has":
      return expr.at.kind === "literal" && typeof expr.at.value === "string"
        ? unknownMember(types.of(expr.of), expr.at.value, expr)
        : [];
    case "name":
    case "has-name":
      return unknownField(expr, types);
    case "fact": {
      const stranger = unknownField(expr, types);
      return stranger.length > 0 ? stranger : pathFindings(expr, types);
    }
    case "test":
      return testFindings(expr, types);
    case "literal":
    case "local":
    case "list":
    case "map":
    case "bind":
    case "path":
    case "custom-test":
    case "dynamic-fact":
    case "all-of":
    case "any-of":
    case "none-of":
      return [];
  }
}

function unknownField(expr: ExprOf<"name" | "has-name" | "fact">, types: Types): readonly Finding[] {
  const message = types.names.strangerOf?.(expr.ref);
  return message === undefined ? [] : [{ at: expr, code: "unknown-field", isFailure: false, message }];
}

/** Steps of a plain path into what no schema has. */
function pathFindings(fact: ExprOf<"fact">, types: Types): readonly Finding[] {
  if (fact.path?.kind !== "walk") return [];
  let holder = types.names.typeOf(fact.ref);
  for (const step of fact.path.steps) {
    if ((holder.kinds & ~(map | nothing)) !== 0) return [];
    const [finding] = unknownMember(holder, step, fact);
    if (finding !== undefined) return [{ ...finding, key: "path" }];
    holder = memberOf(holder, step);
  }
  return [];
}

/** A part whose type has none of the kinds wanted: it can only end in an error. */
function mustBe(expr: Expr, wanted: number, types: Types, taker: string): readonly Finding[] {
  const { kinds: found } = types.of(expr);
  if ((found & wanted) !== 0 || found === 0) return [];
  return [
    {
      at: expr,
      code: "unlike-types",
      isFailure: true,
      message: `${taker} takes ${typeText(wanted)}, not ${typeText(found)}`,
    },
  ];
}

function binaryFindings({ operator, left, right }: ExprOf<"binary">, types: Types): readonly Finding[] {
  const a = types.of(left).kinds;
  const b = types.of(right).kinds;
  if (a === 0 || b === 0) return [];
  switch (operator) {
    case "==":
    case "!=":
      if ((a & b) !== 0 || isNullCheck(a, b)) return [];
      return [
        {
          at: left.kind === "literal" ? left : right,
          code: "unlike-types",
          isFailure: false,
          message: `${typeText(a)} never equals ${typeText(b)}: \`${operator}\` is always ${operator === "!="}; compare values of one type`,
        },
      ];
    case "<":
    case "<=":
    case ">":
    case ">=":
      if ((a & b & (number | text | boolean)) !== 0) return [];
      return [unlike(operator, "two numbers or two texts", [left, a], [right, b])];
    case "+":
      if ((a & b & (number | text | list)) !== 0) return [];
      return [unlike(operator, "two numbers, two texts or two lists", [left, a], [right, b])];
    case "in":
      return inFindings(left, right, types);
    default:
      return [...mustBe(left, number, types, operator), ...mustBe(right, number, types, operator)];
  }
}

/** Whether a value is absent may be asked of anything. */
function isNullCheck(a: number, b: number): boolean {
  return a === nothing || b === nothing;
}

function unlike(
  operator: string,
  wanted: string,
  [left, a]: readonly [Expr, number],
  [right, b]: readonly [Expr, number],
): Finding {
  const at = right.kind !== "literal" && left.kind === "literal" ? left : right;
  const message = `${operator} takes ${wanted}, not ${typeText(a)} and ${typeText(b)}; convert one of them, as with double(…) or string(…)`;
  return { at, code: "unlike-types", isFailure: true, message };
}

function inFindings(left: Expr, right: Expr, types: Types): readonly Finding[] {
  const holder = types.of(right);
  if ((holder.kinds & (list | map)) === 0) return mustBe(right, list | map, types, "in");
  if ((holder.kinds & map) !== 0 || holder.items === undefined) return [];
  const a = types.of(left).kinds;
  const b = holder.items.kinds;
  if ((a & b) !== 0 || b === 0) return [];
  const message = `${typeText(a)} is never in a list of ${typeText(b)}; compare values of one type`;
  return [{ at: right, code: "unlike-types", isFailure: false, message }];
}

/** A member that no such map has, and one of what has no members. */
function memberFindings(of: Expr, name: string, at: Expr, types: Types): readonly Finding[] {
  const holder = types.of(of);
  if ((holder.kinds & (map | nothing)) === 0 && holder.kinds !== 0)
    return [
      {
        at,
        code: "unlike-types",
        isFailure: true,
        message: `${typeText(holder.kinds)} has no members, and so no "${name}"`,
      },
    ];
  return unknownMember(holder, name, at);
}

/** Of a map whose members are known: one that is not among them. */
function unknownMember(holder: ValueType, name: string, at: Expr): readonly Finding[] {
  if (
    (holder.kinds & map) === 0 ||
    holder.isOpen ||
    holder.members.has(name) ||
    memberOf(holder, name).kinds !== nothing
  )
    return [];
  const names = [...holder.members.keys()];
  const hint = didYouMean(name, names) || (names.length > 0 ? `; it has ${names.slice(0, 12).join(", ")}` : "");
  return [{ at, code: "unknown-field", isFailure: false, message: `the schema has no member "${name}" there${hint}` }];
}

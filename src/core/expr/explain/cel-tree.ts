import { assert } from "../../base/assert.ts";
import type { Expr } from "../ast.ts";
import { chainOf, compileCel } from "../cel/cel-expression.ts";
import { celMacroOf } from "../cel/cel-macro.ts";
import { parseCel, type CelNode } from "../cel/cel-parser.ts";
import { celSlice } from "./cel-slice.ts";
import { assemble } from "../closure/compile-closures.ts";
import type { ConditionTree, TreeMaking, TreePart, TreePlace } from "./condition-tree.ts";
import { readPathsIn } from "./read-path.ts";
import { shownText } from "./shown-value.ts";

type NamedTree = (making: TreeMaking, name: string) => ConditionTree | undefined;

/** One CEL text. */
interface Making extends TreeMaking {
  readonly cel: string;
  readonly pointer: string;
  readonly namedTree: NamedTree;
}

/**
 * The tree of a CEL condition: `&&`, `||`, `!`, `?:` and `cond` are nodes, and what lies below them is taken as a whole. The
 * parser's tree and the compiled one are walked side by side: one has the places, the other the meaning.
 */
export function celTree(making: TreeMaking, cel: string, pointer: string, namedTree: NamedTree): ConditionTree {
  const parsing = parseCel(cel);
  assert(parsing.kind === "parsed", "a condition that compiled can be parsed");
  return treeOf({ ...making, cel, pointer, namedTree }, parsing.node, compileCel(making.state, cel, pointer));
}

function treeOf(making: Making, node: CelNode, expr: Expr): ConditionTree {
  const place = placeOf(making, node);
  switch (node.op) {
    case "&&":
    case "||": {
      if (expr.kind !== "and" && expr.kind !== "or") break;
      const { operands: exprs } = expr;
      const operands = chainOf(node.op, node).map((operand, index) => treeOf(making, operand, exprs[index] ?? expr));
      return { ...place, kind: expr.kind, text: node.op, operands };
    }
    case "!_":
      if (expr.kind !== "not") break;
      return { ...place, kind: "not", text: "!", of: treeOf(making, node.args, expr.of) };
    case "?:": {
      if (expr.kind !== "choose") break;
      const [test, whenTrue, whenFalse] = node.args;
      return {
        ...place,
        kind: "choose",
        text: "? :",
        test: treeOf(making, test, expr.test),
        whenTrue: treeOf(making, whenTrue, expr.whenTrue),
        whenFalse: treeOf(making, whenFalse, expr.whenFalse),
      };
    }
    case "call": {
      const macro = celMacroOf(node, () => false);
      if (macro?.kind !== "cond") break;
      const { name: refersTo } = macro;
      return { ...place, kind: "condition", document: undefined, refersTo, of: making.namedTree(making, refersTo) };
    }
    default:
  }
  return { ...place, kind: "expression", evaluate: assemble(expr), ...partsOf(making, node, expr) };
}

function placeOf({ cel, pointer, within }: Making, { start, end }: CelNode): TreePlace {
  const { from, to } = celSlice(cel, start, end);
  return { pointer, within, text: shownText(cel.slice(from, to)), span: [from, to] };
}

function partsOf(making: Making, node: CelNode, expr: Expr) {
  const sides = sidesOf(node, expr).map(([side, of]) => ({ ...partOf(making, side), evaluate: assemble(of) }));
  const known = new Set([placeOf(making, node).text, ...sides.map(({ text }) => text)]);
  const reads = readPathsIn(expr, making.state.context.names)
    .filter(({ text }) => !known.has(text))
    .map(({ text, expr: read }): TreePart => ({ text: shownText(text), evaluate: assemble(read) }));
  return { sides, reads };
}

function partOf(making: Making, node: CelNode): Pick<TreePart, "text"> {
  return { text: placeOf(making, node).text };
}

/** What an operator or a call stands between, each part as it is written and as it is compiled. */
function sidesOf(node: CelNode, expr: Expr): readonly (readonly [CelNode, Expr])[] {
  if (expr.kind === "binary" && Array.isArray(node.args)) {
    const [left, right]: readonly unknown[] = node.args;
    return isCelNode(left) && isCelNode(right)
      ? [
          [left, expr.left],
          [right, expr.right],
        ]
      : [];
  }
  if (expr.kind !== "call" || (node.op !== "call" && node.op !== "rcall")) return [];
  const written = node.op === "call" ? node.args[1] : [node.args[1], ...node.args[2]];
  // `math.abs(x)` is written as a method of `math`: only the arguments have a place.
  const args = written.slice(written.length - Math.min(written.length, expr.args.length));
  return expr.args.length === args.length ? args.flatMap((arg, index) => pairOf(arg, expr.args[index])) : [];
}

function pairOf(node: CelNode, expr: Expr | undefined): readonly (readonly [CelNode, Expr])[] {
  return expr === undefined ? [] : [[node, expr]];
}

function isCelNode(value: unknown): value is CelNode {
  return typeof value === "object" && value !== null && "op" in value && "start" in value && "end" in value;
}

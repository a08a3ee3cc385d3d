import type { Expr } from "../ast.ts";
import { atomOfCel, atomOfTest } from "./atom-values.ts";
import { areContradictory, type Goal } from "./contradiction.ts";
import { ExprTexts, type NameOfSlot } from "./expr-text.ts";
import { wordsOf } from "./expr-words.ts";
import type { Finding } from "./finding.ts";
import { isNoValue, type ValueSet } from "./value-set.ts";

export interface LogicOptions {
  valuesOf(term: Expr): ValueSet;
  /** What is known of a value in words, such as `at least 0`; undefined where it is nothing that decides. */
  knownOf(term: Expr): string | undefined;
  readonly nameOfSlot: NameOfSlot;
  /** False for what stands in another document: it is judged as one piece, where it is referred to. */
  isHere(expr: Expr): boolean;
}

/**
 * Parts of a condition that can never hold, or always do: proven, for any event. Each at the smallest part that it can be
 * said of; of conditions that rule each other out, at the one that stands last. What is written to hold always (`true`, an empty
 * `all`) is not said.
 */
export function logicFindings(root: Expr, options: LogicOptions): readonly Finding[] {
  const inspector = new LogicInspector(options);
  inspector.visit(root);
  return inspector.findings;
}

class LogicInspector {
  readonly findings: Finding[] = [];
  readonly options: LogicOptions;
  readonly search: { readonly texts: ExprTexts; valuesOf(term: Expr): ValueSet };

  constructor(options: LogicOptions) {
    this.options = options;
    this.search = { texts: new ExprTexts(), valuesOf: options.valuesOf };
  }

  visit(expr: Expr): void {
    if (isMeantToHold(expr)) return;
    if (this.isImpossible([{ expr, wanted: true }])) return this.tellNever(expr);
    if (this.isImpossible([{ expr, wanted: false }])) return this.tellAlways(expr);
    if (!this.options.isHere(expr)) return;
    for (const child of conditionsIn(expr)) this.visit(child);
  }

  private isImpossible(goals: readonly Goal[]): boolean {
    return areContradictory(goals, this.search);
  }

  private tellNever(expr: Expr): void {
    const members = this.options.isHere(expr) ? conjunctsOf(expr) : undefined;
    if (members === undefined) {
      this.tell(expr, "never-holds", `can never hold${this.reasonOf(expr)}; correct it or take it out`);
      return;
    }
    const [only, ...more] = members;
    if (only !== undefined && more.length === 0) return this.tellNever(only);
    for (const member of members)
      if (this.isImpossible([{ expr: member, wanted: true }])) return this.tellNever(member);
    for (let count = 2; count <= members.length; count += 1) {
      const some = members.slice(0, count);
      if (!this.isImpossible(some.map((member) => ({ expr: member, wanted: true })))) continue;
      const last = some[count - 1];
      if (last === undefined) return;
      this.tell(last, "never-holds", `can never hold together with ${this.rivalOf(last, some)}; correct one of them`);
      return;
    }
    this.tell(expr, "never-holds", "these conditions can never hold together");
  }

  /** What is known of the value that a comparison asks of, where that is what rules it out. */
  private reasonOf(expr: Expr): string {
    const atom = expr.kind === "test" ? atomOfTest(expr, true) : atomOfCel(expr, true);
    if (atom === undefined || isNoValue(atom.values)) return "";
    const words = wordsOf(atom.term, this.options.nameOfSlot);
    const known = this.options.knownOf(atom.term);
    return words === undefined || known === undefined ? "" : `: \`${words}\` is ${known}`;
  }

  /** The one condition before `last` that rules it out, where it is one alone. */
  private rivalOf(last: Expr, some: readonly Expr[]): string {
    const rival = some
      .slice(0, -1)
      .find((member) => this.isImpossible([member, last].map((expr) => ({ expr, wanted: true }))));
    const words = rival === undefined ? undefined : wordsOf(rival, this.options.nameOfSlot);
    return words === undefined ? "the conditions before it" : `\`${words}\``;
  }

  private tellAlways(expr: Expr): void {
    const [inner, ...more] = this.options.isHere(expr) && isWrapper(expr) ? conditionsIn(expr) : [];
    if (inner !== undefined && more.length === 0) return this.tellAlways(inner);
    if (expr.kind === "any-of" && expr.sets.flat().length === 0)
      return this.tell(
        expr,
        "always-holds",
        "an empty `any` always holds, as in json-rules-engine; fill it or take it out",
      );
    this.tell(expr, "always-holds", "always holds, where it ends in no error; correct it or take it out");
  }

  private tell(at: Expr, code: "never-holds" | "always-holds", message: string): void {
    this.findings.push({ at, code, isFailure: false, message });
  }
}

/** What says by itself that it is to hold always. */
function isMeantToHold(expr: Expr): boolean {
  if (expr.kind === "boolean") return isMeantToHold(expr.of);
  if (expr.kind === "literal") return expr.value === true;
  return expr.kind === "all-of" && expr.sets.every((set) => set.every(isMeantToHold));
}

/** All of these have to hold; undefined for what is no conjunction. */
function conjunctsOf(expr: Expr): readonly Expr[] | undefined {
  if (expr.kind === "and") return expr.operands;
  if (expr.kind === "boolean") return [expr.of];
  if (expr.kind !== "all-of" && expr.kind !== "any-of") return undefined;
  const members = expr.sets.flat();
  return expr.kind === "all-of" || members.length === 1 ? members : undefined;
}

/** True for what is no more than the one condition in it. */
function isWrapper(expr: Expr): boolean {
  if (expr.kind === "boolean") return true;
  return (expr.kind === "all-of" || expr.kind === "any-of") && expr.sets.flat().length === 1;
}

/** The conditions directly in a condition. */
function conditionsIn(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "and":
    case "or":
      return expr.operands;
    case "all-of":
    case "any-of":
      return expr.sets.flat();
    case "boolean":
    case "not":
    case "none-of":
      return [expr.of];
    case "choose":
      return [expr.test, expr.whenTrue, expr.whenFalse].filter(isCondition);
    case "loop":
      return expr.test === undefined ? [] : [expr.test];
    case "bind":
      return isCondition(expr.body) ? [expr.body] : [];
    case "literal":
    case "name":
    case "local":
    case "member":
    case "index":
    case "has-name":
    case "has":
    case "list":
    case "map":
    case "negate":
    case "binary":
    case "call":
    case "path":
    case "fact":
    case "test":
    case "custom-test":
    case "dynamic-fact":
      return [];
  }
}

/** Of the branches of `?:` only those are conditions that can be nothing else. */
function isCondition(expr: Expr): boolean {
  switch (expr.kind) {
    case "and":
    case "or":
    case "not":
    case "has":
    case "has-name":
      return true;
    case "binary":
      return !["+", "-", "*", "/", "%"].includes(expr.operator);
    case "literal":
    case "name":
    case "local":
    case "member":
    case "index":
    case "list":
    case "map":
    case "negate":
    case "choose":
    case "call":
    case "loop":
    case "bind":
    case "path":
    case "boolean":
    case "fact":
    case "test":
    case "custom-test":
    case "dynamic-fact":
    case "all-of":
    case "any-of":
    case "none-of":
      return false;
  }
}

import { childrenOf, type Expr } from "../ast.ts";

/**
 * Numbers nodes by their content: equal nodes of different rules have one number. A node costs one short text, for its
 * children stand in it by their numbers. Only for nodes that are plain data, as `readsEventOnly` finds them.
 */
export class NodeNumbers {
  private readonly byContent = new Map<string, number>();
  private readonly byNode = new Map<unknown, number>();
  /** Of each number, in how many different nodes it stands, and how often it was put to use by itself. */
  private readonly userCounts: number[] = [];
  /** Of each number, variables of macros that a macro around the node must set. */
  private readonly freeLocals: (readonly number[])[] = [];

  numberOf(expr: Expr): number {
    const known = this.byNode.get(expr);
    if (known !== undefined) return known;
    const children = childrenOf(expr).map((child) => this.numberOf(child));
    const content = JSON.stringify(expr, (_, value: unknown) => this.contentOf(expr, value));
    const number = this.byContent.get(content) ?? this.add(content, expr, children);
    this.byNode.set(expr, number);
    return number;
  }

  /** Counts a use of the node by itself, such as a gate makes. */
  use(expr: Expr): void {
    this.countUser(this.numberOf(expr));
  }

  /** True where several users would evaluate the node at one event, each for itself, and all with one value. */
  isShared(expr: Expr): boolean {
    const number = this.numberOf(expr);
    return (this.userCounts[number] ?? 0) > 1 && this.freeLocals[number]?.length === 0;
  }

  private add(content: string, expr: Expr, children: readonly number[]): number {
    const number = this.userCounts.push(0) - 1;
    this.byContent.set(content, number);
    for (const child of children) this.countUser(child);
    const below = children.flatMap((child) => this.freeLocals[child] ?? []);
    if (expr.kind === "local") this.freeLocals.push([expr.index]);
    else if (expr.kind === "loop" || expr.kind === "bind")
      this.freeLocals.push(below.filter((index) => index !== expr.local));
    else this.freeLocals.push(below);
    return number;
  }

  private countUser(number: number): void {
    this.userCounts[number] = (this.userCounts[number] ?? 0) + 1;
  }

  /** A child as its number, and numbers that JSON has no text for as texts of their own. */
  private contentOf(root: Expr, value: unknown): unknown {
    if (typeof value === "number")
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { number: Object.is(value, -0) ? "-0" : `${value}` };
    const number = value === root ? undefined : this.byNode.get(value);
    return number === undefined ? value : `#${number}`;
  }
}

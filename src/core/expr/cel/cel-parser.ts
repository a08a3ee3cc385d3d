import { Environment, ParseError, type ASTNode } from "@marcbachmann/cel-js";

/** Characters in one expression, and nodes the parser may make of them. */
const textLengthMax = 20_000;
const nodeCountMax = 10_000;

const environment = new Environment({ limits: { maxAstNodes: nodeCountMax }, enableOptionalTypes: true });

export type CelNode = ASTNode;

export type CelParsing =
  | { readonly kind: "parsed"; readonly node: CelNode }
  /** `at` is the 0-based offset in UTF-16 units. */
  | { readonly kind: "failed"; readonly at: number; readonly message: string };

/** Only the parser of the package is used: what its trees mean is ours, see `cel-expression.ts`. */
export function parseCel(text: string): CelParsing {
  if (text.length > textLengthMax) {
    return {
      kind: "failed",
      at: textLengthMax,
      message: `longer than ${textLengthMax} characters; give parts of it names with \`let\` or \`define\``,
    };
  }
  try {
    return { kind: "parsed", node: environment.parse(text).ast };
  } catch (cause) {
    if (!(cause instanceof ParseError))
      return { kind: "failed", at: 0, message: "nested too deep to be read; simplify it" };
    const at = Math.min(cause.range?.start ?? cause.node?.start ?? 0, text.length);
    return { kind: "failed", at, message: failureMessage(cause, text, at) };
  }
}

function failureMessage(error: ParseError, text: string, at: number): string {
  if (text.trim() === "") return "expected an expression, found nothing";
  if (error.code === "reserved_identifier") {
    const name = /^\w+/.exec(text.slice(at))?.[0] ?? "";
    return `"${name}" is a reserved word of CEL; write input['${name}'] for the field`;
  }
  if (text[at] === "=") return 'unexpected "="; write == to compare';
  if (text[at] === "&" || text[at] === "|") return `unexpected "${text[at]}"; write ${text[at]}${text[at]}`;
  const summary = error.summary
    .replace(/token: EOF$/, "end of the text")
    .replace(/\bEOF\b/, "the end of the text")
    .replace(/^./, (first) => first.toLowerCase());
  return `not a CEL expression: ${summary}`;
}

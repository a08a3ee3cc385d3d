import type { Compiling, ExprContext } from "../../../src/core/expr/context.ts";
import { eventNames } from "../../../src/core/expr/names.ts";
import { compileList } from "../../../src/core/table/compile-list.ts";
import type { ListContent } from "../../../src/core/table/list-change.ts";
import type { ListProgram } from "../../../src/core/table/list-program.ts";
import type { ListDocument } from "../../../src/spec/list.ts";

const feedContext: ExprContext = {
  names: eventNames({}, { beforeKey: true }),
  named: new Map(),
  allowUndefinedFacts: false,
  allowUndefinedConditions: false,
};

export function contentOf(format: ListContent["format"], text: string | Uint8Array): ListContent {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return { format, sha256: "", bytes };
}

export function compiling(document: ListDocument, content?: ListContent): Compiling<ListProgram> {
  return compileList("l", document, content, feedContext);
}

/** A list without a fault. */
export function listOf(document: ListDocument, content?: ListContent): ListProgram {
  const { compiled, faults } = compiling(document, content);
  if (compiled === undefined) throw new Error(JSON.stringify(faults, null, 2));
  return compiled;
}

import { ByteReader, ByteWriter } from "../../../src/core/base/bytes.ts";
import type { JsonObject } from "../../../src/core/base/json.ts";
import type { TocsinEvent } from "../../../src/core/event/event.ts";
import type { CompiledCondition, CompiledExpression } from "../../../src/core/expr/compiled.ts";
import type { Compiling, ExprContext } from "../../../src/core/expr/context.ts";
import { ExprError } from "../../../src/core/expr/expr-error.ts";
import { emptyScope } from "../../../src/core/expr/scope.ts";
import type { Scope } from "../../../src/core/expr/scope.ts";
import { eventTimeMs } from "../../../src/core/time/instant.ts";
import { compileWindow } from "../../../src/core/window/compile-window.ts";
import { familyOf, type WindowContext, type WindowStore } from "../../../src/core/window/window-program.ts";
import type { WindowDocument } from "../../../src/spec/window.ts";

const testNames: ExprContext = {
  names: { resolve: (name) => ({ kind: "field", name }), declared: [] },
  named: new Map(),
  allowUndefinedFacts: false,
  allowUndefinedConditions: false,
};

/**
 * A condition language of the tests' own, so that windows are tested apart from the real one: an expression is the name of
 * a top-level field, a condition such a name whose field must be true. `broken` is an error in both, and text that begins
 * with `!` does not compile.
 */
export const testContext: WindowContext = {
  conditions: (document, pointer) =>
    compileText(
      typeof document === "string" ? document : "!",
      pointer,
      (name): CompiledCondition => ({
        holds: (scope) => (name === "broken" ? brokenError : fieldIn(scope, name) === true),
        reads: [name],
        expr: { kind: "name", ref: { kind: "field", name } },
        source: { document: name, pointer, context: testNames },
      }),
    ),
  expressions: (text, pointer) =>
    compileText(
      text,
      pointer,
      (name): CompiledExpression => ({
        evaluate: (scope) => (name === "broken" ? brokenError : fieldIn(scope, name)),
        reads: [name],
        expr: { kind: "name", ref: { kind: "field", name } },
        text: name,
      }),
    ),
  names: testNames,
  triggerNames: () => testNames,
  slot: 0,
  extensions: undefined,
};

/** Windows that are kept together, as the plan would; of one family, with equal aggregates. */
export function storeOf(documents: readonly WindowDocument[], context: WindowContext = testContext): WindowStore {
  const programs = documents.map((document) => {
    const { compiled, faults } = compileWindow(document, "/windows/w", context);
    if (compiled === undefined) throw new Error(JSON.stringify(faults));
    return compiled;
  });
  const [first] = programs;
  if (first === undefined) throw new Error("no window");
  return { family: familyOf(first), members: programs.map((program, tag) => ({ program, tag })) };
}

export const brokenError = new ExprError("operator", "broken on purpose");

function fieldIn(scope: Scope, name: string): unknown {
  return scope.event?.fields[name];
}

function compileText<T>(text: string, pointer: string, compile: (name: string) => T): Compiling<T> {
  if (!text.startsWith("!")) return { compiled: compile(text), faults: [] };
  return {
    compiled: undefined,
    faults: [{ pointer, severity: "error", code: "expression", message: "no expression" }],
  };
}

export function eventAt(time: number, fields: JsonObject = {}, id: string | number = time): TocsinEvent {
  const position = { source: "test", sequence: 0, index: 0 };
  return { position, id, type: "test", time: eventTimeMs(time), source: "test", fields };
}

export function scopeOf(event: TocsinEvent): Scope {
  return { ...emptyScope(), event, now: event.time };
}

export function bytesOf(encode: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  encode(writer);
  return writer.finish();
}

/** Reads back all of `bytes`. */
export function readWhole<T>(bytes: Uint8Array, decode: (reader: ByteReader) => T): T {
  const reader = new ByteReader(bytes);
  const value = decode(reader);
  if (!reader.isAtEnd) throw new Error("bytes are left over");
  return value;
}

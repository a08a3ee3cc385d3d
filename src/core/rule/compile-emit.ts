import type { EmitDocument } from "../../spec/rule.ts";
import { pointerTo } from "../base/fault.ts";
import type { Fault } from "../base/fault.ts";
import { ownTypePrefix } from "../event/type-filter.ts";
import { compileExpression } from "../expr/compile-expression.ts";
import type { Compiling, ExprContext } from "../expr/context.ts";
import type { EmitProgram } from "./rule-program.ts";

/** Fields that every derived event has. */
const ownFields = ["id", "type", "time"];

/** A rule's `emit`; nothing where it has none. */
export function compileEmit(document: EmitDocument | undefined, context: ExprContext): Compiling<EmitProgram> {
  if (document === undefined) return { compiled: undefined, faults: [] };
  const faults: Fault[] = [];
  const { type } = document;
  if (`${type}.`.startsWith(ownTypePrefix)) {
    const message = `types that begin with \`${ownTypePrefix}\` are Tocsin's own: choose another`;
    faults.push({ pointer: "/emit/type", severity: "error", code: "wrong-value", message });
  }
  const fields: EmitProgram["fields"][number][] = [];
  for (const [name, text] of Object.entries(document.fields ?? {})) {
    const pointer = pointerTo("/emit/fields", name);
    if (ownFields.includes(name)) {
      const message = `a derived event has its own \`${name}\`: choose another name`;
      faults.push({ pointer, atKey: true, severity: "error", code: "duplicate", message });
    }
    const { compiled, faults: found } = compileExpression(text, pointer, context);
    faults.push(...found);
    if (compiled !== undefined) fields.push({ name, expression: compiled });
  }
  return { compiled: { type, fields }, faults };
}

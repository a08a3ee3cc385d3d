import type { InlinePatternDocument } from "../../spec/pattern.ts";
import { type Fault, pointerTo } from "../base/fault.ts";
import type { SkipStrategy } from "./pattern-program.ts";
import type { StepHead } from "./step-head.ts";

export function compileSkip(
  document: InlinePatternDocument["skip"],
  pointer: string,
  heads: readonly StepHead[],
  faults: Fault[],
): SkipStrategy {
  if (document === undefined) return { kind: "none" };
  if (typeof document === "string") return { kind: document };
  const [kind, name] =
    "toFirst" in document ? (["toFirst", document.toFirst] as const) : (["toLast", document.toLast] as const);
  const step = heads.findIndex((head) => head.name === name && head.isTaking);
  if (step === -1) {
    const names = heads.filter(({ isTaking }) => isTaking).map((head) => `\`${head.name}\``);
    const message = heads.some((head) => head.name === name)
      ? `\`${name}\` takes no event, so nothing can be skipped to it; name one of ${names.join(", ")}`
      : `no step is called \`${name}\`; name one of ${names.join(", ")}`;
    faults.push({ pointer: pointerTo(pointer, kind), severity: "error", code: "unknown-name", message });
    return { kind: "none" };
  }
  return { kind, step };
}

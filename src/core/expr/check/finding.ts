import type { FaultCode } from "../../base/fault.ts";
import type { Expr } from "../ast.ts";

/** Something found about a part of an expression, before its place in a document is known. */
export interface Finding {
  readonly at: Expr;
  /** The key of a JSON leaf that it is about, such as `value`. */
  readonly key?: "fact" | "path" | "operator" | "value";
  readonly code: FaultCode;
  /** True where the part can only end in an error: an error of the document where that is certain. */
  readonly isFailure: boolean;
  readonly message: string;
}

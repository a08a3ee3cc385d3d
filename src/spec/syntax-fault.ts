import type { FaultCode } from "../core/base/fault.ts";

/** A fault of the text itself, before there is any value that a pointer could lead to. */
export interface SyntaxFault {
  /** Offsets in UTF-16 units; `end` is behind the last one and may equal `start`. */
  readonly start: number;
  readonly end: number;
  readonly code: FaultCode;
  readonly message: string;
}

import type { DurationMs } from "../time/instant.ts";
import type { WindowProgram } from "./window-program.ts";

export type SlidingWindowProgram = WindowProgram & { readonly sizeMs: DurationMs };
export type TumblingWindowProgram = WindowProgram & { readonly sizeMs: DurationMs; readonly offsetMs: DurationMs };

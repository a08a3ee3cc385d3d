import type { DurationMs } from "../time/instant.ts";
import type { WindowProgram } from "./window-program.ts";

export type SlidingWindowProgram = WindowProgram & { readonly sizeMs: DurationMs };

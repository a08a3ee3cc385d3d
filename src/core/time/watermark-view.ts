import type { DurationMs } from "./instant.ts";
import type { Watermark } from "./watermark.ts";
import type { SourceInputs, WatermarkInput } from "./watermark-input.ts";

/** An input with its source. */
export interface PlacedInput {
  readonly source: SourceInputs;
  readonly input: WatermarkInput;
}

/** All inputs, by source, then in the order of their first events. */
export function inputsOf({ sources }: Pick<Watermark, "sources">): readonly PlacedInput[] {
  return sources.flatMap((source) => [...source.inputs.values()].map((input) => ({ source, input })));
}

/** The input that the watermark waits for: of those that are not idle the one furthest back, of equal ones the first. Undefined while all are idle. */
export function holderOf(watermark: Watermark): PlacedInput | undefined {
  let holder: PlacedInput | undefined;
  for (const placed of inputsOf(watermark)) {
    if (placed.input.isIdle) continue;
    if (holder === undefined || placed.input.at < holder.input.at) holder = placed;
  }
  return holder;
}

/**
 * Alignment: the inputs whose own watermark is more than `maxDrift` ahead of the common one. Whoever can hold a source back
 * reads no more of these until the others have come closer, so that less has to wait in memory.
 */
export function inputsTooFarAhead(watermark: Watermark, maxDrift: DurationMs): readonly PlacedInput[] {
  return inputsOf(watermark).filter(({ input }) => !input.isIdle && input.at - watermark.at > maxDrift);
}

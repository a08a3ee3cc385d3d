import { assert } from "../base/assert.ts";
import { type DurationMs, durationMs } from "./instant.ts";

interface Unit {
  readonly name: string;
  readonly ms: number;
}

/** Greatest first; a week is 7 × 24 hours and a day 24, whatever a calendar says. */
const units: readonly Unit[] = [
  { name: "w", ms: 604_800_000 },
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "m", ms: 60_000 },
  { name: "s", ms: 1_000 },
  { name: "ms", ms: 1 },
];

const shortForm =
  /^(?:(\d+(?:\.\d+)?)w)?(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/** The last part alone may have a fraction, as in ISO 8601-1:2019, 5.5.2.2; years and months have no fixed length. */
const isoForm = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/**
 * A length of time from `"500ms"`, `"30s"`, `"10m"`, `"1h30m"`, `"7d"`, `"2w"`, or ISO 8601 `"PT10M"`, `"P1DT2H"`.
 *
 * Units stand from the greatest to the least, each once. A fraction is taken where it comes to whole milliseconds:
 * `"0.5h"`, `"1.5s"`, not `"0.0001s"`. Undefined for anything else: no unit (`"10"`), a sign, a space, years and months,
 * or more than 2^53 - 1 ms.
 */
export function parseDuration(text: string): DurationMs | undefined {
  const isIso = text.startsWith("P");
  const match = (isIso ? isoForm : shortForm).exec(text);
  if (match === null) return undefined;
  let totalMs = 0;
  let partCount = 0;
  for (const [index, unit] of units.entries()) {
    const amount = match[index + 1];
    if (amount === undefined) continue;
    const ms = wholeMs(amount, unit);
    if (ms === undefined) return undefined;
    totalMs += ms;
    partCount += 1;
  }
  return partCount > 0 && Number.isSafeInteger(totalMs) ? durationMs(totalMs) : undefined;
}

/** The same, and Infinity for `"never"`. */
export function parseDurationOrNever(text: string): DurationMs | undefined {
  return text === "never" ? durationMs(Infinity) : parseDuration(text);
}

/** Exact: the digits are taken as a decimal, never as a double. */
function wholeMs(amount: string, unit: Unit): number | undefined {
  const [whole = "", fraction = ""] = amount.split(".");
  const scale = 10n ** BigInt(fraction.length);
  const scaledMs = BigInt(whole + fraction) * BigInt(unit.ms);
  return scaledMs % scale === 0n ? Number(scaledMs / scale) : undefined;
}

/**
 * The shortest text that `parseDuration` reads back to `ms`: `"10m"`, `"1h30m"`, `"7d"`, `"1m0s"` never. Days are the
 * greatest unit, for that is what people write; no time at all is `"0s"`.
 */
export function formatDuration(ms: DurationMs): string {
  assert(Number.isSafeInteger(ms) && ms >= 0, "a duration is a whole number of milliseconds, not negative");
  let restMs: number = ms;
  let text = "";
  for (const unit of units) {
    if (unit.name === "w") continue;
    const count = Math.floor(restMs / unit.ms);
    if (count === 0) continue;
    text += `${count}${unit.name}`;
    restMs -= count * unit.ms;
  }
  return text === "" ? "0s" : text;
}

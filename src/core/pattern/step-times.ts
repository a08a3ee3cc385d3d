/** How many events a step takes: `[min, max]`, max Infinity for an open loop. */
export interface StepTimes {
  readonly min: number;
  readonly max: number;
}

/** Reads `n`, `"n+"` or `"n..m"`. A string is what is wrong with it and how to mend it. */
export function parseStepTimes(times: number | string | undefined): StepTimes | string {
  if (times === undefined) return { min: 1, max: 1 };
  if (typeof times === "number") return countFault(times) ?? { min: times, max: times };
  const match = /^(\d+)(?:\+|\.\.(\d+))$/.exec(times);
  if (match === null) return 'expected a number, "n+" or "n..m"';
  const min = Number(match[1]);
  const max = match[2] === undefined ? Number.POSITIVE_INFINITY : Number(match[2]);
  const fault =
    countFault(min) ?? (max === Number.POSITIVE_INFINITY && match[2] === undefined ? undefined : countFault(max));
  if (fault !== undefined) return fault;
  if (max < min) return `"${times}" ends before it begins; write "${max}..${min}"`;
  return { min, max };
}

function countFault(count: number): string | undefined {
  if (count === 0) return "a step takes at least one event; for none or more write `optional: true` and count from 1";
  if (!Number.isSafeInteger(count) || count < 0) return "the number of times is too large or no whole number";
  return undefined;
}

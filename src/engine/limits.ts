/** Limits of a shard where the settings say nothing else; each with its policy in docs/limits.md. */
export const defaultLimits = {
  keyCountMax: 1_000_000,
  bufferedEventCountMax: 1_000_000,
  derivedEventCountMax: 1_000_000,
} as const;

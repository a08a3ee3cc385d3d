import type { Clock } from "../ports/clock.ts";

const redrawMs = 100;
const barWidth = 24;

export interface Progress {
  update(done: number, eventCount: number): void;
  /** Takes the bar away. */
  end(): void;
}

/** A bar with rate and time left, on a terminal's error output. `total` is in the unit of `done`. */
export function startProgress({
  total,
  clock,
  write,
}: {
  readonly total: number;
  readonly clock: Clock;
  readonly write: (text: string) => void;
}): Progress {
  const startedAt = clock.now();
  let drawnAt = startedAt;
  return {
    update(done, eventCount) {
      const now = clock.now();
      if (now - drawnAt < redrawMs) return;
      drawnAt = now;
      write(`\r\u001b[K${progressLine({ done, total, eventCount, elapsedMs: now - startedAt })}`);
    },
    end() {
      if (drawnAt !== startedAt) write("\r\u001b[K");
    },
  };
}

/** `[#####.....] 42 %  120,000 events  60,000/s  3 s left` */
export function progressLine(options: {
  readonly done: number;
  readonly total: number;
  readonly eventCount: number;
  readonly elapsedMs: number;
}): string {
  const share = options.total === 0 ? 1 : Math.min(1, options.done / options.total);
  const filled = Math.round(share * barWidth);
  const perSecond = options.elapsedMs === 0 ? 0 : Math.round((options.eventCount * 1_000) / options.elapsedMs);
  const leftSeconds = share === 0 ? undefined : Math.ceil(((options.elapsedMs / share) * (1 - share)) / 1_000);
  const left = leftSeconds === undefined ? "" : `  ${leftSeconds} s left`;
  const bar = `${"#".repeat(filled)}${".".repeat(barWidth - filled)}`;
  return `[${bar}] ${Math.floor(share * 100)} %  ${grouped(options.eventCount)} events  ${grouped(perSecond)}/s${left}`;
}

/** Thousands apart: 1,234,567. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

// What rules over windows give, straight from docs/formats.md: every event is asked again at every evaluation, nothing is
// kept between two. It shares no code with src/.

export interface OracleEvent {
  readonly time: number;
  /** Order of arrival. */
  readonly number: number;
  readonly key: number;
  readonly value: number;
}

/** `count` or `sum` of `value`, over events with `value` at least `valueMin`, compared with `threshold`. */
export interface OracleRule {
  readonly id: string;
  readonly window: "sliding" | "tumbling";
  readonly sizeMs: number;
  readonly offsetMs: number;
  readonly allowedLatenessMs: number;
  readonly aggregate: "count" | "sum";
  readonly valueMin: number;
  readonly threshold: number;
  readonly isKeyed: boolean;
}

export interface OracleAlert {
  readonly rule: string;
  readonly key: number | undefined;
  readonly time: number;
  readonly value: number;
  readonly evidence: readonly number[];
}

interface Arrival {
  readonly event: OracleEvent;
  /** The watermark before the event. */
  readonly watermark: number;
}

/** The alerts of one rule, in no order that means anything. */
export function alertsOf(rule: OracleRule, arrived: readonly OracleEvent[], outOfOrdernessMs: number): OracleAlert[] {
  const arrivals: Arrival[] = arrived.map((event, index) => ({
    event,
    watermark: Math.max(-Infinity, ...arrived.slice(0, index).map(({ time }) => time - outOfOrdernessMs - 1)),
  }));
  const keys = rule.isKeyed ? [...new Set(arrived.map(({ key }) => key))] : [undefined];
  return keys.flatMap((key) => {
    const own = arrivals.filter(({ event }) => key === undefined || event.key === key);
    return rule.window === "sliding" ? slidingAlerts(rule, key, own) : tumblingAlerts(rule, key, own);
  });
}

/** Evaluated for every event that is not late, over (T - size, T] of those taken before it in event-time order. */
function slidingAlerts(rule: OracleRule, key: number | undefined, arrivals: readonly Arrival[]): OracleAlert[] {
  const onTime = arrivals.filter(({ event, watermark }) => event.time > watermark).map(({ event }) => event);
  const taken = onTime.toSorted((a, b) => a.time - b.time || a.number - b.number);
  return taken.flatMap((event, index) => {
    const inside = taken.slice(0, index + 1).filter(({ time }) => time > event.time - rule.sizeMs);
    return alertOver(rule, key, event.time, inside);
  });
}

/** Evaluated once at the end, over what had come until the watermark passed end - 1, and again for each late event after. */
function tumblingAlerts(rule: OracleRule, key: number | undefined, arrivals: readonly Arrival[]): OracleAlert[] {
  const { sizeMs, offsetMs, allowedLatenessMs, valueMin } = rule;
  const startOf = (time: number) => Math.floor((time - offsetMs) / sizeMs) * sizeMs + offsetMs;
  const starts = [...new Set(arrivals.map(({ event }) => startOf(event.time)))];
  return starts.flatMap((start) => {
    const last = start + sizeMs - 1;
    const entered = arrivals.filter(
      ({ event, watermark }) =>
        startOf(event.time) === start && event.value >= valueMin && watermark < last + allowedLatenessMs,
    );
    const inTime = entered.filter(({ watermark }) => watermark < last);
    const firings = entered.flatMap(({ watermark }, index) => (watermark < last ? [] : [entered.slice(0, index + 1)]));
    return [...(inTime.length > 0 ? [inTime] : []), ...firings].flatMap((inside) =>
      alertOver(
        rule,
        key,
        last,
        inside.map(({ event }) => event),
      ),
    );
  });
}

function alertOver(
  { id, aggregate, valueMin, threshold }: OracleRule,
  key: number | undefined,
  time: number,
  events: readonly OracleEvent[],
): OracleAlert[] {
  const counted = events.filter(({ value: own }) => own >= valueMin);
  const value = aggregate === "count" ? counted.length : counted.reduce((sum, event) => sum + event.value, 0);
  if (value < threshold) return [];
  return [{ rule: id, key, time, value, evidence: counted.map(({ number }) => number) }];
}

// What rules that read `prev` and `keySince` and derive events give, straight from docs/formats.md: lists of all events
// that each rule ever took, asked again at every evaluation. Input is in order. It shares no code with src/.

export interface OracleFields {
  readonly [name: string]: number;
}

export interface OracleEvent {
  readonly type: string;
  readonly time: number;
  readonly fields: OracleFields;
}

/** One number of an event; of the one before, 0 where there is none. */
export type OracleTerm = "a" | "b" | "prev.a" | "keySince";

export interface OracleRule {
  readonly id: string;
  /** Types it takes. */
  readonly on: readonly string[];
  /** Fields by whose values it takes an event: once for each distinct value; none: one global key. */
  readonly each: readonly string[];
  /** Holds where the first is at least the second. */
  readonly left: OracleTerm;
  readonly right: OracleTerm | number;
  /** Events that are taken: those whose `a` is at least this. */
  readonly where: number;
  /** Minutes of the hour, from and until: outside, results are dropped. */
  readonly active: readonly [from: number, until: number] | undefined;
  readonly throttleMs: number | undefined;
  readonly emit: string | undefined;
  readonly isShadow: boolean;
}

export interface OracleResult {
  readonly kind: "alert" | "event";
  readonly rule: string;
  readonly key: number | undefined;
  readonly time: number;
}

interface Made {
  readonly event: OracleEvent;
  readonly isShadow: boolean;
}

/** Of each rule and key the events taken so far. */
type Taken = Map<string, OracleEvent[]>;

/** In the order told. Rules are in rule order. */
export function resultsOf(rules: readonly OracleRule[], input: readonly OracleEvent[]): OracleResult[] {
  const taken: Taken = new Map();
  const given = new Map<string, number>();
  const results: OracleResult[] = [];
  for (const event of input) {
    const waiting: Made[] = [{ event, isShadow: false }];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { event: current, isShadow } = next;
      for (const rule of rules) {
        if (!rule.on.includes(current.type) || (isShadow && !rule.isShadow)) continue;
        if ((current.fields["a"] ?? -1) < rule.where) continue;
        for (const key of keysOf(rule, current))
          waiting.push(...evaluate(rule, key, current, { taken, given, results }));
      }
    }
  }
  return results;
}

function keysOf({ each }: OracleRule, { fields }: OracleEvent): readonly (number | undefined)[] {
  if (each.length === 0) return [undefined];
  return [...new Set(each.flatMap((name) => fields[name] ?? []))];
}

function evaluate(
  rule: OracleRule,
  key: number | undefined,
  event: OracleEvent,
  {
    taken,
    given,
    results,
  }: { readonly taken: Taken; readonly given: Map<string, number>; readonly results: OracleResult[] },
): Made[] {
  const place = `${rule.id} ${key}`;
  const before = taken.get(place) ?? [];
  taken.set(place, [...before, event]);
  const valueOf = (term: OracleTerm | number): number => {
    if (typeof term === "number") return term;
    if (term === "keySince") return (before[0] ?? event).time;
    if (term === "prev.a") return before.at(-1)?.fields["a"] ?? 0;
    return event.fields[term] ?? 0;
  };
  if (valueOf(rule.left) < valueOf(rule.right)) return [];
  const minute = Math.floor(event.time / 60_000) % 60;
  if (rule.active !== undefined && (minute < rule.active[0] || minute >= rule.active[1])) return [];
  const last = given.get(place);
  const isHeld = rule.throttleMs !== undefined && last !== undefined && event.time < last + rule.throttleMs;
  const made: Made[] = [];
  if (!isHeld) {
    given.set(place, event.time);
    results.push({ kind: "alert", rule: rule.id, key, time: event.time });
  }
  if (rule.emit !== undefined) {
    const fields = { a: valueOf(rule.left), b: event.fields["b"] ?? 0 };
    made.push({ event: { type: rule.emit, time: event.time, fields }, isShadow: rule.isShadow });
    results.push({ kind: "event", rule: rule.id, key, time: event.time });
  }
  if (!isHeld)
    made.push({ event: { type: `tocsin.alert.${rule.id}`, time: event.time, fields: {} }, isShadow: rule.isShadow });
  return made;
}

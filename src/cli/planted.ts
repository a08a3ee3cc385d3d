import { canonicalJson } from "../core/base/json.ts";
import type { JsonObject } from "../core/base/json.ts";
import type { Planted } from "../simulator/simulated.ts";

/** An alert, as far as it is compared: when it was, in milliseconds of event time since the simulation began. */
export interface RaisedAlert {
  readonly rule: string;
  readonly key: JsonObject;
  readonly offsetMs: number;
}

export interface RuleComparison {
  readonly rule: string;
  /** Attacks and faults whose alert was due. */
  readonly planted: number;
  readonly found: number;
  readonly missed: readonly Planted[];
  /** Look-alikes that were over. */
  readonly lookAlikes: number;
  /** Alerts that no attack or fault explains, those for look-alikes among them. */
  readonly falseAlarms: readonly RaisedAlert[];
}

export interface PlantedComparison {
  /** By rule id; of every rule that something was planted for, or that gave an alert. */
  readonly rules: readonly RuleComparison[];
  readonly planted: number;
  readonly found: number;
  readonly missed: number;
  readonly falseAlarms: number;
}

/**
 * Holds alerts to what was planted. An alert is explained by a plant of its rule and key in whose [first, due] it lies; one
 * plant may explain several, for an alert that has become more severe comes again. Only plants due before `endOffsetMs` count,
 * and only alerts before it: what came later had not been decided.
 */
export function comparePlanted(
  planted: readonly Planted[],
  alerts: readonly RaisedAlert[],
  { endOffsetMs }: { readonly endOffsetMs: number },
): PlantedComparison {
  const plants = byRuleAndKey(planted.filter(({ isLookAlike }) => !isLookAlike));
  const counted = alerts.filter(({ offsetMs }) => offsetMs < endOffsetMs);
  const raised = byRuleAndKey(counted);
  const isDue = ({ dueOffsetMs }: Planted): boolean => dueOffsetMs < endOffsetMs;
  const names = new Set([...planted, ...counted].map(({ rule }) => rule));
  const rules = [...names].sort().map((rule): RuleComparison => {
    const ofRule = planted.filter((plant) => plant.rule === rule && isDue(plant));
    const attacks = ofRule.filter(({ isLookAlike }) => !isLookAlike);
    const missed = attacks.filter((plant) => !(raised.get(place(plant)) ?? []).some((alert) => explains(plant, alert)));
    const falseAlarms = counted.filter(
      (alert) => alert.rule === rule && !(plants.get(place(alert)) ?? []).some((plant) => explains(plant, alert)),
    );
    const lookAlikes = ofRule.length - attacks.length;
    return { rule, planted: attacks.length, found: attacks.length - missed.length, missed, lookAlikes, falseAlarms };
  });
  const total = (count: (rule: RuleComparison) => number) => rules.reduce((sum, rule) => sum + count(rule), 0);
  return {
    rules,
    planted: total((rule) => rule.planted),
    found: total((rule) => rule.found),
    missed: total((rule) => rule.missed.length),
    falseAlarms: total((rule) => rule.falseAlarms.length),
  };
}

interface Placed {
  readonly rule: string;
  readonly key: JsonObject;
}

function place({ rule, key }: Placed): string {
  return canonicalJson([rule, key]);
}

function byRuleAndKey<T extends Placed>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const places = new Map<string, T[]>();
  for (const item of items) {
    const at = place(item);
    const known = places.get(at);
    if (known === undefined) places.set(at, [item]);
    else known.push(item);
  }
  return places;
}

function explains({ firstOffsetMs, dueOffsetMs }: Planted, { offsetMs }: RaisedAlert): boolean {
  return firstOffsetMs <= offsetMs && offsetMs <= dueOffsetMs;
}

const headings = ["rule", "planted", "found", "missed", "look-alikes", "false alarms"] as const;

/** The comparison as a table for people, a line for each rule and one for all; ends with a line feed. */
export function formatPlantedSummary({ rules, planted, found, missed, falseAlarms }: PlantedComparison): string {
  const lookAlikes = rules.reduce((sum, rule) => sum + rule.lookAlikes, 0);
  const rows = [
    headings,
    ...rules.map((rule) =>
      [rule.rule, rule.planted, rule.found, rule.missed.length, rule.lookAlikes, rule.falseAlarms.length].map(String),
    ),
    ["all", planted, found, missed, lookAlikes, falseAlarms].map(String),
  ];
  const widths = headings.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
  return `${lines.join("\n")}\n`;
}

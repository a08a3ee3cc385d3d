import { type ByteReader, type ByteWriter, CorruptBytesError } from "../../base/bytes.ts";
import type { JsonValue } from "../../base/json.ts";
import { type EventTimeMs, eventTimeMs } from "../../time/instant.ts";
import { createAggregateState, decodeAggregateState } from "../aggregate/create-aggregate-state.ts";
import { aggregateInput, isNothing, type SkipCounter } from "../aggregate-input.ts";
import type { AggregateProgram } from "../aggregate-program.ts";
import type { AggregateState, ValueMoment } from "../aggregate-state.ts";
import { decodeName, decodeTime, encodeName } from "../input-codec.ts";
import { evidenceNameCountMax } from "../window-evidence.ts";
import type { WindowEvidence } from "../window-fact.ts";
import type { WindowIntake } from "../window-state.ts";

/** What some events come to: their aggregates, times and names. Empty at first. */
export class PaneContent {
  readonly aggregates: readonly AggregateProgram[];
  /** Undefined for an aggregate that is the number of events. */
  states: readonly (AggregateState | undefined)[];
  eventCount = 0;
  /** Least and greatest event time. */
  firstTime: EventTimeMs = eventTimeMs(Number.POSITIVE_INFINITY);
  lastTime: EventTimeMs = eventTimeMs(Number.NEGATIVE_INFINITY);
  /** Names of the last events, in the order taken, and their numbers of arrival. */
  names: (string | number)[] = [];
  orders: number[] = [];

  constructor(aggregates: readonly AggregateProgram[]) {
    this.aggregates = aggregates;
    this.states = emptyStates(aggregates);
  }

  /** Takes in the event of the intake, the `order`-th to arrive. */
  add({ event, scope, report }: WindowIntake, order: number, skips: SkipCounter): void {
    const { time } = event;
    this.eventCount += 1;
    if (time < this.firstTime) this.firstTime = time;
    if (time > this.lastTime) this.lastTime = time;
    this.names.push(event.id);
    this.orders.push(order);
    if (this.names.length >= 2 * evidenceNameCountMax) this.shorten();
    for (let index = 0; index < this.aggregates.length; index += 1) {
      const aggregate = this.aggregates[index];
      const state = this.states[index];
      if (aggregate === undefined || state === undefined) continue;
      const input = aggregateInput(aggregate, scope, skips, report);
      if (!isNothing(input) && !state.add(input, time, order)) skips.skippedCount += 1;
    }
  }

  private shorten(): void {
    this.names = this.names.slice(-evidenceNameCountMax);
    this.orders = this.orders.slice(-evidenceNameCountMax);
  }

  /** Takes in the events of another, which stays as it is. */
  merge(other: PaneContent): void {
    if (other.eventCount === 0) return;
    this.eventCount += other.eventCount;
    this.firstTime = eventTimeMs(Math.min(this.firstTime, other.firstTime));
    this.lastTime = eventTimeMs(Math.max(this.lastTime, other.lastTime));
    const isBehind = (this.orders.at(-1) ?? -1) < (other.orders[0] ?? 0);
    const joined = [...this.orders, ...other.orders].map((order, index) => ({
      order,
      name: this.names[index] ?? other.names[index - this.names.length] ?? "",
    }));
    if (!isBehind) joined.sort((a, b) => a.order - b.order);
    this.names = joined.slice(-evidenceNameCountMax).map(({ name }) => name);
    this.orders = joined.slice(-evidenceNameCountMax).map(({ order }) => order);
    for (const [index, state] of this.states.entries()) {
      const from = other.states[index];
      if (from !== undefined) state?.merge(from);
    }
  }

  clear(): void {
    this.states = emptyStates(this.aggregates);
    this.eventCount = 0;
    this.firstTime = eventTimeMs(Number.POSITIVE_INFINITY);
    this.lastTime = eventTimeMs(Number.NEGATIVE_INFINITY);
    this.names = [];
    this.orders = [];
  }

  /** The declared aggregates, in the order of their names. */
  values(moment: ValueMoment): Readonly<Record<string, JsonValue>> {
    const values: Record<string, JsonValue> = {};
    for (const [index, { name }] of this.aggregates.entries()) {
      const state = this.states[index];
      values[name] = state === undefined ? this.eventCount : state.value(moment);
    }
    return values;
  }

  evidence(): WindowEvidence {
    return { ids: this.names.slice(-evidenceNameCountMax), count: this.eventCount };
  }

  encode(writer: ByteWriter): void {
    writer.count(this.eventCount);
    if (this.eventCount === 0) return;
    writer.number(this.firstTime);
    writer.number(this.lastTime);
    this.shorten();
    writer.count(this.names.length);
    for (const [index, name] of this.names.entries()) {
      encodeName(name, writer);
      writer.count(this.orders[index] ?? 0);
    }
    for (const state of this.states) state?.encode(writer);
  }
}

function emptyStates(aggregates: readonly AggregateProgram[]): readonly (AggregateState | undefined)[] {
  return aggregates.map((aggregate) => (isPlainCount(aggregate) ? undefined : createAggregateState(aggregate)));
}

function isPlainCount({ kind, where }: AggregateProgram): boolean {
  return kind === "count" && where === undefined;
}

/** @throws {CorruptBytesError} */
export function decodePaneContent(aggregates: readonly AggregateProgram[], reader: ByteReader): PaneContent {
  const content = new PaneContent(aggregates);
  content.eventCount = reader.count();
  if (content.eventCount === 0) return content;
  content.firstTime = decodeTime(reader);
  content.lastTime = decodeTime(reader);
  for (let left = reader.count(); left > 0; left -= 1) {
    content.names.push(decodeName(reader));
    content.orders.push(reader.count());
  }
  if (content.firstTime > content.lastTime || content.names.length > Math.min(content.eventCount, evidenceNameCountMax))
    throw new CorruptBytesError(`state is damaged: no pane at ${reader.at}`);
  content.states = aggregates.map((aggregate) =>
    isPlainCount(aggregate) ? undefined : decodeAggregateState(aggregate, reader),
  );
  return content;
}

import { Deque } from "../base/deque.ts";
import type { JsonValue } from "../base/json.ts";
import type { TocsinEvent } from "../event/event.ts";
import type { ReportExprError } from "../expr/context.ts";
import type { Scope } from "../expr/scope.ts";
import type { EventTimeMs } from "../time/instant.ts";
import { aggregateInput, isNothing, type SkipCounter } from "./aggregate-input.ts";
import { createPaneAggregate, type PaneAggregate } from "./pane-aggregate.ts";
import { evidenceNameCountMax } from "./window-evidence.ts";
import type { WindowEvidence } from "./window-fact.ts";
import type { WindowProgram } from "./window-program.ts";

/** One window of time of one key: its aggregates so far, not its events. */
export class Pane {
  readonly start: EventTimeMs;
  /** In the order of the program's. */
  readonly aggregates: readonly PaneAggregate[];
  /** Of the last events that entered, in the order taken. */
  readonly names = new Deque<string | number>();
  /** Events that entered. */
  eventCount = 0;
  /** Ordinal of the next firing. */
  firingCount = 0;

  constructor(start: EventTimeMs, aggregates: readonly PaneAggregate[]) {
    this.start = start;
    this.aggregates = aggregates;
  }
}

export function createPane(program: WindowProgram, start: EventTimeMs): Pane {
  return new Pane(start, program.aggregates.map(createPaneAggregate));
}

/** Adds the event that `scope` holds; it has passed the window's `where`. */
export function addToPane(
  program: WindowProgram,
  pane: Pane,
  event: TocsinEvent,
  scope: Scope,
  skips: SkipCounter,
  report: ReportExprError,
): void {
  pane.eventCount += 1;
  pane.names.pushBack(event.id);
  if (pane.names.size > evidenceNameCountMax) pane.names.popFront();
  for (let index = 0; index < program.aggregates.length; index += 1) {
    const aggregate = program.aggregates[index];
    if (aggregate === undefined) continue;
    const input = aggregateInput(aggregate, scope, skips, report);
    if (!isNothing(input) && pane.aggregates[index]?.add(input) === false) skips.skippedCount += 1;
  }
}

/** The declared aggregates, in the order of their names. */
export function paneValues(program: WindowProgram, pane: Pane): Readonly<Record<string, JsonValue>> {
  const values: Record<string, JsonValue> = {};
  for (const [index, aggregate] of pane.aggregates.entries()) {
    const name = program.aggregateNames[index];
    if (name !== undefined) values[name] = aggregate.value();
  }
  return values;
}

export function paneEvidence(pane: Pane): WindowEvidence {
  return { ids: pane.names.latest(evidenceNameCountMax), count: pane.eventCount };
}

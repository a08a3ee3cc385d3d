import type { TocsinEvent } from "../event/event.ts";

/** An event that a rule made. */
export interface DerivedEvent {
  readonly event: TocsinEvent;
  readonly rule: string;
  /** Made by a shadow rule: shadow rules alone take it. */
  readonly isShadow: boolean;
  /** Made by `emit`; an alert's has the alert's own line. */
  readonly isPrinted: boolean;
}

/** Events that one event or one deadline led to and that are still to be taken, first in first out. Empty between steps. */
export class DerivedQueue {
  private readonly waiting: DerivedEvent[] = [];
  private head = 0;
  /** An alarm was raised since it was last empty. */
  isOverflowTold = false;

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** False where `countMax` were made since it was last empty. */
  add(event: DerivedEvent, countMax: number): boolean {
    if (this.waiting.length >= countMax) return false;
    this.waiting.push(event);
    return true;
  }

  /** The next one; where there is none it is emptied, and counts anew. */
  take(): DerivedEvent | undefined {
    const next = this.waiting[this.head];
    this.head += 1;
    if (next !== undefined) return next;
    this.waiting.length = 0;
    this.head = 0;
    this.isOverflowTold = false;
    return undefined;
  }
}

// Patterns straight from their definition: every labelled subsequence is tried and judged on its own, by what lies
// between its events. No state is kept from one event to the next. Exponential: for streams of about ten events.

export interface OracleStep {
  readonly kind: "begin" | "next" | "followedBy" | "followedByAny" | "notNext" | "notFollowedBy";
  /** Whether the step's condition holds for the event of that index. */
  readonly fits: (event: number) => boolean;
  readonly min: number;
  readonly max: number;
  readonly inner: "relaxed" | "strict" | "combinations";
  readonly isOptional: boolean;
  readonly isGreedy: boolean;
  readonly until: (event: number) => boolean;
  readonly gapMs: number;
  readonly spanMs: number;
}

export interface OraclePattern {
  readonly steps: readonly OracleStep[];
  readonly spanMs: number;
  readonly gapMs: number;
  readonly without: (event: number) => boolean;
  readonly skip:
    | { readonly kind: "none" | "toNext" | "pastLastEvent" }
    | { readonly kind: "toFirst" | "toLast"; readonly step: number };
  readonly emitTimeouts: boolean;
}

/** A labelled subsequence: steps and events by their indexes. */
export type Sequence = readonly { readonly step: number; readonly event: number }[];

export interface OracleMatch {
  readonly sequence: Sequence;
  readonly time: number;
  readonly timedOut: boolean;
}

/** When something happens: a deadline comes before the events of its time. */
interface Moment {
  readonly time: number;
  /** -1 for a deadline. */
  readonly event: number;
}

const never: Moment = { time: Number.POSITIVE_INFINITY, event: Number.POSITIVE_INFINITY };

function compareMoments(a: Moment, b: Moment): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.event === b.event ? 0 : a.event < b.event ? -1 : 1;
}

export function enumerateMatches(pattern: OraclePattern, times: readonly number[]): OracleMatch[] {
  const sequences = new Sequences(pattern, times);
  const found = sequences.all();
  const completed: { match: OracleMatch; at: Moment }[] = [];
  const timeouts: { match: OracleMatch; at: Moment }[] = [];
  for (const sequence of found) {
    const at = sequences.completionOf(sequence);
    if (at !== undefined) completed.push({ match: { sequence, time: at.time, timedOut: false }, at });
    const timeout = sequences.timeoutOf(sequence);
    if (timeout !== undefined && pattern.emitTimeouts)
      timeouts.push({ match: { sequence, time: timeout, timedOut: true }, at: { time: timeout, event: -1 } });
  }
  const lives = found.map((sequence) => ({
    start: startOf(sequence),
    from: sequences.momentOf(lastOf(sequence).event),
    until: sequences.endOf(sequence),
  }));
  const moments = [
    ...completed.map(({ at }) => at),
    ...timeouts.map(({ at }) => at),
    ...lives.map(({ until }) => until),
    ...times.map((_, event) => sequences.momentOf(event)),
  ]
    .filter(({ time }) => time !== Number.POSITIVE_INFINITY)
    .sort(compareMoments)
    .filter((moment, index, all) => index === 0 || compareMoments(moment, all[index - 1] ?? never) !== 0);
  const given: OracleMatch[] = [];
  let waiting: OracleMatch[] = [];
  let prunedBelow = 0;
  for (const moment of moments) {
    const now: OracleMatch[] = [];
    for (const { match, at } of timeouts)
      if (compareMoments(at, moment) === 0 && startOf(match.sequence) >= prunedBelow) now.push(match);
    for (const { match, at } of completed)
      if (compareMoments(at, moment) === 0 && startOf(match.sequence) >= prunedBelow) waiting.push(match);
    waiting.sort((a, b) => startOf(a.sequence) - startOf(b.sequence) || compareSequences(a.sequence, b.sequence));
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const start = startOf(first.sequence);
      const isAlive = ({ from, until }: { from: Moment; until: Moment }): boolean =>
        compareMoments(from, moment) <= 0 && compareMoments(until, moment) > 0;
      const holdsBack = lives.some((life) => life.start >= prunedBelow && life.start < start && isAlive(life));
      if (pattern.skip.kind !== "none" && holdsBack) break;
      now.push(first);
      prunedBelow = Math.max(prunedBelow, skipBound(pattern, first.sequence));
      waiting = waiting.slice(1).filter(({ sequence }) => startOf(sequence) >= prunedBelow);
    }
    given.push(...now.sort((a, b) => compareSequences(a.sequence, b.sequence)));
  }
  return given;
}

function skipBound({ skip }: OraclePattern, sequence: Sequence): number {
  switch (skip.kind) {
    case "none":
      return 0;
    case "toNext":
      return startOf(sequence) + 1;
    case "pastLastEvent":
      return lastOf(sequence).event + 1;
    case "toFirst":
      return sequence.find(({ step }) => step === skip.step)?.event ?? 0;
    case "toLast":
      return sequence.findLast(({ step }) => step === skip.step)?.event ?? 0;
  }
}

/** By the events' positions, the longer before its own prefix. */
function compareSequences(a: Sequence, b: Sequence): number {
  for (const [index, { event }] of a.entries()) {
    const other = b[index];
    if (other === undefined) return -1;
    if (other.event !== event) return event - other.event;
  }
  return a.length === b.length ? 0 : 1;
}

function lastOf(sequence: Sequence): { readonly step: number; readonly event: number } {
  const last = sequence.at(-1);
  if (last === undefined) throw new Error("a sequence is not empty");
  return last;
}

const startOf = (sequence: Sequence): number => sequence[0]?.event ?? 0;

class Sequences {
  readonly pattern: OraclePattern;
  readonly times: readonly number[];

  constructor(pattern: OraclePattern, times: readonly number[]) {
    this.pattern = pattern;
    this.times = times;
  }

  /** Every sequence that keeps to the pattern as far as it goes. */
  all(): Sequence[] {
    const found: Sequence[] = [];
    const grow = (sequence: Sequence): void => {
      found.push(sequence);
      for (const way of this.waysOf(sequence)) {
        for (let event = lastOf(sequence).event + 1; event < this.times.length; event += 1) {
          if (way < this.end && this.canTake(sequence, way, event)) grow([...sequence, { step: way, event }]);
        }
      }
    };
    for (const event of this.times.keys()) for (const step of this.startsOf(event)) grow([{ step, event }]);
    return found;
  }

  get end(): number {
    return this.pattern.steps.length;
  }

  stepAt(index: number): OracleStep {
    const step = this.pattern.steps[index];
    if (step === undefined) throw new Error(`no step ${index}`);
    return step;
  }

  timeAt(event: number): number {
    return this.times[event] ?? Number.POSITIVE_INFINITY;
  }

  momentOf(event: number): Moment {
    return { time: this.timeAt(event), event };
  }

  startsOf(event: number): number[] {
    const starts: number[] = [];
    for (const [index, step] of this.pattern.steps.entries()) {
      if (isNot(step)) break;
      const takes = step.fits(event) && !step.until(event);
      if (takes) starts.push(index);
      if (!step.isOptional || (takes && step.isGreedy)) break;
    }
    return starts;
  }

  countOf(sequence: Sequence): number {
    return sequence.filter(({ step }) => step === lastOf(sequence).step).length;
  }

  /** Not-steps right behind the last step that took. */
  notsOf(sequence: Sequence): OracleStep[] {
    const nots: OracleStep[] = [];
    for (const step of this.pattern.steps.slice(lastOf(sequence).step + 1)) {
      if (!isNot(step)) break;
      nots.push(step);
    }
    return nots;
  }

  canLeave(sequence: Sequence): boolean {
    return this.countOf(sequence) >= this.stepAt(lastOf(sequence).step).min;
  }

  /** Steps that may take next, and the end where something but an event taken decides it. */
  waysOf(sequence: Sequence): number[] {
    const { step: last } = lastOf(sequence);
    const ways: number[] = [];
    if (this.countOf(sequence) < this.stepAt(last).max) ways.push(last);
    if (!this.canLeave(sequence)) return ways;
    for (let index = last + 1; index < this.end; index += 1) {
      const step = this.stepAt(index);
      if (isNot(step)) continue;
      ways.push(index);
      if (!step.isOptional) return ways;
    }
    if (this.notsOf(sequence).some(({ kind }) => kind === "notNext") || this.endsByTime(sequence)) ways.push(this.end);
    return ways;
  }

  endsByTime(sequence: Sequence): boolean {
    const nots = this.notsOf(sequence);
    return lastOf(sequence).step + nots.length + 1 === this.end && nots.some(({ kind }) => kind === "notFollowedBy");
  }

  reachesEnd(sequence: Sequence): boolean {
    return (
      this.canLeave(sequence) &&
      this.pattern.steps.slice(lastOf(sequence).step + 1).every((step) => isNot(step) || step.isOptional)
    );
  }

  patternDeadline(sequence: Sequence): number {
    return Math.min(
      this.timeAt(startOf(sequence)) + this.pattern.spanMs,
      this.timeAt(lastOf(sequence).event) + this.pattern.gapMs,
    );
  }

  deadlineOf(sequence: Sequence, way: number): number {
    const { step: last, event } = lastOf(sequence);
    const bound = this.patternDeadline(sequence);
    if (way === this.end)
      return Math.min(
        bound,
        ...(this.endsByTime(sequence) ? this.notsOf(sequence).map(({ gapMs }) => this.timeAt(event) + gapMs) : []),
      );
    const { gapMs, spanMs, max } = this.stepAt(way);
    if (way !== last) return max === 1 ? Math.min(bound, this.timeAt(event) + gapMs) : bound;
    const first = sequence.find(({ step }) => step === last)?.event ?? event;
    return Math.min(bound, this.timeAt(event) + gapMs, this.timeAt(first) + spanMs);
  }

  isKilledBy(sequence: Sequence, event: number): boolean {
    if (this.pattern.without(event)) return true;
    const mayLeave = this.waysOf(sequence).some((way) => way > lastOf(sequence).step);
    return this.notsOf(sequence).some(
      (not) => not.fits(event) && (not.kind === "notFollowedBy" || (mayLeave && event === lastOf(sequence).event + 1)),
    );
  }

  /** A greedy step that comes before `way` takes the event for itself. */
  isGrabbed(sequence: Sequence, way: number, event: number): boolean {
    return this.waysOf(sequence).some((other) => {
      if (other >= way || !this.stepAt(other).isGreedy) return false;
      return this.canTake(sequence, other, event);
    });
  }

  canTake(sequence: Sequence, way: number, event: number): boolean {
    const step = this.stepAt(way);
    return this.isReachable(sequence, way, event) && step.fits(event) && !step.until(event);
  }

  /** The event comes in time and kills nothing, and all between it and the last one taken were passed over. */
  isReachable(sequence: Sequence, way: number, event: number): boolean {
    for (let between = lastOf(sequence).event + 1; between < event; between += 1)
      if (!this.passesOver(sequence, way, between)) return false;
    return (
      this.timeAt(event) < this.deadlineOf(sequence, way) &&
      !this.isKilledBy(sequence, event) &&
      !this.isGrabbed(sequence, way, event)
    );
  }

  /** Whether `way` lives on after that one event, all before it passed over. */
  passesOver(sequence: Sequence, way: number, event: number): boolean {
    if (
      this.timeAt(event) >= this.deadlineOf(sequence, way) ||
      this.isKilledBy(sequence, event) ||
      this.isGrabbed(sequence, way, event)
    )
      return false;
    if (way === this.end) return this.endsByTime(sequence);
    const step = this.stepAt(way);
    if (way !== lastOf(sequence).step)
      return step.kind === "followedByAny" || (step.kind === "followedBy" && !step.fits(event));
    return !step.until(event) && (step.inner === "combinations" || (step.inner === "relaxed" && !step.fits(event)));
  }

  /** When one way ends: with the first event that it doesn't pass over, or by time. */
  endOfWay(sequence: Sequence, way: number): Moment {
    const deadline = { time: this.deadlineOf(sequence, way), event: -1 };
    for (let event = lastOf(sequence).event + 1; event < this.times.length; event += 1) {
      if (compareMoments(deadline, this.momentOf(event)) < 0) break;
      if (!this.passesOver(sequence, way, event)) return this.momentOf(event);
    }
    return deadline.time === Number.POSITIVE_INFINITY ? never : deadline;
  }

  /** When it stops to be a partial match: when its last way ends; at once where it has none. */
  endOf(sequence: Sequence): Moment {
    let end = this.momentOf(lastOf(sequence).event);
    for (const way of this.waysOf(sequence)) {
      const other = this.endOfWay(sequence, way);
      if (compareMoments(other, end) > 0) end = other;
    }
    return end;
  }

  /** When it is a match: the event that closes it, or the time that does. */
  completionOf(sequence: Sequence): Moment | undefined {
    if (!this.reachesEnd(sequence)) return undefined;
    const { event } = lastOf(sequence);
    if (!this.waysOf(sequence).includes(this.end)) return this.momentOf(event);
    if (this.endsByTime(sequence)) {
      const end = this.endOfWay(sequence, this.end);
      return end.event === -1 ? end : undefined;
    }
    return event + 1 < this.times.length && this.isReachable(sequence, this.end, event + 1)
      ? this.momentOf(event + 1)
      : undefined;
  }

  timeoutOf(sequence: Sequence): number | undefined {
    const end = this.endOf(sequence);
    if (end.event !== -1) return undefined;
    const completion = this.completionOf(sequence);
    if (completion !== undefined && compareMoments(completion, end) === 0) return undefined;
    const isMatchedAlready = this.reachesEnd(sequence) && !this.waysOf(sequence).includes(this.end);
    return isMatchedAlready && end.time < this.patternDeadline(sequence) ? undefined : end.time;
  }
}

function isNot({ kind }: OracleStep): boolean {
  return kind === "notNext" || kind === "notFollowedBy";
}

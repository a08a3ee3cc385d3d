import { type ByteReader, type ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { behindEventsMs, type DurationMs, type EventTimeMs, eventTimeMs } from "../time/instant.ts";
import { knownEffectId } from "./alert-identity.ts";
import type { EffectId, ResolvedCause } from "./effect.ts";

const version = 1;

/** Windows whose alerts are remembered for one rule and key; at the limit the first remembered is forgotten, and can't be taken back. */
export const rememberedWindowCountMax = 1_000;

/** How long a rule's conditions have to hold, and when its alert ends. */
export interface FiringProgram {
  /** 0: at once. */
  readonly forMs: DurationMs;
  /** Undefined: an alert ends at the first evaluation that does not hold. */
  readonly keepFiringForMs: DurationMs | undefined;
  readonly resolvesWhenFalse: boolean;
  /** An alert at the change to firing alone, not at each evaluation that holds. */
  readonly isOnChange: boolean;
  readonly resolveAfterMs: DurationMs | undefined;
  /** Something but a late firing may end an alert: the one given last is remembered until then. */
  readonly isResolvable: boolean;
}

/** An alert that was given, as far as its end has to know it. */
export interface GivenAlert {
  readonly id: EffectId;
  readonly at: EventTimeMs;
  readonly fingerprint: string;
}

/** What is known of one rule's alert under one key. Change it only through the functions here. */
export class FiringState {
  /** Time of the first of an unbroken run of evaluations that held; kept where `for` asks. */
  trueSince: EventTimeMs | undefined = undefined;
  /** Time of the last evaluation that held, while it fires. */
  lastTrueAt: EventTimeMs | undefined = undefined;
  isFiring = false;
  /** The alert given last, until it is resolved. */
  active: GivenAlert | undefined = undefined;
  /** Alerts by the window that they were given for, each until that can fire no more. */
  readonly windows = new Map<string, { readonly given: GivenAlert; readonly until: EventTimeMs }>();

  get isEmpty(): boolean {
    return this.trueSince === undefined && !this.isFiring && this.active === undefined && this.windows.size === 0;
  }
}

/** What an evaluation leads to: whether the rule acts (`emit`, `lists`), whether it alerts, and what it ends. */
export interface FiringDecision {
  readonly acts: boolean;
  readonly alerts: boolean;
  readonly resolved: GivenAlert | undefined;
}

/** An evaluation held, or did not. Of one behind the others (a late firing) the run goes on from its earlier time. */
export function noteEvaluation(
  program: FiringProgram,
  state: FiringState,
  holds: boolean,
  at: EventTimeMs,
): FiringDecision {
  if (!holds) return noteFalse(program, state);
  state.trueSince = program.forMs > 0 ? eventTimeMs(Math.min(state.trueSince ?? at, at)) : undefined;
  const hasHeld = program.forMs === 0 || at >= (state.trueSince ?? at) + program.forMs;
  if (!hasHeld && !state.isFiring) return { acts: false, alerts: false, resolved: undefined };
  const alerts = !(program.isOnChange && state.isFiring);
  if (program.isOnChange) {
    state.isFiring = true;
    state.lastTrueAt = eventTimeMs(Math.max(state.lastTrueAt ?? at, at));
  }
  return { acts: true, alerts, resolved: undefined };
}

function noteFalse(program: FiringProgram, state: FiringState): FiringDecision {
  state.trueSince = undefined;
  const isKept = program.resolvesWhenFalse && program.keepFiringForMs !== undefined;
  const resolved = program.resolvesWhenFalse && !isKept ? state.active : undefined;
  if (!isKept) endFiring(state, program.resolvesWhenFalse);
  return { acts: false, alerts: false, resolved };
}

function endFiring(state: FiringState, isResolved: boolean): void {
  state.isFiring = false;
  state.lastTrueAt = undefined;
  if (isResolved) state.active = undefined;
}

/** An alert was given. */
export function noteGiven(program: FiringProgram, state: FiringState, given: GivenAlert): void {
  if (program.isResolvable) state.active = given;
}

/** It was given for a window's firing, which may fire again up to `until`. False where another was forgotten for it. */
export function noteWindow(state: FiringState, window: string, given: GivenAlert, until: EventTimeMs): boolean {
  const [first] = state.windows.keys();
  const isFull = state.windows.size >= rememberedWindowCountMax && !state.windows.has(window);
  if (isFull && first !== undefined) state.windows.delete(first);
  state.windows.set(window, { given, until });
  return !isFull;
}

/** The window fired again and its conditions did not hold: the alert that is taken back, where there is one. */
export function retract(state: FiringState, window: string): GivenAlert | undefined {
  const given = state.windows.get(window)?.given;
  if (given === undefined) return undefined;
  state.windows.delete(window);
  if (state.active?.id === given.id) endFiring(state, true);
  return given;
}

/** The condition of `resolve` was met: the alert that ends, where there is one. */
export function resolveNow(state: FiringState): GivenAlert | undefined {
  const { active } = state;
  if (active !== undefined) endFiring(state, true);
  return active;
}

/** When something ends by time; ticks of a key at that time come before. */
export function nextFiringDeadline(program: FiringProgram, state: FiringState): EventTimeMs | undefined {
  let first = Number.POSITIVE_INFINITY;
  if (program.keepFiringForMs !== undefined && state.lastTrueAt !== undefined)
    first = Math.min(first, state.lastTrueAt + program.keepFiringForMs + behindEventsMs);
  if (program.resolveAfterMs !== undefined && state.active !== undefined)
    first = Math.min(first, state.active.at + program.resolveAfterMs + behindEventsMs);
  for (const { until } of state.windows.values()) first = Math.min(first, until);
  return first === Number.POSITIVE_INFINITY ? undefined : eventTimeMs(first);
}

/** Event time came to `deadline`: what ends by it, with its time. */
export function endByTime(
  program: FiringProgram,
  state: FiringState,
  deadline: EventTimeMs,
): { readonly given: GivenAlert; readonly at: EventTimeMs; readonly cause: ResolvedCause } | undefined {
  for (const [window, { until }] of state.windows) if (until <= deadline) state.windows.delete(window);
  const { keepFiringForMs, resolveAfterMs } = program;
  const { active, lastTrueAt } = state;
  if (
    keepFiringForMs !== undefined &&
    lastTrueAt !== undefined &&
    lastTrueAt + keepFiringForMs + behindEventsMs <= deadline
  ) {
    endFiring(state, true);
    const at = eventTimeMs(lastTrueAt + keepFiringForMs);
    return active === undefined ? undefined : { given: active, at, cause: "keepFiringFor" };
  }
  if (resolveAfterMs !== undefined && active !== undefined && active.at + resolveAfterMs + behindEventsMs <= deadline) {
    state.active = undefined;
    return { given: active, at: eventTimeMs(active.at + resolveAfterMs), cause: "resolveAfter" };
  }
  return undefined;
}

export function encodeFiring(state: FiringState, writer: ByteWriter): void {
  writer.byte(version);
  encodeTime(state.trueSince, writer);
  encodeTime(state.lastTrueAt, writer);
  writer.boolean(state.isFiring);
  writer.boolean(state.active !== undefined);
  if (state.active !== undefined) encodeGiven(state.active, writer);
  writer.count(state.windows.size);
  for (const [window, { given, until }] of state.windows) {
    writer.string(window);
    encodeGiven(given, writer);
    writer.number(until);
  }
}

function encodeGiven({ id, at, fingerprint }: GivenAlert, writer: ByteWriter): void {
  writer.string(id);
  writer.number(at);
  writer.string(fingerprint);
}

function encodeTime(at: EventTimeMs | undefined, writer: ByteWriter): void {
  writer.boolean(at !== undefined);
  if (at !== undefined) writer.number(at);
}

/** @throws {CorruptBytesError} where the bytes hold no firing of this version. */
export function decodeFiring(reader: ByteReader): FiringState {
  if (reader.byte() !== version) throw new CorruptBytesError("state is damaged or newer: no firing of version 1");
  const state = new FiringState();
  state.trueSince = decodeTime(reader);
  state.lastTrueAt = decodeTime(reader);
  state.isFiring = reader.boolean();
  if (reader.boolean()) state.active = decodeGiven(reader);
  for (let left = reader.count(); left > 0; left -= 1) {
    const window = reader.string();
    const given = decodeGiven(reader);
    const until = reader.number();
    if (!Number.isFinite(until)) throw new CorruptBytesError(`state is damaged: no time at ${reader.at}`);
    state.windows.set(window, { given, until: eventTimeMs(until) });
  }
  return state;
}

function decodeTime(reader: ByteReader): EventTimeMs | undefined {
  if (!reader.boolean()) return undefined;
  const at = reader.number();
  if (!Number.isFinite(at)) throw new CorruptBytesError(`state is damaged: no time at ${reader.at}`);
  return eventTimeMs(at);
}

function decodeGiven(reader: ByteReader): GivenAlert {
  const id = knownEffectId(reader.string());
  const at = reader.number();
  if (id === undefined || !Number.isFinite(at))
    throw new CorruptBytesError(`state is damaged: no alert at ${reader.at}`);
  return { id, at: eventTimeMs(at), fingerprint: reader.string() };
}

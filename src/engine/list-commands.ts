import type { Plan } from "../core/plan/plan.ts";
import { unknownFieldFaults } from "../core/table/compile-feed.ts";
import type { ListChange } from "../core/table/list-change.ts";
import type { ListProgram } from "../core/table/list-program.ts";
import { memberRefusal } from "../core/table/member-key.ts";
import { CepError } from "../ports/error.ts";

/** What became of changes that were asked for from outside. Refused: nothing of them was done. */
export type ListCommandResult =
  | { readonly kind: "done" }
  | { readonly kind: "refused"; readonly cause: "unknown-list" | "wrong-member"; readonly reason: string };

/** Changes of one list that wait for their turn between two messages. */
export interface ListCommand {
  readonly list: string;
  readonly changes: readonly ListChange[];
  end(result: ListCommandResult): void;
  /** What was asked for was not done, or may have been: the error says which. */
  fail(error: CepError): void;
}

/** Most changes that wait at once; a request beyond is told to come again. */
const waitingChangeCountMax = 1_000_000;

/**
 * Changes of lists from outside, on their way to the shard. They outlive the shard's memory: what has not been begun when
 * that is thrown away is for the next one.
 *
 * *At the limit* of waiting changes a request is refused, and may come again.
 */
export class ListCommands {
  private readonly waiting: ListCommand[] = [];
  private changeCount = 0;
  private wake: (() => void) | undefined;
  private closedFor: string | undefined;

  /** @throws {CepError} STORE_UNAVAILABLE, where it is not known, or not possible now: doing it again is harmless. */
  add(list: string, changes: readonly ListChange[]): Promise<ListCommandResult> {
    if (this.closedFor !== undefined) return Promise.reject(later(this.closedFor));
    if (this.changeCount + changes.length > waitingChangeCountMax && this.waiting.length > 0)
      return Promise.reject(later("too many changes of lists wait already: send them again"));
    this.changeCount += changes.length;
    return new Promise((resolve, reject) => {
      this.waiting.push({ list, changes, end: resolve, fail: reject });
      this.wake?.();
    });
  }

  /** Takes the one that has waited longest. */
  take(): ListCommand | undefined {
    const command = this.waiting.shift();
    if (command !== undefined) this.changeCount -= command.changes.length;
    return command;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Resolves once something waits. For one who waits at a time. */
  arrival(): Promise<undefined> {
    return new Promise((resolve) => {
      this.wake = () => resolve(undefined);
      if (!this.isEmpty) this.wake();
    });
  }

  /** Nobody will take any of them any more. */
  close(reason: string): void {
    this.closedFor = reason;
    for (let command = this.take(); command !== undefined; command = this.take()) command.fail(later(reason));
  }
}

export function later(reason: string): CepError {
  return new CepError("STORE_UNAVAILABLE", reason, { retryable: true, retryAfterMs: 1_000 });
}

/** Refusals of one request that are told. */
const toldCountMax = 5;

/** Changes of one journal entry, and characters that their JSON has or a little more: one is a value of the store. */
const entryChangeCountMax = 1_000;
const entryTextLengthMax = 512 * 1024;

/** The changes in the portions that journal entries hold, in order. */
export function* portionsOf(changes: readonly ListChange[]): Generator<readonly ListChange[]> {
  let portion: ListChange[] = [];
  let textLength = 0;
  for (const change of changes) {
    const length = JSON.stringify(change).length;
    const isFull = portion.length === entryChangeCountMax || textLength + length > entryTextLengthMax;
    if (isFull && portion.length > 0) {
      yield portion;
      portion = [];
      textLength = 0;
    }
    portion.push(change);
    textLength += length;
  }
  if (portion.length > 0) yield portion;
}

/** Why the documents in force do not allow the changes; undefined where they do. */
export function refusalOf(
  { list, changes }: Pick<ListCommand, "list" | "changes">,
  plan: Plan,
): ListCommandResult | undefined {
  const program = plan.lists.find(({ id }) => id === list);
  if (program === undefined) {
    const known = plan.lists.map(({ id }) => id).join(", ");
    const reason = `there is no list ${list}; ${known === "" ? "there are none" : `there are ${known}`}`;
    return { kind: "refused", cause: "unknown-list", reason };
  }
  const refusals = changes.flatMap((change) => refusalsOfChange(change, program));
  if (refusals.length === 0) return undefined;
  const more = refusals.length > toldCountMax ? `; and ${refusals.length - toldCountMax} more` : "";
  return { kind: "refused", cause: "wrong-member", reason: refusals.slice(0, toldCountMax).join("; ") + more };
}

function refusalsOfChange(change: ListChange, program: ListProgram): readonly string[] {
  const refusal = memberRefusal(program.kind, change.member);
  if (refusal !== undefined) return [refusal];
  if (change.kind === "remove") return [];
  return unknownFieldFaults(Object.keys(change.fields), "", program).map(({ message }) => message);
}

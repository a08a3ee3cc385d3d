import type { JournalEntry } from "../core/shard/journal.ts";
import type { Shard } from "../core/shard/shard.ts";
import type { LogTimeMs } from "../core/time/instant.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { later, portionsOf, refusalOf } from "./list-commands.ts";
import type { ListCommand, ListCommands } from "./list-commands.ts";

/** What commands need of the life of the shard that does them. */
export interface CommandTaker {
  readonly shard: Shard;
  readonly telemetry: Telemetry;
  /** False where a stop is due, or a command has to wait. */
  canTake(): boolean;
  /** Journal entries that are not written yet. */
  pendingCount(): number;
  /** What a change's members last is counted from it. */
  changeTime(): LogTimeMs;
  journal(entry: Extract<JournalEntry, { readonly kind: "list" }>): void;
  flush(): Promise<void>;
}

/** Journal entries that commands may add before they are written. */
const commandEntryCountMax = 10;

/** Does what was asked for from outside, as journal entries, and says so once they are durable: docs/protocol.md, rule 8. */
export async function takeListCommands(commands: ListCommands, taker: CommandTaker): Promise<void> {
  while (!commands.isEmpty && taker.canTake()) {
    const taken: ListCommand[] = [];
    try {
      while (taker.pendingCount() < commandEntryCountMax) {
        const command = commands.take();
        if (command === undefined) break;
        taken.push(command);
        const refusal = refusalOf(command, taker.shard.plan);
        if (refusal === undefined) await journalChanges(command, taker);
        else command.end(refusal);
      }
      await taker.flush();
    } catch (error) {
      // One that has had its answer hears nothing of this.
      for (const command of taken) command.fail(later(`it is not known whether ${command.list} was changed`));
      throw error;
    }
    for (const command of taken) command.end({ kind: "done" });
  }
}

async function journalChanges({ list, changes }: ListCommand, taker: CommandTaker): Promise<void> {
  const at = taker.changeTime();
  for (const portion of portionsOf(changes)) {
    if (taker.pendingCount() >= commandEntryCountMax) await taker.flush();
    taker.journal({ kind: "list", at, list, changes: portion });
  }
  taker.telemetry.count("tocsin_list_changes_total", changes.length, { list });
}

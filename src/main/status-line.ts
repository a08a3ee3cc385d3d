import { formatDuration } from "../core/time/duration.ts";
import { durationMs } from "../core/time/instant.ts";
import { printable } from "../cli/printable.ts";
import type { Terminal } from "../cli/terminal.ts";
import type { ShardStatus } from "../engine/shard-run.ts";

/** Blocks of text above one line that says how things stand; the line only where the output is a terminal. */
export interface StatusScreen {
  /** Prints a block; the line stays below. */
  print(text: string): void;
  update(line: string): void;
  /** Takes the line away. */
  end(): void;
}

const clearLine = "\r\u001b[K";

export function statusScreen(terminal: Terminal): StatusScreen {
  let line = "";
  const write = (text: string): void => void terminal.out(text);
  if (!terminal.isOutTerminal) return { print: write, update: () => {}, end: () => {} };
  return {
    print: (text) => write(`${clearLine}${text}${line}`),
    update(next) {
      line = next;
      write(`${clearLine}${line}`);
    },
    end() {
      line = "";
      write(clearLine);
    },
  };
}

/** `1,234 events  203/s  watermark 0.4 s behind  lag 0  12 alerts  87 keys` */
export function statusText(
  status: ShardStatus,
  options: { readonly perSecond: number; readonly now: number; readonly lagMessages: number },
): string {
  const { watermarkMs, eventCount, alertCount, keyCount } = status;
  const behind =
    watermarkMs === undefined
      ? "none yet"
      : `${formatDuration(durationMs(Math.max(0, Math.round(options.now - watermarkMs))))} behind`;
  const held = heldText(status);
  return `${eventCount} events  ${Math.round(options.perSecond)}/s  watermark ${behind}${held}  lag ${options.lagMessages} messages  ${alertCount} alerts  ${keyCount} keys`;
}

/** Who holds the watermark, where more than one could. */
function heldText({ inputCount, idleInputCount, watermarkHeldBy }: ShardStatus): string {
  if (inputCount < 2 || watermarkHeldBy === undefined) return "";
  const { source, partition } = watermarkHeldBy;
  const idle = idleInputCount === 0 ? "" : `, ${idleInputCount} of ${inputCount} idle`;
  return ` (held by ${partition === undefined ? source : `${source}/${printable(partition)}`}${idle})`;
}

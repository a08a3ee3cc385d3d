import { textOf, type EffectText } from "../../core/notify/alert-text.ts";
import type { Channel } from "../../ports/channel.ts";

export interface ConsoleChannelOptions {
  readonly name: string;
  /** Takes whole lines with their line ends, one delivery a call. */
  readonly write: (text: string) => void;
  /** Whether the reader shows ANSI colours. */
  readonly hasColour: boolean;
}

/**
 * Writes what happened and what caused it, a line each, for a person at a terminal.
 *
 * Delivery guarantees: a crash right after writing repeats it; the delivery's id is on its last line.
 * At the limit: `write` is not waited for; a reader that does not read fills the process's memory.
 */
export function consoleChannel({ name, write, hasColour }: ConsoleChannelOptions): Channel {
  return {
    name,
    async send(delivery) {
      try {
        write(blockOf(textOf(delivery.effect), delivery.id, hasColour));
      } catch (error) {
        return {
          kind: "retryable",
          reason: `can't be written (${error instanceof Error ? error.message : String(error)})`,
        };
      }
      return { kind: "delivered" };
    },
    async close() {},
  };
}

const labelWidthMax = 16;

function blockOf({ subject, level, lines }: EffectText, deliveryId: string, hasColour: boolean): string {
  const all = [...lines, { label: "delivery", value: deliveryId }];
  const width = Math.min(labelWidthMax, Math.max(...all.map(({ label }) => label.length)));
  const paint = (text: string, code: string): string => (hasColour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const head = `${paint(`[${level}]`, colourOf(level))} ${paint(subject, "1")}`;
  return `${[head, ...all.map(({ label, value }) => `  ${paint(label.padEnd(width), "2")}  ${value}`)].join("\n")}\n\n`;
}

/** SGR parameters, see ECMA-48. */
function colourOf(level: EffectText["level"]): string {
  switch (level) {
    case "critical":
      return "1;97;41";
    case "high":
      return "1;31";
    case "medium":
      return "33";
    case "low":
    case "info":
      return "36";
    case "resolved":
      return "32";
    case "dead-letter":
    case "alarm":
      return "35";
  }
}

import { readFile } from "node:fs/promises";
import { isJsonObject } from "../../src/core/base/json.ts";

/** A line that a file channel wrote. */
export interface ChannelLine {
  readonly delivery: string;
  /** Of a dead letter. */
  readonly reason: string;
  /** Of an alert. */
  readonly evidence: readonly unknown[];
}

/** What a file channel wrote; a line that a kill cut short is none, nor is a file that is not there. */
export async function linesOf(path: string): Promise<readonly ChannelLine[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      if (!isJsonObject(value)) return [];
      const { delivery, reason, evidence } = value;
      const text = (field: unknown): string => (typeof field === "string" ? field : "");
      return [{ delivery: text(delivery), reason: text(reason), evidence: Array.isArray(evidence) ? evidence : [] }];
    } catch {
      return [];
    }
  });
}

import type { LocalLogRecord } from "./local-log-record.ts";

/** What a reader needs of the log. */
export interface LocalLogView {
  readonly created: string;
  readonly first: number;
  /** The sequence that the next message will have. */
  readonly next: number;
  readonly bytesHeld: number;
  read(from: number, countMax: number): readonly LocalLogRecord[];
  get(sequence: number): LocalLogRecord | undefined;
  release(sequence: number): Promise<void>;
  onAppend(listener: () => void): () => void;
}

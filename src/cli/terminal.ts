/** Where a command writes. Made by main; a test gives one of its own. */
export interface Terminal {
  /** Results. Resolves once more may be written. */
  out(text: string): Promise<void>;
  /** Everything else. */
  err(text: string): void;
  readonly isOutTerminal: boolean;
  readonly isErrTerminal: boolean;
  /** Whether colour is wanted there: only on a terminal, and not with NO_COLOR. */
  readonly hasOutColour: boolean;
  readonly hasErrColour: boolean;
}

/** Exit statuses, the same for every command. */
export const exitStatus = { ok: 0, failed: 1, wrongInput: 2, deadLetters: 3 } as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

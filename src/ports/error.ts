/** Every code that an adapter can fail with; the page docs/errors.md says what to do about each. */
export type CepErrorCode =
  | "STORE_UNAVAILABLE"
  | "STORE_FULL"
  | "STORE_IN_USE"
  | "STORE_DAMAGED"
  | "STORE_FENCED"
  | "SOURCE_UNAVAILABLE"
  | "SOURCE_REFUSED"
  | "SOURCE_ROLLED_BACK"
  | "SOURCE_REPLACED"
  | "QUEUE_UNAVAILABLE"
  | "CHANNEL_UNAVAILABLE"
  | "CHANNEL_REFUSED"
  | "CONFIG";

/** A fault of the world, at the edges. Never matched on by its text. */
export class CepError extends Error {
  override readonly name = "CepError";
  readonly code: CepErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: CepErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

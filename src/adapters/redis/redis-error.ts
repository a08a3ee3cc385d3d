import { AssertionError } from "../../core/base/assert.ts";
import { CepError, type CepErrorCode } from "../../ports/error.ts";

interface Meaning {
  readonly code: CepErrorCode;
  readonly retryable: boolean;
  readonly mend: string;
}

const busy: Meaning = { code: "STORE_UNAVAILABLE", retryable: true, mend: "it takes no writes now" };
const refused: Meaning = { code: "CONFIG", retryable: false, mend: "it refuses the user or the password of the URL" };

/** What a reply's first word, its code in the Redis protocol, means to Tocsin. */
const replies: Readonly<Record<string, Meaning | undefined>> = {
  OOM: { code: "STORE_FULL", retryable: true, mend: "it has reached maxmemory: give it more; nothing was written" },
  MISCONF: { code: "STORE_FULL", retryable: true, mend: "it can't write to its disk: make room there" },
  WRONGTYPE: { code: "STORE_DAMAGED", retryable: false, mend: "a key holds something else than Tocsin wrote" },
  // A code of our own scripts.
  DAMAGED: {
    code: "STORE_DAMAGED",
    retryable: false,
    mend: "what it holds can't be read: restore its data from a backup",
  },
  LOADING: busy,
  BUSY: busy,
  READONLY: busy,
  MASTERDOWN: busy,
  CLUSTERDOWN: busy,
  TRYAGAIN: busy,
  NOREPLICAS: busy,
  UNKILLABLE: busy,
  NOAUTH: refused,
  WRONGPASS: refused,
  NOPERM: refused,
};

/**
 * What ioredis threw, as a `CepError`. A reply is told by its code word; anything else that is no bug of ours came of the
 * connection: then the command may or may not have been carried out. Replies that no fault of the world explains (an error
 * in a script) come back as they are.
 */
export function asStoreError(error: unknown, address: string): unknown {
  if (error instanceof CepError || error instanceof AssertionError || !(error instanceof Error)) return error;
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return error;
  if (error.name !== "ReplyError") {
    const options = { retryable: true, cause: error };
    return new CepError("STORE_UNAVAILABLE", `Redis at ${address} can't be reached (${error.message})`, options);
  }
  const known = replies[error.message.split(" ", 1)[0] ?? ""];
  if (known === undefined) return error;
  const { code, retryable, mend } = known;
  return new CepError(code, `Redis at ${address}: ${mend} (${error.message})`, { retryable, cause: error });
}

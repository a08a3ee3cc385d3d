import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager, type StreamInfo } from "@nats-io/jetstream";
import { CepError } from "../../ports/error.ts";

/** What a stream's configuration says that matters to one who must be able to read it again. */
export interface StreamRetention {
  readonly retention: string;
  readonly max_msgs_per_subject?: number;
  readonly allow_rollup_hdrs?: boolean;
}

/**
 * Why a stream can't be a source, and how to mend it; undefined where it can. A source is read again after a crash, so
 * nothing may remove messages from its middle: not their being read, not a later message.
 */
function refusalOf(stream: string, config: StreamRetention): string | undefined {
  if (config.retention !== "limits") {
    return `the stream ${stream} has ${config.retention} retention, which removes messages once they are read, and they must be read again after a crash: create one with --retention limits that has this one as its source`;
  }
  if ((config.max_msgs_per_subject ?? -1) > 0) {
    return `the stream ${stream} keeps ${config.max_msgs_per_subject} messages a subject and removes older ones from its middle: nats stream edit ${stream} --max-msgs-per-subject=-1`;
  }
  if (config.allow_rollup_hdrs === true) {
    return `the stream ${stream} allows roll-ups, which replace earlier messages: nats stream edit ${stream} --no-allow-rollup`;
  }
  return undefined;
}

/**
 * The stream as it is now.
 *
 * @throws {CepError} SOURCE_REFUSED where there is no such stream or it can't be read again, SOURCE_UNAVAILABLE (retryable).
 */
export async function readStream(manager: JetStreamManager, stream: string): Promise<StreamInfo> {
  let info: StreamInfo;
  try {
    info = await manager.streams.info(stream);
  } catch (cause) {
    throw asJetStreamError(cause, stream);
  }
  const refusal = refusalOf(stream, info.config);
  if (refusal !== undefined) throw new CepError("SOURCE_REFUSED", refusal);
  return info;
}

/** What the library threw, as a `CepError`. */
export function asJetStreamError(cause: unknown, stream: string): CepError {
  if (cause instanceof CepError) return cause;
  if (cause instanceof JetStreamApiError && cause.code === JetStreamApiCodes.StreamNotFound) {
    return new CepError(
      "SOURCE_REFUSED",
      `there is no stream ${stream}: create it, for example nats stream add ${stream} --subjects '${stream.toLowerCase()}.>' --retention limits --storage file --defaults`,
      { cause },
    );
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CepError("SOURCE_UNAVAILABLE", `JetStream does not answer for the stream ${stream}: ${reason}`, {
    retryable: true,
    cause,
  });
}

import { CepError } from "../ports/error.ts";
import type { SourceRecord } from "../ports/shard-store.ts";
import type { Source, SourceIdentity } from "../ports/source.ts";

/**
 * Makes sure that the log is the one which the checkpoint was made of: docs/protocol.md, rule 12.
 *
 * @throws {CepError} SOURCE_REPLACED for another log under the same name, SOURCE_ROLLED_BACK for one that has lost what was read.
 */
export async function checkSource(
  source: Source,
  identity: SourceIdentity,
  record: SourceRecord | undefined,
): Promise<void> {
  if (record === undefined || record.sequence < 0) return;
  const { name, created, sequence, stampMs } = record;
  if (identity.created !== created) {
    const message = `source ${name} is another log than at the checkpoint (it was ${created}, it is ${identity.created}); give it its old log back, or start with a fresh namespace`;
    throw new CepError("SOURCE_REPLACED", message);
  }
  if (identity.lastSequence < sequence) {
    throw new CepError(
      "SOURCE_ROLLED_BACK",
      `source ${name} ends at ${identity.lastSequence}, but ${sequence} was read already: the log was rolled back`,
    );
  }
  const found = await source.stampOf(sequence);
  if (found === undefined || stampMs === undefined || found === stampMs) return;
  throw new CepError(
    "SOURCE_ROLLED_BACK",
    `source ${name} has another message at ${sequence} than was read there: the log was rolled back`,
  );
}

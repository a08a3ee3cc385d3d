import { CepError } from "../ports/error.ts";
import type { SourceRecord } from "../ports/shard-store.ts";
import type { Source, SourceIdentity } from "../ports/source.ts";

/**
 * Makes sure that the log is the one which the checkpoint was made of: docs/protocol.md, rule 12. Yields the checkpoint's
 * record of it, or "unread" where nothing of it was read.
 *
 * @throws {CepError} SOURCE_REPLACED for another log under the same name or a source of another name, SOURCE_ROLLED_BACK
 * for a log that has lost what was read.
 */
export async function checkSource(
  source: Source,
  identity: SourceIdentity,
  records: readonly SourceRecord[],
): Promise<SourceRecord | "unread"> {
  const read = records.filter(({ sequence }) => sequence >= 0);
  const [first] = read;
  if (first === undefined) return "unread";
  const record = read.find(({ name }) => name === source.name);
  if (record === undefined) {
    const message = `the checkpoint was made of source ${first.name}, and the settings name ${source.name}: give the source its old name back, or begin anew with another namespace (server) or dataDir (embedded)`;
    throw new CepError("SOURCE_REPLACED", message);
  }
  const { name, created, sequence, stampMs } = record;
  if (identity.created !== created) {
    const message = `source ${name} is another log than at the checkpoint (it was ${created}, it is ${identity.created}); give it its old log back, or begin anew with another namespace (server) or dataDir (embedded)`;
    throw new CepError("SOURCE_REPLACED", message);
  }
  if (identity.lastSequence < sequence) {
    throw new CepError(
      "SOURCE_ROLLED_BACK",
      `source ${name} ends at ${identity.lastSequence}, but ${sequence} was read already: the log was rolled back`,
    );
  }
  if (stampMs === undefined) return record;
  const found = await source.stampOf(sequence);
  if (found === undefined || found === stampMs) return record;
  throw new CepError(
    "SOURCE_ROLLED_BACK",
    `source ${name} has another message at ${sequence} than was read there: the log was rolled back`,
  );
}

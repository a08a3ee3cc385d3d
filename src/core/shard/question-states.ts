import { ByteReader, ByteWriter, CorruptBytesError } from "../base/bytes.ts";
import { ruleOf } from "./answer-question.ts";
import { decodeQuestion, encodeQuestion, questionAddress, questionPrefix } from "./question.ts";
import type { Question } from "./question.ts";
import type { Shard } from "./shard.ts";

export function isQuestionAddress(address: string): boolean {
  return address.startsWith(questionPrefix);
}

/** Writes the open questions that are wanted, each at an address of its own. */
export function putQuestions(
  shard: Shard,
  writer: { put(address: string, bytes: Uint8Array): void },
  isWanted: (question: Question) => boolean,
): void {
  for (const question of shard.questions.values()) {
    if (!isWanted(question)) continue;
    const bytes = new ByteWriter();
    encodeQuestion(question, bytes);
    writer.put(questionAddress(question.id), bytes.finish());
    question.isStored = true;
  }
}

/**
 * Takes the open questions out of what was stored, in the order in which they were asked. Those of rules that are gone, or
 * decide otherwise now, are left out.
 *
 * @throws {CorruptBytesError} where the bytes are damaged, or of a newer version.
 */
export function restoreQuestions(shard: Shard, entries: ReadonlyMap<string, Uint8Array>): void {
  const found: Question[] = [];
  for (const [address, bytes] of entries) {
    if (!isQuestionAddress(address)) continue;
    const reader = new ByteReader(bytes);
    const question = decodeQuestion(reader);
    if (!reader.isAtEnd) throw new CorruptBytesError("state is damaged: more than a question was written");
    if (questionAddress(question.id) !== address)
      throw new CorruptBytesError("state is damaged: a question's id is not that of its address");
    if (ruleOf(shard.plan.rules, question) !== undefined) found.push(question);
  }
  found.sort((a, b) => a.order - b.order);
  for (const question of found) shard.questions.set(question.id, question);
  shard.questionsAsked = (found.at(-1)?.order ?? -1) + 1;
}

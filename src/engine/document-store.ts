import { createHash } from "node:crypto";
import { documentSetText } from "../core/plan/document-set.ts";
import type { DocumentSet } from "../core/plan/document-set.ts";
import type { ListContent } from "../core/table/list-change.ts";
import { CepError } from "../ports/error.ts";
import type { ShardStore } from "../ports/shard-store.ts";
import type { StoredDocumentSet, StoredListContent } from "../spec/document-set-text.ts";

/** Repeats a call until the store answers; how long is the caller's to say. */
export type Patiently = <T>(call: () => Promise<T>) => Promise<T>;

/** Reads documents back from the text they are stored as; undefined where it is no such text. */
export type ReadDocuments = (text: string) => StoredDocumentSet | undefined;

/** How much of a file is one content of the store. */
const partSize = 1024 * 1024;

/** What the parts of a file are called in the store: by its hash, in order. Equal files of several lists are one. */
function partNames({ sha256, size }: { readonly sha256: string; readonly size: number }): readonly string[] {
  return Array.from({ length: Math.ceil(size / partSize) }, (_, index) => `${sha256}.${index}`);
}

/** Puts documents into the store with the files of their lists, of which it writes only what is not there yet. */
export async function putDocumentSet(
  store: ShardStore,
  { hash, set, patiently }: { readonly hash: string; readonly set: DocumentSet; readonly patiently: Patiently },
): Promise<void> {
  const parts = new Map<string, Uint8Array>();
  for (const { content } of set.lists) {
    if (content === undefined) continue;
    const { sha256, bytes } = content;
    for (const [index, name] of partNames({ sha256, size: bytes.length }).entries())
      parts.set(name, bytes.subarray(index * partSize, (index + 1) * partSize));
  }
  const names = [...parts.keys()];
  await patiently(() => store.putDocuments(hash, documentSetText(set), names));
  for (const name of await patiently(() => store.absentContents(names))) {
    const bytes = parts.get(name);
    if (bytes !== undefined) await patiently(() => store.putContent(name, bytes));
  }
}

/**
 * Documents that were put before, with the files of their lists as they were then.
 *
 * @throws {CepError} STORE_DAMAGED where the store lacks anything of them, or has something else.
 */
export async function getDocumentSet(
  store: ShardStore,
  { hash, read, patiently }: { readonly hash: string; readonly read: ReadDocuments; readonly patiently: Patiently },
): Promise<DocumentSet> {
  const text = await patiently(() => store.getDocuments(hash));
  if (text === undefined)
    throw new CepError("STORE_DAMAGED", `the store has no documents ${hash}, which its checkpoint or journal names`);
  const set = read(text);
  if (set === undefined)
    throw new CepError("STORE_DAMAGED", `documents ${hash} in the store are not as this version writes them`);
  const contents = new Map<string, ListContent>();
  const lists: DocumentSet["lists"][number][] = [];
  for (const { id, document, content } of set.lists) {
    if (content !== undefined && !contents.has(content.sha256))
      contents.set(content.sha256, await getContent(store, content, patiently));
    lists.push({ id, document, content: withFormat(content, contents) });
  }
  return { ...set, lists };
}

/** Of equal files, one may be called a text and the other a table. */
function withFormat(
  content: StoredListContent | undefined,
  contents: ReadonlyMap<string, ListContent>,
): ListContent | undefined {
  const found = content === undefined ? undefined : contents.get(content.sha256);
  return found === undefined || content === undefined ? undefined : { ...found, format: content.format };
}

async function getContent(store: ShardStore, content: StoredListContent, patiently: Patiently): Promise<ListContent> {
  const { format, sha256, size } = content;
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const name of partNames(content)) {
    const part = await patiently(() => store.getContent(name));
    if (part === undefined)
      throw new CepError("STORE_DAMAGED", `the store has no content ${name}, which its documents name`);
    if (at + part.length > size) throw damaged(sha256);
    bytes.set(part, at);
    at += part.length;
  }
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) throw damaged(sha256);
  return { format, sha256, bytes };
}

function damaged(sha256: string): CepError {
  return new CepError("STORE_DAMAGED", `the content ${sha256} in the store is not the one that was put there`);
}

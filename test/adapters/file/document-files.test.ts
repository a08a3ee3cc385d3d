import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { documentReader } from "../../../src/adapters/file/document-files.ts";

const dir = mkdtempSync(join(tmpdir(), "tocsin.document-files-"));
afterAll(() => rmSync(dir, { recursive: true }));
const write = (name: string, text: string | Uint8Array): string => {
  const path = join(dir, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
};

test("of a folder documents are read, files of members named, and the rest is passed over", async () => {
  for (const name of ["l/b.yaml", "l/a/c.json", "l/x.txt", "l/a/y.CSV", "l/.hidden.txt", "l/README.md"])
    write(name, name);
  const { files, unread, memberFiles } = await documentReader.read([join(dir, "l"), join(dir, "nowhere")]);
  expect(files.map(({ text }) => text)).toEqual(["l/a/c.json", "l/b.yaml"]);
  expect(memberFiles).toEqual([join(dir, "l/a/y.CSV"), join(dir, "l/x.txt")]);
  expect(unread).toEqual([{ path: join(dir, "nowhere"), reason: "there is no such file or folder" }]);
});

describe("a file of members", () => {
  test.each(["txt", "csv", "mmdb"] as const)("ends in .%s", async (format) => {
    const bytes = Uint8Array.of(0, 255, 10, 13);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const read = await documentReader.readMembers(write(`members.${format}`, bytes));
    expect(read).toEqual({ content: { format, sha256, bytes: Buffer.from(bytes) } });
  });

  test.each([
    { why: "that is absent", path: join(dir, "nowhere.txt"), reason: "there is no such file" },
    { why: "of another ending", path: join(dir, "a.dat"), reason: "its name ends in none of .txt, .csv and .mmdb" },
  ])("$why says so", async ({ path, reason }) => {
    expect(await documentReader.readMembers(path)).toEqual({ reason });
  });

  test("that is a folder, or too large, says so", async () => {
    mkdirSync(join(dir, "folder.txt"));
    expect(await documentReader.readMembers(join(dir, "folder.txt"))).toEqual({ reason: "it is no file" });
    const large = write("large.txt", "");
    truncateSync(large, 256 * 1024 * 1024 + 1);
    expect(await documentReader.readMembers(large)).toEqual({
      reason: "it has 268435457 bytes, and a list's file at most 268435456: split it into several",
    });
  });
});

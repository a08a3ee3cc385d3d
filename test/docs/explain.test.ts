import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runInMemory } from "../cli/memory-cli.ts";
import { repositoryRoot } from "../tidy/planted-tree.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");

test("docs/explain.md prints what the command prints", async () => {
  const [, args = "", shown = ""] =
    /`npx tocsin ([^`]+)` prints:\n\n```\n([\s\S]+?)```/.exec(read("docs/explain.md")) ?? [];
  const files = {
    "rules/hold-order.json": read("examples/json-rules-engine/rules/hold-order.json"),
    "events.ndjson": read("examples/json-rules-engine/events.ndjson"),
  };
  const { out, err } = await runInMemory(args.split(" "), { files });
  expect([err, out]).toEqual(["", shown]);
});

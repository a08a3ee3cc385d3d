import { expect, test } from "vitest";
import { consoleChannel } from "../../../src/adapters/channel-console/console-channel.ts";
import { deliveryOf } from "../../contract/sample-delivery.ts";
import { alarmEffect, alertEffect } from "../../contract/sample-effects.ts";

function write(hasColour: boolean, effect = alertEffect(0)) {
  const texts: string[] = [];
  const channel = consoleChannel({ name: "console", write: (text) => texts.push(text), hasColour });
  return { texts, delivery: deliveryOf(effect), sent: channel.send(deliveryOf(effect), { timeoutMs: 1_000 }) };
}

test("an alert is a block that says what happened and what caused it", async () => {
  const { texts, delivery, sent } = write(false);
  expect(await sent).toEqual({ kind: "delivered" });
  expect(texts.join("")).toBe(
    [
      "[high] 4111: 21 small authorizations (0)",
      "  rule      card-testing",
      "  severity  high",
      "  time      2023-11-14T22:13:20.000Z",
      "  key       cardBin=4111",
      '  burst     {"attempts":21}',
      "  evidence  e0",
      "  labels    team=risk",
      "  tags      payments",
      `  alert     ${delivery.effect.id}`,
      `  delivery  ${delivery.id}`,
      "",
      "",
    ].join("\n"),
  );
});

test("colours change nothing but colours", async () => {
  const [plain, coloured] = [write(false, alarmEffect(1)), write(true, alarmEffect(1))];
  await Promise.all([plain.sent, coloured.sent]);
  expect(coloured.texts.join("")).toContain("\u001b[35m[alarm]\u001b[0m");
  expect(coloured.texts.join("").replaceAll(/\u001b\[[\d;]*m/g, "")).toBe(plain.texts.join(""));
});

test("a reader that is gone is a passing failure, never a throw", async () => {
  const channel = consoleChannel({
    name: "console",
    write: () => {
      throw new Error("EPIPE");
    },
    hasColour: false,
  });
  expect(await channel.send(deliveryOf(), { timeoutMs: 1_000 })).toMatchObject({ kind: "retryable" });
});

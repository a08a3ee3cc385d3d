import { describe, expect, test } from "vitest";
import { withoutSecrets } from "../../src/cli/settings-text.ts";

describe("secrets written into settings are masked", () => {
  test.each([
    { why: "a plain value", text: "token: hunter2\nlog: {}\n", shown: "token: ***\nlog: {}\n" },
    { why: "a quoted one", text: 'secret: "hunter2"', shown: "secret: ***" },
    { why: "a quoted key", text: '{"password": "hunter2"}', shown: '{"password": ***' },
    { why: "a key without space behind it", text: '{"password":"hunter2"}', shown: '{"password": ***' },
    { why: "a URL", text: "redis:\n  url: redis://:hunter2@host\n  a: b\n", shown: "redis:\n  url: ***\n  a: b\n" },
    { why: "with commas and braces in it", text: "  smtp: smtps://u:hun,t}er2@h", shown: "  smtp: ***" },
    { why: "several of one line", text: "{url: hunter1, token: hunter2}", shown: "{url: ***" },
    { why: "an item of a list", text: "- token: hunter2\n  kind: a\n", shown: "- token: ***\n  kind: a\n" },
    { why: "on the next line", text: "token:\n  hunter2\nlog: a\n", shown: "token:\n  ***\nlog: a\n" },
    {
      why: "a block",
      text: "  token: |\n    hunter2\n\n    more\n  a: b\n",
      shown: "  token: ***\n    ***\n\n    ***\n  a: b\n",
    },
    { why: "a text over lines", text: 'token: "hun\n  ter2"\n', shown: "token: ***\n  ***\n" },
    { why: "inside braces over lines", text: '  {"token":\n   "hunter2"\n  }\n', shown: '  {"token":\n   ***\n  }\n' },
    { why: "a reference and more", text: "token: ${env:A}hunter2", shown: "token: ***" },
    { why: "a reference, then another secret", text: "{token: '${env:A}', url: hunter2}", shown: "{token: ***" },
    { why: "behind a carriage return", text: "token: hunter2\r\na: b\r\n", shown: "token: ***\na: b\r\n" },
  ])("$why", ({ text, shown }) => {
    expect(withoutSecrets(text)).toBe(shown);
    expect(withoutSecrets(text)).not.toMatch(/hunter|ter2/);
  });
});

test.each([
  { why: "a reference", text: "token: ${env:TOKEN}\n" },
  { why: "a quoted reference", text: 'token: "${file:/run/secrets/token}"\n' },
  { why: "no key of a secret", text: "namespace: tocsin\ntokens: 5\nmy-url: a\n" },
  { why: "a word of a value", text: "from: token:abc\n" },
])("shown as it is: $why", ({ text }) => {
  expect(withoutSecrets(text)).toBe(text);
});

import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { environmentFile, parseConfig } from "../../src/spec/config.ts";
import { lintLine } from "./lint-line.ts";

const files: Readonly<Record<string, string>> = { "/run/smtp": "pass word\n", "/run/empty": "\n" };
const parse = (text: string, environment: Record<string, string> = {}) =>
  parseConfig("tocsin.yaml", text, environment, (path) => files[path]);
const lintsOf = (text: string, environment: Record<string, string> = {}) =>
  parse(text, environment).lints.map((lint) =>
    lint.file === environmentFile
      ? `env ${lint.pointer} ${lint.severity}[${lint.code}] ${lint.message}`
      : lintLine(lint),
  );

test("nothing written: all defaults; the port is not configured", () => {
  for (const text of ["", "# nothing\n", "{}"]) {
    const { config, lints } = parse(text);
    expect(lints).toEqual([]);
    expect(config).toEqual({
      namespace: "tocsin",
      family: "embedded",
      dataDir: ".tocsin",
      documents: {},
      sources: [{ kind: "local", name: "events", outOfOrderness: "0s", idle: "30s", maxEventBytes: 1_048_576 }],
      checkpoint: { interval: "1s", sliceMs: 20, maxUncommittedEntries: 100_000 },
      ledgerHorizon: "24h",
      asynchronousFacts: { timeout: "5s", maxConcurrent: 64, maxOpen: 1_000 },
      plugins: [],
      ruleDefaults: {},
      channels: {},
      defaultChannels: [],
      http: { host: "127.0.0.1" },
      log: { level: "info" },
    });
    expect(config?.http.port).toBeUndefined();
  }
});

const reference = "${env:NAME} or ${file:path}";

describe("faults of the file", () => {
  test.each([
    {
      why: "an unknown key",
      text: "http:\n  prt: 5\n",
      lints: ['2:3+3 error[unknown-key] unknown key `prt`; did you mean "port"?'],
    },
    {
      why: "a port beyond the range",
      text: "http: {port: 70000}\n",
      lints: ["1:14+5 error[wrong-value] expected a whole number from 0 to 65535, found the number 70000"],
    },
    {
      why: "several at once",
      text: "family: servr\nlog: {level: loud}\nsources: [{kind: nats, nats: {}}]\n",
      lints: [
        '1:9+5 error[wrong-value] expected embedded or server, found the text "servr"; did you mean "server"?',
        '2:14+4 error[wrong-value] expected debug, info, warn or error, found the text "loud"',
        "3:24+4 error[missing-key] the key `stream` is missing: expected a text that is not empty",
      ],
    },
    {
      why: "server without redis, with other faults",
      text: "family: server\ncheckpoint: {sliceMs: yes}\n",
      lints: [
        "1:1+14 error[missing-key] the key `redis` is missing: `family: server` keeps its state in Redis, so give `redis: {url: redis://127.0.0.1:6379}`",
        '2:23+3 error[wrong-type] expected a whole number from 1 to 1000, found the text "yes"',
      ],
    },
    {
      why: "two sources",
      text: "sources: [{kind: local}, {kind: local}]\n",
      lints: ["1:10+30 error[unsupported] more than one source is not in this version yet: keep one"],
    },
    {
      why: "dedupe of a source",
      text: "sources: [{kind: local, dedupe: {by: id}}]\n",
      lints: ["1:25+6 error[unsupported] `dedupe` is not in this version yet: remove it"],
    },
    {
      why: "a kind of source",
      text: "sources: [{kind: kafka}]\n",
      lints: ['1:18+5 error[wrong-value] expected `nats`, `file` or `local`, found the text "kafka"'],
    },
    {
      why: "a file source without path",
      text: "sources: [{kind: file}]\n",
      lints: ["1:11+12 error[missing-key] the key `path` is missing: expected a text that is not empty"],
    },
    {
      why: "neither file nor subject",
      text: "deadLetters: {}\n",
      lints: ["1:14+2 error[wrong-value] expected either `file` or `subject`"],
    },
    {
      why: "a default channel that is none",
      text: "channels: {mail: {kind: console}}\ndefaultChannels: [mial]\n",
      lints: ['2:19+4 error[unknown-name] no channel is called `mial`; did you mean "mail"?'],
    },
    {
      why: "two documents",
      text: "log: {}\n---\nhttp: {}\n",
      lints: ["3:1+8 error[duplicate] the settings are one document: join them, or remove all but one"],
    },
    {
      why: "syntax",
      text: "http: [\n",
      lints: ["2:1+0 error[syntax] flow sequence in block collection must be sufficiently indented and end with a ]"],
    },
    {
      why: "a secret written down; it is not shown",
      text: "http: {token: s3cret}\n",
      lints: [
        `1:15+6 error[wrong-value] expected a secret by reference, ${reference}, never the secret itself, found something else, which is not shown`,
      ],
    },
    {
      why: "a password in a URL; it is not shown",
      text: "redis: {url: 'redis://:s3cret@localhost'}\n",
      lints: [
        `1:14+27 error[wrong-value] expected a URL such as redis://127.0.0.1:6379, its password, if any, by reference: ${reference}, found something else, which is not shown`,
      ],
    },
    { why: "a user without password in a URL is no secret", text: "redis: {url: 'redis://me@localhost'}\n", lints: [] },
    {
      why: "a variable that is not set",
      text: "http: {token: '${env:NOPE}'}\n",
      lints: ["1:15+13 error[wrong-value] the environment variable `NOPE` is not set or is empty: set it"],
    },
    {
      why: "a file that is not there",
      text: "http: {token: '${file:/nope}'}\n",
      lints: ["1:15+15 error[wrong-value] the file `/nope` can't be read or is empty: put the secret into it"],
    },
    {
      why: "an empty file",
      text: "http: {token: '${file:/run/empty}'}\n",
      lints: ["1:15+20 error[wrong-value] the file `/run/empty` can't be read or is empty: put the secret into it"],
    },
  ])("$why", ({ text, lints }) => {
    expect(lintsOf(text)).toEqual(lints);
    expect(parse(text).config === undefined).toBe(lints.length > 0);
  });
});

describe("secrets", () => {
  const { config, lints } = parse(
    "family: server\nredis: {url: 'redis://:${env:PW}@localhost:6379/1'}\nhttp: {token: '${env:TOKEN}'}\nchannels:\n  mail: {kind: email, smtp: 'smtp://me:${file:/run/smtp}@host', from: a@b.c, to: [d@e.f]}\n",
    { PW: "s3cret", TOKEN: "t0ken" },
  );

  test("are filled in", () => {
    expect(lints).toEqual([]);
    expect(config?.redis?.url.reveal()).toBe("redis://:s3cret@localhost:6379/1");
    expect(config?.http.token?.reveal()).toBe("t0ken");
    const mail = config?.channels["mail"];
    expect(mail?.kind === "email" ? mail.smtp.reveal() : undefined).toBe("smtp://me:pass word@host");
  });

  test("are shown by nothing", () => {
    const shown = [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `${String(config?.http.token)}`,
      String(config?.redis?.url),
    ].join();
    expect(shown).not.toMatch(/s3cret|t0ken|pass word/);
    expect(JSON.stringify(config?.http)).toBe('{"host":"127.0.0.1","token":"***"}');
  });
});

describe("the environment", () => {
  test("wins over the file, in every type", () => {
    const { config, lints } = parse("http: {port: 8080}\nchannels: {risk-oncall: {kind: file, path: a}}\n", {
      TOCSIN_HTTP_PORT: "0",
      TOCSIN_LOG_LEVEL: "debug",
      TOCSIN_CHECKPOINT_INTERVAL: "5s",
      TOCSIN_SOURCES_0_KIND: "nats",
      TOCSIN_SOURCES_0_NATS_STREAM: "EVENTS",
      TOCSIN_SOURCES_0_NATS_SERVERS: "nats://a, nats://b",
      TOCSIN_SOURCES_0_MAX_EVENT_BYTES: "1000",
      TOCSIN_CHANNELS_RISK_ONCALL_PATH: "b",
      TOCSIN_DEFAULT_CHANNELS: "risk-oncall",
      TOCSIN_HTTP_TOKEN: "t0ken",
      TOCSIN_REDIS_URL: "redis://:s3cret@h",
      OTHER: "x",
    });
    expect(lints).toEqual([]);
    expect(config).toMatchObject({
      http: { port: 0 },
      log: { level: "debug" },
      checkpoint: { interval: "5s" },
      sources: [{ kind: "nats", nats: { stream: "EVENTS", servers: ["nats://a", "nats://b"] }, maxEventBytes: 1000 }],
      channels: { "risk-oncall": { path: "b" } },
      defaultChannels: ["risk-oncall"],
    });
    expect([config?.http.token?.reveal(), config?.redis?.url.reveal()]).toEqual(["t0ken", "redis://:s3cret@h"]);
  });

  test.each([
    {
      why: "a wrong type is told with the variable",
      environment: { TOCSIN_HTTP_PORT: "many" },
      lints: [
        'env /http/port error[wrong-type] TOCSIN_HTTP_PORT: expected a whole number from 0 to 65535, found the text "many"',
      ],
    },
    {
      why: "a wrong value too",
      environment: { TOCSIN_FAMILY: "servr" },
      lints: [
        'env /family error[wrong-value] TOCSIN_FAMILY: expected embedded or server, found the text "servr"; did you mean "server"?',
      ],
    },
    {
      why: "an unknown variable is a warning, with the nearest",
      environment: { TOCSIN_HTP_PORT: "1" },
      lints: [
        'env  warning[unknown-name] the environment variable `TOCSIN_HTP_PORT` names no setting; did you mean "TOCSIN_HTTP_PORT"?',
      ],
    },
    {
      why: "a URL that is none; it is not shown",
      environment: { TOCSIN_REDIS_URL: "s3cret" },
      lints: [
        "env /redis/url error[wrong-value] TOCSIN_REDIS_URL: with its references filled in this is not a URL such as redis://127.0.0.1:6379",
      ],
    },
  ])("$why", ({ environment, lints }) => {
    expect(lintsOf("", environment)).toEqual(lints);
  });

  test("a variable that a secret refers to is not taken for a setting", () => {
    expect(lintsOf("http: {token: '${env:TOCSIN_MY_TOKEN}'}\n", { TOCSIN_MY_TOKEN: "x" })).toEqual([]);
  });

  test("a file that holds a secret is read once", () => {
    let count = 0;
    parseConfig("tocsin.yaml", "http: {token: '${file:/x}'}\n", {}, () => {
      count += 1;
      return "x";
    });
    expect(count).toBe(1);
  });
});

test("any text and any variables give settings or a lint, and never throw", () => {
  const keys = fc.constantFrom(
    "family",
    "http",
    "port",
    "sources",
    "kind",
    "nats",
    "stream",
    "channels",
    "redis",
    "url",
    "log",
    "level",
    "zzz",
  );
  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>("server", "nats", "${env:A}", "redis://h", 0, true, null, ""),
      fc.array(tie("value"), { maxLength: 2 }),
      fc.dictionary(keys, tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  const variables = fc.dictionary(
    fc.constantFrom(
      "TOCSIN_HTTP_PORT",
      "TOCSIN_SOURCES_0_KIND",
      "TOCSIN_SOURCES_0_NATS_STREAM",
      "TOCSIN_REDIS_URL",
      "TOCSIN_X",
      "A",
    ),
    fc.string({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(value, variables, (settings, environment) => {
      const { config, lints } = parse(JSON.stringify(settings), environment);
      expect(config === undefined).toBe(lints.some(({ severity }) => severity === "error"));
    }),
    { numRuns: 60 },
  );
});

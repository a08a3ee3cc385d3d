import { z } from "zod";
import { expectations, refinesObjects } from "./expectation.ts";
import { ruleDefaultsSchema } from "./rule-defaults.ts";
import { type SecretSources, secretSchema, secretUrlSchema } from "./secret-reference.ts";
import { durationOrNeverSchema, durationSchema, idSchema } from "./value.ts";

/** Where the HTTP server listens unless the settings say it; only this one may give way to a free port. */
export const defaultHttpPort = 7700;

const textSchema = z.string().min(1);
const pathsSchema = z.array(textSchema).min(1);

const sourceBody = {
  name: idSchema
    .default("events")
    .describe("Names the source in positions, metrics and effects' ids: never change it."),
  timeField: textSchema
    .optional()
    .describe("Field of the event time; default `time`, else `ts`, else the log's own stamp."),
  timeFormat: z.enum(["ms", "s", "iso"]).optional().describe("Form of the time field; default: what it looks like."),
  typeField: textSchema.optional().describe("Field of the event type; default `type`, else the NATS subject."),
  idField: z
    .string()
    .optional()
    .describe("Field of the event id; default `id`; empty: events are named by their position."),
  outOfOrderness: durationSchema
    .default("0s")
    .describe("How far event times may be behind the greatest so far; the watermark is held back by it."),
  idle: durationOrNeverSchema
    .default("30s")
    .describe(
      "A source that the broker says is at its end for so long no longer holds the watermark back, nor does a partition without an event for so much log time.",
    ),
  maxFuture: durationOrNeverSchema
    .optional()
    .describe(
      "Events further ahead of log time go to the dead letters; default 1h where the log stamps its messages, never for a file.",
    ),
  partitions: z
    .strictObject({
      by: textSchema.describe("Top-level field of the event; source: the envelope's."),
      expect: z
        .array(textSchema)
        .max(1_000)
        .default([])
        .describe("Partitions that are waited for before their first event."),
    })
    .optional()
    .describe("Events that are told apart by a field have a watermark each; the least of them counts."),
  maxEventBytes: z
    .int()
    .min(1)
    .default(1024 * 1024)
    .describe("Larger events go to the dead letters."),
};

function sourceSchema(secrets: SecretSources) {
  const natsSchema = z.strictObject({
    servers: z.array(textSchema).min(1).default(["nats://127.0.0.1:4222"]),
    stream: textSchema.describe("Name of the JetStream stream; it must exist."),
    subjects: z.array(textSchema).min(1).optional().describe("Which subjects of the stream are read; default all."),
    credentialsFile: textSchema.optional().describe("Path of a .creds file."),
    user: textSchema.optional(),
    password: secretSchema(secrets).optional(),
    token: secretSchema(secrets).optional(),
  });
  return z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("nats"), nats: natsSchema, ...sourceBody }),
      z.strictObject({
        kind: z.literal("file"),
        path: textSchema.describe("An NDJSON file that grows."),
        ...sourceBody,
      }),
      z.strictObject({ kind: z.literal("local"), ...sourceBody }),
    ])
    .register(expectations, { text: "a source: an object with `kind` nats, file or local" });
}

function channelSchema(secrets: SecretSources) {
  return z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("email"),
        smtp: secretUrlSchema(secrets, "smtps://user:${env:SMTP_PASSWORD}@mail.example.org"),
        from: textSchema,
        to: z.array(textSchema).min(1),
        requireTls: z
          .boolean()
          .default(true)
          .describe("A server that offers no TLS is refused; false is for a relay on this machine or a test."),
      }),
      z.strictObject({
        kind: z.literal("webhook"),
        url: secretUrlSchema(secrets, "https://example.org/hook"),
        secret: secretSchema(secrets)
          .optional()
          .describe("Signs each call as Standard Webhooks do; begins with whsec_."),
      }),
      z.strictObject({ kind: z.literal("console") }),
      z.strictObject({ kind: z.literal("file"), path: textSchema }),
      z.strictObject({
        kind: z.literal("plugin"),
        use: textSchema.describe("Name of the channel in the plug-in that exports it."),
        options: z.record(z.string(), z.json()).default({}).describe("What the plug-in's channel is made from."),
        secrets: z.record(z.string(), secretSchema(secrets)).default({}).describe("Secrets for it, each by reference."),
      }),
    ])
    .register(expectations, { text: "a channel: an object with `kind` email, webhook, console, file or plugin" });
}

const checkpointSchema = z.strictObject({
  interval: durationSchema.default("1s").describe("How often state is committed."),
  sliceMs: z
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe("Longest slice of input before its effects become visible, in milliseconds."),
  maxUncommittedEntries: z
    .int()
    .min(1)
    .default(100_000)
    .describe("Input waits where so many entries are not committed."),
});

const deadLettersSchema = z
  .strictObject({ file: textSchema.optional(), subject: textSchema.optional() })
  .refine(({ file, subject }) => (file === undefined) !== (subject === undefined), {
    when: refinesObjects,
    error: "expected either `file` or `subject`",
  })
  .meta({ minProperties: 1, maxProperties: 1 });

const asynchronousFactsSchema = z
  .strictObject({
    timeout: durationSchema
      .default("5s")
      .describe("How long the asynchronous facts of one evaluation may take together; then it does not hold."),
    maxConcurrent: z.int().min(1).max(10_000).default(64).describe("Evaluations whose facts are asked at once."),
    maxOpen: z
      .int()
      .min(1)
      .max(5_000)
      .default(1_000)
      .describe("Input waits where so many evaluations wait for asynchronous facts."),
  })
  .describe("How facts of plug-ins are asked that are asynchronous.");

const logSchema = z.strictObject({
  level: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

/**
 * The service's settings, `tocsin.yaml`. A function of where secrets come from: the values of secrets are part of what
 * the schema yields, wrapped in `Secret`.
 */
export function configSchemaFor(secrets: SecretSources) {
  return z
    .strictObject({
      namespace: idSchema.default("tocsin").describe("Separates installations that share a Redis or a broker."),
      family: z
        .enum(["embedded", "server"])
        .default("embedded")
        .describe("embedded: one process, no server; server: Redis and BullMQ."),
      dataDir: textSchema.default(".tocsin").describe("Folder of the embedded family's data."),
      documents: z
        .strictObject({
          rules: pathsSchema.optional(),
          patterns: pathsSchema.optional(),
          lists: pathsSchema.optional(),
          schemas: pathsSchema
            .optional()
            .describe("Schemas of event types, for static checks; default the folder schemas/ here, if there is one."),
        })
        .prefault({})
        .describe(
          "Files and folders that are read; folders recursively. Where none is named the folders rules/, patterns/ and lists/ here, else only what is named.",
        ),
      sources: z
        .array(sourceSchema(secrets))
        .min(1)
        .max(1)
        .prefault([{ kind: "local" }])
        .describe("Where events come from; this version takes exactly one."),
      redis: z
        .strictObject({
          url: secretUrlSchema(secrets, "redis://127.0.0.1:6379"),
        })
        .optional(),
      checkpoint: checkpointSchema.prefault({}),
      ledgerHorizon: durationSchema.default("24h").describe("How long effects' ids are remembered, in log time."),
      deadLetters: deadLettersSchema
        .optional()
        .describe("Where events that can't be read go; default a file in dataDir."),
      channels: z.record(idSchema, channelSchema(secrets)).default({}),
      plugins: z
        .array(textSchema)
        .default([])
        .describe("JavaScript modules of plug-ins, from where the settings are; each is imported at the start."),
      asynchronousFacts: asynchronousFactsSchema.prefault({}),
      ruleDefaults: ruleDefaultsSchema.prefault({}),
      defaultChannels: z.array(idSchema).default([]).describe("Channels of alerts whose rule names none."),
      http: z
        .strictObject({
          host: textSchema.default("127.0.0.1"),
          port: z
            .int()
            .min(0)
            .max(65_535)
            .optional()
            .describe(`0: any free one. Default ${defaultHttpPort}, or a free one where that is taken.`),
          token: secretSchema(secrets).optional().describe("Asked for as bearer token on every call, if set."),
        })
        .prefault({}),
      log: logSchema.prefault({}),
    })
    .refine(({ family, redis }) => family !== "server" || redis !== undefined, {
      when: refinesObjects,
      path: ["redis"],
      error:
        "the key `redis` is missing: `family: server` keeps its state in Redis, so give `redis: {url: redis://127.0.0.1:6379}`",
    })
    .meta({ anyOf: [{ properties: { family: { const: "embedded" } } }, { required: ["redis"] }] })
    .register(expectations, { text: "the settings: an object" });
}

/** The settings, defaults filled in. Durations are as written: `parseDuration` of core/time reads them. */
export type Config = z.infer<ReturnType<typeof configSchemaFor>>;
export type SourceConfig = Config["sources"][number];
export type ChannelConfig = Config["channels"][string];

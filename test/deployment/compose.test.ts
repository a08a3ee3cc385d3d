import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseConfig } from "../../src/spec/config.ts";
import { repositoryRoot } from "../tidy/planted-tree.ts";

const serviceSchema = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).default({}),
});
const composeSchema = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const compose = composeSchema.parse(parse(read("docker-compose.yml")));
const services = Object.entries(compose.services);
const settingsPath = "examples/server/tocsin.yaml";

describe("docker-compose.yml", () => {
  test.each(services)("%s publishes nothing but on 127.0.0.1", (_, { ports }) => {
    expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
  });

  test.each(services)("%s names a version, unless it is built here", (_, { image, build }) => {
    if (build === undefined) expect(image).toMatch(/:v?\d+\.\d+/);
    else expect(build).toBe(".");
  });

  test.each(services)("%s: what is waited for says when it is ready", (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on)) {
      const other = compose.services[name];
      expect(other).toBeDefined();
      if (condition === "service_healthy") expect(other?.healthcheck).toBeDefined();
      else expect(condition).toBe("service_completed_successfully");
    }
  });

  test("mounted files are in the repository, named volumes are declared", () => {
    for (const [, { volumes }] of services) {
      for (const [from = ""] of volumes.map((volume) => volume.split(":"))) {
        if (from.startsWith(".")) expect(existsSync(join(repositoryRoot, from)), from).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(from);
      }
    }
  });

  test("redis keeps what it took and evicts nothing", () => {
    const command = compose.services["redis"]?.command?.join(" ");
    expect(command).toContain("--appendonly yes");
    expect(command).toContain("--maxmemory-policy noeviction");
    expect(compose.services["redis"]?.volumes).toContain("redis-data:/data");
  });

  test("nats has JetStream and keeps it on a volume", () => {
    expect(compose.services["nats"]?.command).toEqual(expect.arrayContaining(["--jetstream", "--store_dir", "/data"]));
    expect(compose.services["nats"]?.volumes).toContain("nats-data:/data");
  });
});

describe("examples/server/tocsin.yaml", () => {
  const { config, lints } = parseConfig(settingsPath, read(settingsPath), {}, () => undefined);

  test("has no fault", () => {
    expect(lints).toEqual([]);
    expect(config).toBeDefined();
  });

  test("names the servers, the stream and the port that docker-compose.yml starts", () => {
    const source = config?.sources[0];
    expect(source?.kind === "nats" ? source.nats.servers : undefined).toEqual(["nats://nats:4222"]);
    expect(source?.kind === "nats" ? source.nats.stream : undefined).toBe("EVENTS");
    expect(compose.services["stream"]?.command?.join(" ")).toContain("stream add EVENTS ");
    expect(config?.redis?.url.reveal()).toBe("redis://redis:6379");
    expect(compose.services["tocsin"]?.ports).toEqual([`127.0.0.1:${config?.http.port}:${config?.http.port}`]);
  });
});

describe("Dockerfile", () => {
  const instructions = read("Dockerfile").replaceAll("\\\n", " ").split("\n");

  test("copies only files of the repository that .dockerignore lets through", () => {
    const allowed = read(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    const copied = instructions
      .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied.length).toBeGreaterThan(4);
    for (const path of copied) {
      expect(existsSync(join(repositoryRoot, path)), path).toBe(true);
      expect(allowed).toContain(path);
    }
  });

  test("runs as another user than root, and nothing is done after that as root", () => {
    const users = instructions.filter((line) => line.startsWith("USER "));
    expect(users).toEqual(["USER node"]);
    expect(instructions.findIndex((line) => line.startsWith("USER "))).toBeGreaterThan(
      instructions.findLastIndex((line) => line.startsWith("RUN ")),
    );
  });
});

const dockerCompose = spawnSync("docker", ["compose", "version"], { encoding: "utf8" });
const absent = dockerCompose.status === 0 ? undefined : "no docker client with the compose plug-in on this machine";

test("docker compose takes docker-compose.yml as it is", (context) => {
  if (absent !== undefined) return context.skip(absent);
  const ran = spawnSync("docker", ["compose", "--file", "docker-compose.yml", "config", "--quiet"], {
    cwd: repositoryRoot,
    encoding: "utf8",
  });
  expect(ran.stderr).toBe("");
  expect(ran.status).toBe(0);
});

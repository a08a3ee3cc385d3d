import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isJsonObject } from "../../src/core/base/json.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const program = join(root, "dist/main/tocsin.js");

/** What runs now, so that no process outlives this one. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Builds `dist` where it is older than `src`; after `npm ci` it is not. */
export function buildProgram(): void {
  if (existsSync(program) && statSync(program).mtimeMs >= newestIn(join(root, "src"))) return;
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "pipe",
  });
}

function newestIn(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs),
  );
}

/** A folder of its own with settings and rules, where `tocsin` is run. */
export interface Installation {
  readonly dir: string;
  write(name: string, text: string): Promise<void>;
  /** Runs to its end. */
  run(...args: readonly string[]): { readonly status: number | null; readonly output: string };
  /** Starts `tocsin run` on the settings. */
  start(): RunningTocsin;
  /** Kills what still runs and removes the folder. */
  remove(): Promise<void>;
}

export interface RunningTocsin {
  /** All that it wrote so far, standard output and error. */
  output(): string;
  /** Resolves with the first line of the log whose message is `message`; rejects where it ends before. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
  /** Resolves with the address of its HTTP port when it runs. */
  ready(): Promise<string>;
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<number | null>;
  readonly ended: Promise<number | null>;
  readonly pid: number;
}

export async function install(settings: unknown, rules: Readonly<Record<string, string>>): Promise<Installation> {
  const dir = await mkdtemp(join(tmpdir(), "tocsin.scenario-"));
  const started = new Set<RunningTocsin>();
  // YAML 1.2 takes JSON as it is
  await writeFile(join(dir, "tocsin.yaml"), JSON.stringify(settings));
  for (const [name, text] of Object.entries(rules)) await writeFile(join(dir, name), text);
  return {
    dir,
    write: (name, text) => writeFile(join(dir, name), text),
    run(...args) {
      try {
        const output = execFileSync(process.execPath, [program, ...args], {
          cwd: dir,
          stdio: "pipe",
          encoding: "utf8",
        });
        return { status: 0, output };
      } catch (error) {
        if (!(error instanceof Error) || !("status" in error) || !("stdout" in error) || !("stderr" in error))
          throw error;
        const { status, stdout, stderr } = error;
        return { status: typeof status === "number" ? status : null, output: `${String(stdout)}${String(stderr)}` };
      }
    },
    start() {
      const tocsin = start(dir);
      started.add(tocsin);
      return tocsin;
    },
    async remove() {
      for (const tocsin of started) await tocsin.kill("SIGKILL");
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function start(dir: string): RunningTocsin {
  const child = spawn(process.execPath, [program, "run", "--config", "tocsin.yaml"], {
    cwd: dir,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  const listeners = new Set<() => void>();
  const hear = (chunk: Buffer): void => {
    output += chunk.toString("utf8");
    for (const listener of [...listeners]) listener();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => {
      running.delete(child);
      resolve(code);
      for (const listener of [...listeners]) listener();
    });
  });
  const logged = (message: string) =>
    new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
      const look = (): void => {
        const line = logLines(output).find(({ msg }) => msg === message);
        if (line !== undefined) resolve(line);
        else if (!running.has(child)) reject(new Error(`it ended without "${message}": ${output}`));
        else return;
        listeners.delete(look);
      };
      listeners.add(look);
      look();
    });
  return {
    output: () => output,
    logged,
    ready: async () => String((await logged("tocsin runs"))["http"]),
    kill(signal) {
      if (running.has(child)) child.kill(signal);
      return ended;
    },
    ended,
    pid: child.pid ?? -1,
  };
}

function logLines(output: string): readonly Readonly<Record<string, unknown>>[] {
  return output.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isJsonObject(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBinary } from "./binary.ts";

/** A server of the tests' own, on a free port of 127.0.0.1, with its data in a temporary folder. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** Holds the server's data; gone after `stop`. */
  readonly dir: string;
  /** Of the running process; after `kill`, of the last. */
  readonly pid: number;
  /** SIGKILL, and waits until it is gone. The data stay as they were on the disk. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; kills it first where it runs. Resolves when it serves. */
  restart(): Promise<void>;
  /** Ends it in order and removes its folder. */
  stop(): Promise<void>;
}

export interface ServerProgram {
  readonly name: string;
  readonly path: string;
  readonly scheme: string;
  /** A line with this text on its output says that it serves. */
  readonly readyText: string;
  argumentsFor(port: number, dir: string): readonly string[];
}

const startMsMax = 20_000;
const startCountMax = 5;

/** What runs now, so that nothing outlives this process whichever way it ends. */
const running = new Set<ChildProcess>();
const folders = new Set<string>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export async function startServer(program: ServerProgram): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), `tocsin.${program.name}-`));
  folders.add(dir);
  const removeFolder = (): void => {
    rmSync(dir, { recursive: true, force: true });
    folders.delete(dir);
  };
  try {
    const { port, child } = await startOnFreePort(program, dir);
    return serverOn({ program, dir, port, child, removeFolder });
  } catch (error) {
    removeFolder();
    throw error;
  }
}

/** Somebody may take the port between finding it free and using it: then another is tried. */
async function startOnFreePort(program: ServerProgram, dir: string): Promise<{ port: number; child: ChildProcess }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, child: await startProcess(program, port, dir) };
    } catch (error) {
      if (attempt === startCountMax) throw error;
    }
  }
}

interface Started {
  readonly program: ServerProgram;
  readonly dir: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly removeFolder: () => void;
}

function serverOn({ program, dir, port, child: first, removeFolder }: Started): TestServer {
  let child = first;
  return {
    url: `${program.scheme}://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      return child.pid ?? -1;
    },
    kill: () => end(child, "SIGKILL"),
    async restart() {
      await end(child, "SIGKILL");
      child = await startProcess(program, port, dir);
    },
    async stop() {
      await end(child, "SIGTERM");
      removeFolder();
    },
  };
}

/** Resolves when the server says that it serves; rejects with its last words where it ends before or takes too long. */
function startProcess(program: ServerProgram, port: number, dir: string): Promise<ChildProcess> {
  const [path = program.path, ...args] = [...dieWithParent(), program.path, ...program.argumentsFor(port, dir)];
  const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  return new Promise((resolve, reject) => {
    let output = "";
    let isReady = false;
    const fail = (what: string): void => {
      running.delete(child);
      child.kill("SIGKILL");
      reject(new Error(`${program.name} on port ${port} ${what}: ${output.slice(-2_000)}`));
    };
    const deadline = setTimeout(() => fail(`does not serve after ${startMsMax} ms`), startMsMax);
    const hear = (chunk: Buffer): void => {
      if (isReady) return;
      output += chunk.toString("utf8");
      if (!output.includes(program.readyText)) return;
      isReady = true;
      clearTimeout(deadline);
      resolve(child);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code, signal) => {
      running.delete(child);
      clearTimeout(deadline);
      if (!isReady) fail(`ended with ${code ?? signal}`);
    });
  });
}

/** Where Linux has it, the kernel ends the server with this process, also by a SIGKILL that no exit handler sees. */
function dieWithParent(): readonly string[] {
  const setpriv = findBinary("setpriv");
  return setpriv === undefined ? [] : [setpriv, "--pdeathsig", "KILL"];
}

function end(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const deadline = setTimeout(() => child.kill("SIGKILL"), startMsMax);
    child.once("exit", () => {
      clearTimeout(deadline);
      resolve();
    });
    child.kill(signal);
  });
}

/** A port of 127.0.0.1 that is free at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no port was given"));
      });
    });
  });
}

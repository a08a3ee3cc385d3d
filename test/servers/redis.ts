import { serverBinary } from "./binary.ts";
import { startServer, type TestServer } from "./test-server.ts";

/**
 * A private redis-server that keeps what it acknowledged: append-only file, synced at every write, no snapshots, nothing
 * evicted. `args` come last on its command line and win: `["--appendonly", "no"]`.
 */
export async function startRedis({ args = [] }: { readonly args?: readonly string[] } = {}): Promise<TestServer> {
  const settings = ["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"];
  return startServer({
    name: "redis-server",
    path: await serverBinary("redis-server", "redis-server"),
    scheme: "redis",
    readyText: "Ready to accept connections",
    argumentsFor: (port, dir) => ["--bind", "127.0.0.1", "--port", String(port), "--dir", dir, ...settings, ...args],
  });
}

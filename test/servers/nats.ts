import { join } from "node:path";
import { serverBinary } from "./binary.ts";
import { startServer, type TestServer } from "./test-server.ts";

/** A private nats-server with JetStream on. `args` come last on its command line. */
export async function startNats({ args = [] }: { readonly args?: readonly string[] } = {}): Promise<TestServer> {
  return startServer({
    name: "nats-server",
    path: await serverBinary("nats-server", "nats-server"),
    scheme: "nats",
    readyText: "Server is ready",
    argumentsFor: (port, dir) => ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", join(dir, "jetstream"), ...args],
  });
}

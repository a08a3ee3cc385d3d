import { connect, createServer, type Socket } from "node:net";

/** Stands between a client and a server of 127.0.0.1 and can spoil what passes. */
export interface TestProxy {
  readonly port: number;
  /**
   * `pass`: as if it were not there. `lose-reply`: requests pass, and the connection ends where the next reply would come.
   * `swallow`: nothing passes either way, and the connection stays open, as when a cable is pulled.
   */
  mode: "pass" | "lose-reply" | "swallow";
  stop(): Promise<void>;
}

export async function startProxy(serverPort: number): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (bytes) => {
      if (proxy.mode !== "swallow") upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (proxy.mode === "pass") client.write(bytes);
      if (proxy.mode === "lose-reply") client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const proxy: TestProxy = {
    port: typeof address === "object" && address !== null ? address.port : -1,
    mode: "pass",
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return proxy;
}

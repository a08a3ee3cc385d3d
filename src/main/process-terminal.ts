import { once } from "node:events";
import type { Terminal } from "../cli/terminal.ts";

/** This process's own standard output and error. */
export function processTerminal(environment: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdout, stderr } = process;
  const allowsColour = (environment["NO_COLOR"] ?? "") === "" && environment["TERM"] !== "dumb";
  // A reader that has enough (`| head`) is no failure.
  stdout.on("error", (error: Error & { readonly code?: string }) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  return {
    async out(text) {
      if (!stdout.write(text)) await once(stdout, "drain");
    },
    err: (text) => {
      stderr.write(text);
    },
    isOutTerminal: stdout.isTTY === true,
    isErrTerminal: stderr.isTTY,
    hasOutColour: stdout.isTTY && allowsColour,
    hasErrColour: stderr.isTTY && allowsColour,
  };
}

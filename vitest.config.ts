import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";

const plainLineReporter = "./test/plain-line-reporter.ts";

// vitest reads its configuration from a default export.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["./test/servers/global-setup.ts"],
    setupFiles: ["./test/property-seed.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ["default", ...(existsSync(new URL(plainLineReporter, import.meta.url)) ? [plainLineReporter] : [])],
  },
});

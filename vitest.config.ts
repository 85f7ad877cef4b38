import { defineConfig } from "vitest/config";
import { createPlainLineReporter } from "./tooling/testkit/src/plain-line-reporter.ts";

// Tests import packages through the "@berth/source" condition, so that they run on the sources and never on a stale build.
const conditions = ["@berth/source", "node", "import", "module", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "tooling/*/test/**/*.test.ts"],
    reporters: ["default", createPlainLineReporter((text) => process.stdout.write(text))],
    pool: "forks",
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A poll waits for an event, not for a speed: a second is too short on a busy machine.
    expect: { poll: { timeout: 20_000 } },
    restoreMocks: true,
    unstubEnvs: true,
  },
});

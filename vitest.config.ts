import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/helpers/browser-setup.ts"],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Two cores: more workers would only make the timings of the socket tests worse.
    maxWorkers: 2,
    execArgv: ["--expose-gc"],
    // @hono/node-server tells on the console of a body that broke. Tests that stall a reader make it break.
    onConsoleLog: (log) =>
      log.includes("StreamCutError: the reader took nothing") ? false : undefined,
    typecheck: {
      enabled: true,
      include: ["test/types/**/*.test-d.ts"],
      tsconfig: "./tsconfig.json",
    },
  },
});

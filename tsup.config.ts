import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    client: "src/client/index.ts",
    eventsource: "src/client/eventsource.ts",
    "client-store": "src/client/stream-store.ts",
    "client-shared": "src/client/shared.ts",
    schema: "src/schema/index.ts",
    node: "src/adapters/node.ts",
    express: "src/adapters/express.ts",
    hono: "src/adapters/hono.ts",
    react: "src/react/index.ts",
    log: "src/log/index.ts",
    "log-redis": "src/log/stores/redis.ts",
    testing: "src/testing/index.ts",
  },
  // ESM only: a CommonJS build would copy the error classes into every entry, and `instanceof` would lie.
  format: "esm",
  platform: "neutral",
  target: "es2022",
  splitting: true,
  treeshake: true,
  dts: true,
  clean: true,
  // `node:` must survive: edge runtimes resolve built-in modules only by their full name.
  removeNodeProtocol: false,
  external: [/^node:/],
});

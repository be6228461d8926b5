import type { LogStore } from "../../src/log/index.ts";
import { memoryStore } from "../../src/log/index.ts";

/** A place where logs are kept, as each process that shares it opens it. */
export interface Backend {
  open(): Promise<LogStore>;
  close(): Promise<void>;
}

/** The stores that runs and channels are tried on. */
export const BACKENDS: Record<string, () => Promise<Backend>> = {
  memory: async () => {
    // Processes that share a store in memory are one.
    const store = memoryStore();
    return { open: async () => store, close: () => store.close() };
  },
};

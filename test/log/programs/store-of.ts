import type { LogStore } from "../../../src/log/index.ts";
import { memoryStore } from "../../../src/log/index.ts";

/** The store that the environment names: in memory. */
export async function storeOf(
  _environment: NodeJS.ProcessEnv,
): Promise<{ store: LogStore; close: () => Promise<void> }> {
  return { store: memoryStore(), close: async () => {} };
}

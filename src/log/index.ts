export type {
  Append,
  Lease,
  LogBatch,
  LogEntry,
  LogInfo,
  LogReadOptions,
  LogStore,
  NewLog,
  Publication,
  Retention,
  Seal,
} from "./store.ts";
export type { MemoryStoreOptions } from "./stores/memory.ts";
export { memoryStore } from "./stores/memory.ts";

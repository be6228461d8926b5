export type { Channel, ChannelOptions } from "./channel.ts";
export { createChannel } from "./channel.ts";
export type { ReaderOptions, LogReaderInfo } from "./reader-options.ts";
export type { ReaderRequest, Reply, ReplySource } from "./reply.ts";
export type { Run, RunInfo, Runs, RunTarget, StartOptions } from "./run.ts";
export type { LogOptions, RunEnd, RunsOptions } from "./run-options.ts";
export { createRuns } from "./runs.ts";
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
export type { AskedRun, RunRoutes, RunRoutesOptions, RunToStart } from "./routes.ts";
export { createRunRoutes } from "./routes.ts";
export { readLog } from "./read-log.ts";

export type { QueueBounds, QueueReader, QueueState } from "./core/bounded-queue.ts";
export type { Heartbeat, HeartbeatOptions } from "./core/heartbeat.ts";
export { startHeartbeat } from "./core/heartbeat.ts";
export type { Ended, OnEnd, StreamCounts, StreamEnd } from "./core/life.ts";
export type { ExposedError, ExposeError } from "./core/mask.ts";
export type { Producer } from "./core/produce.ts";
export type { QueueOptions } from "./core/queue.ts";
export { AsyncEventQueue } from "./core/queue.ts";
export type { ToResponseOptions } from "./core/response.ts";
export { toResponse } from "./core/response.ts";
export type { ServeOptions, SetupOptions } from "./core/serve.ts";
export { streamEvents } from "./core/serve.ts";
export type { Sent } from "./core/session.ts";
export type { ResultPayload, Session } from "./core/shorthands.ts";
export { toByteStream } from "./core/stream.ts";
export type { ClosableServer, ShutdownOptions } from "./core/shutdown.ts";
export { shutdown } from "./core/shutdown.ts";
export type { StreamOptions } from "./core/stream-options.ts";
export type { ToMessageOptions } from "./protocol/codec.ts";
export { DONE, toEvent, toMessage } from "./protocol/codec.ts";
export type {
  BaseEvents,
  Definitions,
  EventDefinition,
  EventSet,
  OverflowPolicy,
  ReadEvent,
  SentEvent,
} from "./protocol/define.ts";
export { baseEvents, defineEvents, event } from "./protocol/define.ts";
export { encodeFrames } from "./protocol/bytes.ts";
export type { EncodableMessage } from "./protocol/encode.ts";
export { encodeComment, encodeSSE } from "./protocol/encode.ts";
export * from "./protocol/errors.ts";
export type * from "./protocol/events.ts";
export { EVENT_STREAM, isEventStream, SSE_HEADERS } from "./protocol/http.ts";
export type { SSEMessage } from "./protocol/message.ts";
export type { Outcome } from "./protocol/outcome.ts";
export type { ParseOptions, SSEParser, SSEParserHandlers } from "./protocol/parse.ts";
export { createSSEParser, parseSSE } from "./protocol/parse.ts";
export type { StandardSchema } from "./protocol/standard-schema.ts";

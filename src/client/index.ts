export type { BaseEvents, EventSet, ReadEvent } from "../protocol/define.ts";
export {
  ConnectError,
  DecodeError,
  RemoteError,
  SSEError,
  StreamCutError,
} from "../protocol/errors.ts";
export type * from "../protocol/events.ts";
export type { Outcome } from "../protocol/outcome.ts";
export type { ParseOptions } from "../protocol/parse.ts";
export type { ConnectOptions } from "./connect.ts";
export { connect, readEvents } from "./connect.ts";
export type { EventStream } from "./event-stream.ts";
export type { ReadEnd, ReadOptions, ReadResult } from "./read.ts";
export type { RequestOptions } from "./request.ts";

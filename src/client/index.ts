export type { BaseEvents, EventSet, ReadEvent } from "../protocol/define.ts";
export {
  ConnectError,
  DecodeError,
  RemoteError,
  SSEError,
  StreamCutError,
} from "../protocol/errors.ts";
export type * from "../protocol/events.ts";
export type { SSEMessage } from "../protocol/message.ts";
export type { Outcome } from "../protocol/outcome.ts";
export type { ParseOptions } from "../protocol/parse.ts";
export type { ConnectOptions } from "./connect.ts";
export { connect, readEvents } from "./connect.ts";
export type { EventStream } from "./event-stream.ts";
export type {
  ConnectMessagesOptions,
  MessageOptions,
  MessagesEnd,
  MessageStream,
} from "./messages.ts";
export { connectMessages, readMessages } from "./messages.ts";
export type { ReadEnd, ReadOptions, ReadResult, SavedStream, StreamSnapshot } from "./read.ts";
export type { Attempt, RequestOptions } from "./request.ts";
export type { RetryOptions } from "./retry.ts";
export type { Store } from "./store.ts";
export type { Branch } from "./tee.ts";
export { tee } from "./tee.ts";
export type { ConnectionOptions, ResumeRequest } from "./way.ts";

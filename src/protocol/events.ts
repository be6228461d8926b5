/** What any event may carry: where in a tree of agents and tools it comes from. */
export interface EventOrigin {
  /** Who tells: an agent, a tool call. */
  source?: string | undefined;
  /** The `source` that the teller works for. */
  parent?: string | undefined;
}

/** The work entered a phase. */
export interface StatusEvent extends EventOrigin {
  type: "status";
  status: string;
}

/** A piece of the text that is being made. The pieces, joined, are the text. */
export interface ChunkEvent extends EventOrigin {
  type: "chunk";
  content: string;
}

/** What the work came to. Its fields are the application's. */
export interface ResultEvent {
  type: "result";
  [field: string]: unknown;
}

/** The work failed. The terminal follows. */
export interface ErrorEvent extends EventOrigin {
  type: "error";
  message: string;
  code?: string | undefined;
  /** Finds the original in the server's own records. */
  errorId?: string | undefined;
}

/** The terminal event: nothing comes after it. On the wire it is the sentinel `[DONE]`. */
export interface DoneEvent {
  type: "done";
}

/** The union that producers and consumers share. `defineEvents` extends or narrows it. */
export type StreamEvent = StatusEvent | ChunkEvent | ResultEvent | ErrorEvent | DoneEvent;

/** An event that this side has no definition for. It passes, so that an old reader survives a new server. */
export interface UnknownEvent {
  type: "unknown";
  /** The type that the sender gave it: the `type` inside the JSON, else the message's `event` field. */
  name: string | undefined;
  /** The payload as it came. */
  value: unknown;
}

/** The reader came back too late: what was told between `after` and `oldest` is no longer kept. */
export interface GapEvent {
  type: "gap";
  /** The last event ID that the reader had. */
  after?: string | undefined;
  /** The oldest event ID that is still kept. */
  oldest?: string | undefined;
}

/** The stream starts over: what was read of it so far is void. Comes before the first event of the new start. */
export interface ResetEvent {
  type: "reset";
}

/** The server ends this connection on purpose: the reader comes back at once, and nothing has failed. */
export interface RotateEvent {
  type: "rotate";
}

/** Anything with a type: what the queue, the codec and the session are made for. */
export interface AnyEvent {
  type: string;
}

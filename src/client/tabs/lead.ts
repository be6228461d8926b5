import type { EventSet } from "../../protocol/define.ts";
import { RemoteError, SSEError, StreamCutError } from "../../protocol/errors.ts";
import type { AnyEvent } from "../../protocol/events.ts";
import type { EventStream } from "../event-stream.ts";
import type { SavedStream } from "../read.ts";
import type { Record } from "./record.ts";
import type { Facts, Hello, Leading, SharedEnd, Told } from "./wire.ts";

/** What the tab that leads gives to `connect`. */
export interface LeaderOptions {
  /** Where the tab that led before was. */
  restore: SavedStream | undefined;
  /** A leader that nobody sees reads for those that are seen: it comes back all the same. */
  retry: { whileHidden: true };
}

/** Opens the connection, in the tab that leads. */
export type Open<Set extends EventSet> = (options: LeaderOptions) => EventStream<Set>;

/** The tab that holds the connection. */
export interface Leader {
  onHello(hello: Hello): void;
  /** Lets go of the connection. What was read stays. */
  stop(): void;
}

type Body = Told extends infer Each
  ? Each extends Told
    ? Omit<Each, keyof Leading>
    : never
  : never;

export interface LeaderListener {
  /** Tells all tabs. Throws when an event cannot be cloned. */
  tell: (message: Told) => void;
  /** The connection was aborted here: this tab is out, the others go on. */
  onAborted: () => void;
}

/** Takes the connection over, where the tab that led before was, and tells all tabs what comes. */
export function startLeading<Set extends EventSet>(
  record: Record,
  me: string,
  open: Open<Set>,
  { tell, onAborted }: LeaderListener,
): Leader {
  const before = record.line;
  const { id } = record.cursor;
  let stream: EventStream<Set> | undefined;
  let isStopped = false;
  record.term += 1;
  record.leader = me;
  // Without an ID there is no place to go on from: all of it is counted anew.
  const line = (record.line = (id && before) || newName());

  const say = (body: Body) => {
    const { term, position } = record;
    tell({ ...body, term, leader: me, line, position });
  };
  const read = async (): Promise<void> => {
    const restore = before === undefined ? undefined : placeToGoOn(record);
    const own = open({ restore, retry: { whileHidden: true } });
    const events = own[Symbol.asyncIterator]();
    stream = own;
    record.setFacts(factsOf(own));
    say({ kind: "lead", facts: record.facts });
    const forget = own.subscribe(() => noteFacts(own));
    let isAnew = before !== line && record.log.end > 0;
    if (isAnew) record.append({ event: { type: "reset" } });
    let last = restore?.lastEventId;
    try {
      for await (const event of { [Symbol.asyncIterator]: () => events }) {
        if (isStopped) return;
        // A stream that goes on from a place without an ID says that, too: all tabs have been told.
        const isTold = isAnew && event.type === "reset";
        isAnew = false;
        if (isTold) continue;
        const reached = own.save()?.lastEventId;
        add(event, reached === last ? undefined : reached);
        last = reached;
      }
    } finally {
      forget();
    }
  };
  const noteFacts = (own: EventStream<Set>) => {
    const next = factsOf(own);
    const { state, attempt, retryAt, url } = record.facts;
    const isSame = next.state === state && next.attempt === attempt && next.retryAt === retryAt;
    if (isStopped || record.end || (isSame && next.url === url)) return;
    record.setFacts(next);
    say({ kind: "facts", facts: next });
  };
  const add = (event: AnyEvent, own?: string) => {
    const entry = { event, id: own };
    if (!record.isNew(entry)) return;
    record.append(entry);
    try {
      say({ kind: "event", entry });
    } catch (cause) {
      throw new SSEError("NOT_CLONEABLE", "an event cannot be told to other tabs", { cause });
    }
  };
  const run = async () => {
    let thrown: unknown;
    try {
      await read();
    } catch (error) {
      thrown = error;
    }
    if (isStopped) return;
    // Leaving the loop has ended the stream as aborted: what made it leave is the truth.
    const isOurs = thrown instanceof SSEError && thrown.code === "NOT_CLONEABLE";
    const { outcome, error } =
      stream && !isOurs ? await stream.ended : ({ outcome: "failed", error: thrown } as const);
    if (isStopped) return;
    const isLocal = outcome === "aborted" && !(error instanceof RemoteError);
    if (isLocal) record.finish({ outcome, error });
    else finish({ outcome, error });
    if (isLocal) onAborted();
  };
  const finish = (end: SharedEnd) => {
    record.finish(end);
    say({ kind: "end", end });
  };
  const hasWay = before === undefined || record.facts.url !== undefined;
  record.cursor.reconnect();
  if (!record.end && hasWay) void run();
  else {
    say({ kind: "lead", facts: record.facts });
    const message = "the tab that held the connection is gone, and there is no way back";
    if (!record.end) finish({ outcome: "dropped", error: new StreamCutError("DROPPED", message) });
  }
  return {
    onHello(hello) {
      const isOther = hello.leader !== undefined && hello.leader !== me;
      if (hello.term > record.term || (isOther && hello.term === record.term)) {
        record.term = hello.term + 1;
        say({ kind: "lead", facts: record.facts });
      }
      const from = hello.line === line ? record.placeOf(hello.position, hello.id) : undefined;
      const { next: _, ...missed } = record.log.read(from);
      const { facts, end } = record;
      say({ kind: "sync", to: hello.from, ask: hello.ask, ...missed, facts, end });
    },
    stop() {
      isStopped = true;
      stream?.close();
    },
  };
}

/** Where the tab that led before was, without its text: each loop knows its own. */
function placeToGoOn({ facts, cursor }: Record): SavedStream | undefined {
  const { url } = facts;
  return url === undefined
    ? undefined
    : { url, lastEventId: cursor.id || undefined, text: "", isWhole: true };
}

function factsOf<Set extends EventSet>(stream: EventStream<Set>): Facts {
  const { state, attempt, retryAt, error } = stream.getSnapshot();
  const url = stream.save()?.url;
  const isLive = state === "open" || state === "waiting";
  return { state: isLive ? state : "connecting", attempt, retryAt, error, url };
}

/** A name that no other tab has. */
export function newName(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

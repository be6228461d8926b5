import type { BaseEvents, EventSet } from "../protocol/define.ts";
import { optionalFunction, positiveInteger, refuse } from "../protocol/options.ts";
import type { EventStream } from "./event-stream.ts";
import { checkReading } from "./read.ts";
import type { LeaderOptions } from "./tabs/lead.ts";
import type { ReaderOptions } from "./tabs/reader.ts";
import { openReader } from "./tabs/reader.ts";
import type { Channel } from "./tabs/seat.ts";
import type { Tab } from "./tabs/tab.ts";
import { createTab } from "./tabs/tab.ts";

export type { LeaderOptions } from "./tabs/lead.ts";

/** What {@link shared} takes. */
export interface SharedOptions extends ReaderOptions {
  /**
   * How many of the newest events each tab keeps, for loops that begin late or are slow. One that misses some is
   * told `gap`. The first call of a name in a tab decides.
   *
   * @default 4_096
   */
  backlog?: number | undefined;
}

/** Bundlers load a module twice; a tab has one share of a name. */
const REGISTRY = Symbol.for("ssekit.shared.1");

/**
 * Shares one stream among all loops and all tabs of an origin that call it by the same name.
 *
 * One tab holds the connection and tells the others what comes. When it goes, another goes on behind the last event.
 * Each loop gets each event once, in order, whenever it begins; `gap` says that it missed some, `reset` that the stream
 * starts over. The stream is read whether loops keep up or not. Leaving the loop, `close()` and the signal leave alone;
 * the last that leaves closes the connection. Where a page has no Web Locks or no `BroadcastChannel`, each tab has a
 * connection of its own.
 *
 * @param name - Of the stream: what all of its tabs call it, and no other stream of the origin is called.
 * @param open - Opens the connection, in the tab that holds it. It gets what `connect` needs to go on.
 * @returns At once. A stream that has ended stays, with its end, until every handle of it is closed.
 * @throws {TypeError | RangeError} at once, naming the option, when one is not usable.
 * @see https://w3c.github.io/web-locks/
 * @example
 * const stream = shared('prices', (options) => connect('/prices', options))
 * for await (const event of stream) if (event.type === 'status') show(event.status)
 */
export function shared<Set extends EventSet = BaseEvents>(
  name: string,
  open: (options: LeaderOptions) => EventStream<Set>,
  { backlog = 4_096, ...reading }: SharedOptions = {},
): EventStream<Set> {
  if (typeof name !== "string" || !name) refuse("name", "a string that is not empty", name);
  optionalFunction("open", open ?? null);
  positiveInteger("backlog", backlog);
  checkReading(reading);
  const tabs = ((globalThis as { [REGISTRY]?: Map<string, Tab> })[REGISTRY] ??= new Map());
  let tab = tabs.get(name);
  if (!tab) {
    const full = `ssekit.shared.1:${name}`;
    const onLeft = () => {
      if (tabs.get(name) === tab) tabs.delete(name);
    };
    tab = createTab({ ...platform(), name: full, open, backlog, onLeft });
    tabs.set(name, tab);
  }
  return openReader<Set>(tab, reading);
}

function platform() {
  const { BroadcastChannel, navigator } = globalThis as Partial<typeof globalThis>;
  return {
    locks: navigator?.locks,
    createChannel:
      BroadcastChannel && ((name: string) => new BroadcastChannel(name) as unknown as Channel),
  };
}

import { Feed } from "./feed.ts";
import type { LogInfo, LogStore } from "./store.ts";

/** The feeds of this process, by store and log. */
const feedsOf = new WeakMap<LogStore, Map<string, Feed>>();

/** The one feed of a log in this process: made for its first reader, gone with its last. */
export function joinFeed(store: LogStore, info: LogInfo, leaseMs: number): Feed {
  let feeds = feedsOf.get(store);
  if (feeds === undefined) feedsOf.set(store, (feeds = new Map<string, Feed>()));
  const known = feeds.get(info.streamId);
  // One that is over may be of a log that has been made anew since.
  if (known && !known.isOver) {
    known.join();
    return known;
  }
  const feed = new Feed(store, info, leaseMs, () => {
    if (feeds.get(info.streamId) === feed) feeds.delete(info.streamId);
  });
  feed.join();
  feeds.set(info.streamId, feed);
  return feed;
}

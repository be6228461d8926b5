import type { EventSet } from "../../protocol/define.ts";
import type { EventStream } from "../event-stream.ts";
import { createEventStream } from "../event-stream.ts";
import type { ReadOptions } from "../read.ts";
import type { Tab } from "./tab.ts";

/** What a reader of a shared stream has of its own. */
export type ReaderOptions = Pick<ReadOptions<never>, "signal" | "snapshotMs" | "onGap">;

/** Creates the stream of one more reader in a tab. */
export function openReader<Set extends EventSet>(
  tab: Tab,
  options: ReaderOptions = {},
): EventStream<Set> {
  let leave = () => {};
  const stream = createEventStream<Set>({
    ...options,
    addressOf: () => tab.url(),
    createLink(told) {
      const reader = tab.createReader(told);
      leave = reader.leave;
      return reader.link;
    },
  });
  const close = stream.close.bind(stream);
  // Also when it has ended long ago: its end is no longer asked for.
  stream.close = () => {
    close();
    leave();
  };
  return stream;
}

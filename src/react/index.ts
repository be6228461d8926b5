import { useEffect, useInsertionEffect, useRef, useState, useSyncExternalStore } from "react";
import type { ConnectOptions } from "../client/connect.ts";
import { connect } from "../client/connect.ts";
import type { BaseEvents, EventSet, StreamSnapshot } from "../client/index.ts";
import type { StreamStore, StreamStoreOptions } from "../client/stream-store.ts";
import { createStreamStore } from "../client/stream-store.ts";

/** What {@link useEventStream} takes: what `connect` does, and when it begins. */
export interface UseEventStreamOptions<Set> extends ConnectOptions<Set>, StreamStoreOptions<Set> {
  /**
   * Starts once it is shown, and anew when the URL changes. For streams that a GET asks for: what is begun by a POST
   * is begun by an event.
   *
   * @default false
   */
  auto?: boolean | undefined;
}

/** What one start has of its own, beside the options of the hook: `json`, `restore`, … */
export type StartOptions<Set> = Omit<ConnectOptions<Set>, "events">;

/** What {@link useEventStream} answers: where the stream stands, and how to start and stop it. */
export interface ShownStream<Set extends EventSet>
  extends StreamSnapshot<Set>, Pick<Shown<Set>, "start" | "stop" | "save"> {}

type Shown<Set extends EventSet> = StreamStore<Set, [more?: StartOptions<Set>]>;

/**
 * Shows a stream in a component. It begins with `start`, or with `auto`, and is closed when the component goes.
 *
 * The component renders at most once in `snapshotMs`, and at once when the stream opens, waits or ends. `start`,
 * `stop` and `save` stay the same functions. A start in an effect makes one request under `StrictMode`, too. Options
 * may be others with every render: a start takes those of the last one, and what runs goes on. On the server it is
 * `idle`.
 *
 * @param url - As `connect` takes it.
 * @example
 * const { start, stop, state, text, result } = useEventStream('/api/chat', { events: chatEvents })
 * return <button onClick={() => start({ json: { message } })}>Ask</button>
 */
export function useEventStream<Set extends EventSet = BaseEvents>(
  url: string | URL,
  options: UseEventStreamOptions<Set> = {},
): ShownStream<Set> {
  const latest = useRef({ url, options });
  // Before all other effects, which may start a stream.
  useInsertionEffect(() => {
    latest.current = { url, options };
  });
  const [store] = useState(() => createShown(latest));
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
  const { auto } = options;
  const address = `${url}`;
  useEffect(() => {
    if (auto) store.start();
  }, [auto, address, store]);
  const { start, stop, save } = store;
  return { ...snapshot, start, stop, save };
}

/** Creates the store of one component: it stops when the component has gone. */
function createShown<Set extends EventSet>(latest: {
  current: { url: string | URL; options: UseEventStreamOptions<Set> };
}): Shown<Set> {
  const store = createStreamStore<Set, [more?: StartOptions<Set>]>(
    (more) => {
      const { url, options } = latest.current;
      const { auto: _, onEvent: __, ...shared } = options;
      return connect(url, { ...shared, ...more });
    },
    { onEvent: (event) => latest.current.options.onEvent?.(event) },
  );
  let watchers = 0;
  return {
    ...store,
    subscribe(onChange) {
      const unsubscribe = store.subscribe(onChange);
      watchers += 1;
      return () => {
        unsubscribe();
        watchers -= 1;
        // StrictMode takes components out and puts them back in the same turn.
        queueMicrotask(() => watchers === 0 && store.stop());
      };
    },
  };
}

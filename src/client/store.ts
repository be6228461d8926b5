import { after } from "./timer.ts";

/** What can be watched: the form that every framework's binding knows. */
export interface Store<Snapshot> {
  /** The same object until something has changed. */
  getSnapshot: () => Snapshot;
  /** Calls `onChange` after changes, until the returned function is called. It is called in a turn of its own. */
  subscribe: (onChange: () => void) => () => void;
}

/** The inner side of a {@link Store}. */
export interface Snapshots<Snapshot> extends Store<Snapshot> {
  /** Something has changed: subscribers are told, at once or with all else that changes within the interval. */
  changed: (isUrgent?: boolean) => void;
}

/** Creates a store of what `take` answers, whose subscribers are told at most every `everyMs`, urgent changes aside. */
export function createSnapshots<Snapshot>(
  take: () => Snapshot,
  everyMs: number,
): Snapshots<Snapshot> {
  const listeners = new Set<() => void>();
  let snapshot: Snapshot | undefined;
  let cancel: (() => void) | undefined;
  const tell = () => {
    cancel?.();
    cancel = undefined;
    snapshot = undefined;
    // In turns of their own: what they throw is theirs, and the stream goes on.
    for (const listener of listeners) queueMicrotask(() => listeners.has(listener) && listener());
  };
  return {
    changed(isUrgent) {
      if (listeners.size === 0) snapshot = undefined;
      else if (isUrgent || everyMs === 0) tell();
      else cancel ??= after(everyMs, tell);
    },
    getSnapshot: () => (snapshot ??= take()),
    subscribe(onChange) {
      // One that is given twice is told twice.
      const listener = () => onChange();
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        cancel?.();
        if (cancel) snapshot = undefined;
        cancel = undefined;
      };
    },
  };
}

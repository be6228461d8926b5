import { sharedTicker } from "../core/ticker.ts";

/** Resolves after so many milliseconds, about. It keeps no process alive. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const onDue = () => {
      resolve();
      return undefined;
    };
    sharedTicker().add({ onDue }, sharedTicker().now() + ms);
  });
}

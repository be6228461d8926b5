import { encodeComment } from "./encode.ts";

// What this package says in comments: readers that do not know it ignore it, ours learns from it.

/** The frame that is sent when a stream was silent for too long. */
export const HEARTBEAT_FRAME: string = /* @__PURE__ */ encodeComment("heartbeat");

/** The first frame of every stream. It tells the longest silence a reader need expect, in milliseconds; 0: none is promised. */
export function openFrame(heartbeatMs: number): string {
  return encodeComment(`open heartbeatMs=${heartbeatMs}`);
}

/** The silence limit that an opening comment tells, in milliseconds. `undefined` when it tells none. */
export function announcedHeartbeatMs(comment: string): number | undefined {
  const told = /heartbeatMs=(\d+)/.exec(comment)?.[1];
  return told === undefined ? undefined : Number(told);
}

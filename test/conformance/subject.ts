// The one place that names the class under test. Nothing here is Node's: pages load it, too.
import { EventSource } from "../../src/client/eventsource.ts";
import type { SourceClass } from "./wire.ts";

export const subject = EventSource as unknown as SourceClass;

/** A check that the class fails, and a part of what the failure says: it must be that one. */
export interface Deviation {
  why: string;
  seen: string;
  /** @default everywhere */
  where?: readonly Where[];
}

export type Where = "node" | "page" | "worker";

/** Those of `all` that hold in a place of that kind. */
export function knownIn(where: Where, all: Record<string, Deviation>): Record<string, Deviation> {
  return Object.fromEntries(
    Object.entries(all).filter(([, deviation]) => deviation.where?.includes(where) ?? true),
  );
}

/** By the name of the check. A check that is listed and does not fail in this way fails: the list cannot rot. */
export const deviations: Record<string, Deviation> = {};

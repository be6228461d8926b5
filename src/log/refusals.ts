import { LogError } from "../protocol/errors.ts";
import type { Place } from "../protocol/event-id.ts";
import { cursorOf } from "../protocol/event-id.ts";

/**
 * The place that a last event ID names; `undefined` when there is none, or an empty one.
 *
 * @throws {LogError} `INVALID_CURSOR` when it has another form.
 */
export function checkCursor(id: string | undefined): Place | undefined {
  if (id === undefined || id === "") return undefined;
  const place = cursorOf(id);
  if (place !== undefined) return place;
  throw new LogError("INVALID_CURSOR", "the last event ID must be of the form `<epoch>-<seq>`", {
    status: 400,
    expose: true,
  });
}

export function fenced(): LogError {
  return new LogError("LOG_FENCED", "the log has ended, or another producer holds it");
}

export function notFound(): LogError {
  return new LogError("LOG_NOT_FOUND", "there is no such log", { status: 404, expose: true });
}

/** Whether asking again may be answered otherwise. */
export function isAway(error: unknown): boolean {
  return error instanceof LogError && error.code === "LOG_UNAVAILABLE";
}

import { LogError } from "../protocol/errors.ts";

// What every store refuses alike.

export function fenced(): LogError {
  return new LogError("LOG_FENCED", "the log has ended, or another producer holds it");
}

export function notFound(): LogError {
  return new LogError("LOG_NOT_FOUND", "there is no such log", { status: 404, expose: true });
}

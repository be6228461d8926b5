import { StreamCutError } from "../protocol/errors.ts";
import type { ErrorEvent } from "../protocol/events.ts";

/** What a reader may be told about an error. */
export interface ExposedError {
  message: string;
  code?: string | undefined;
}

/** Decides what may be told; `undefined` tells nothing but that there was an error. */
export type ExposeError = (error: unknown) => ExposedError | undefined;

/** That a stream was too long may be told to anybody: it is about the stream and not about the work. */
const LIVED_TOO_LONG: ExposedError = {
  message: "The stream reached its longest lifetime.",
  code: "LIFETIME_EXCEEDED",
};
const NOTHING: ExposedError = { message: "The stream failed.", code: "INTERNAL" };

/**
 * Converts whatever was thrown to the event that strangers may read: a plain sentence, a code, and an id that
 * finds the original in the server's records. Nothing of the original crosses unless `exposeError` says so.
 */
export function toErrorEvent(
  error: unknown,
  exposeError?: ExposeError,
): ErrorEvent & { errorId: string } {
  const { message, code } = exposed(error, exposeError);
  return {
    type: "error",
    message,
    ...(code !== undefined && { code }),
    errorId: crypto.randomUUID(),
  };
}

function exposed(original: unknown, exposeError: ExposeError | undefined): ExposedError {
  if (original instanceof StreamCutError && original.code === LIVED_TOO_LONG.code) {
    return LIVED_TOO_LONG;
  }
  try {
    const answer: unknown = exposeError?.(original) ?? NOTHING;
    if (answer instanceof Promise) answer.catch(() => {});
    const { message, code } = answer as ExposedError;
    // An answer of the wrong shape (a promise is one) is a bug of the mapper: it must not reach the wire.
    if (typeof message === "string" && (code === undefined || typeof code === "string"))
      return { message, code };
  } catch {
    // A mapper that throws has not allowed anything. The original is in the server's hook all the same.
  }
  return NOTHING;
}

import { StreamCutError } from "../protocol/errors.ts";
import type { ErrorEvent } from "../protocol/events.ts";

/** What a reader may be told about an error. */
export interface ExposedError {
  message: string;
  code?: string | undefined;
}

/** Decides what may be told; `undefined` tells nothing but that there was an error. */
export type ExposeError = (error: unknown) => ExposedError | undefined;

/** What is about the stream and not about the work may be told to anybody. */
const TOLD: readonly Required<ExposedError>[] = [
  { message: "The stream reached its longest lifetime.", code: "LIFETIME_EXCEEDED" },
  { message: "The server shut down before the work was done.", code: "SHUT_DOWN" },
];
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
  const told = TOLD.find(
    ({ code }) => original instanceof StreamCutError && original.code === code,
  );
  if (told !== undefined) return told;
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

import { CONTENT_TYPE } from "../protocol/http.ts";

/** An ordinary HTTP answer in place of a stream. */
export interface Refusal {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface HttpErrorLike {
  status?: unknown;
  statusCode?: unknown;
  message?: unknown;
  code?: unknown;
  headers?: unknown;
}

/**
 * Converts what `setup` threw to an HTTP answer, for hosts that have no error handler of their own.
 *
 * An error that carries a `status` (or `statusCode`) of 400 to 599 is answered with it. Its message is told
 * below 500 only: what went wrong inside is nobody's business outside.
 *
 * @returns `undefined` when the error names no status.
 */
export function toRefusal(error: unknown): Refusal | undefined {
  const { status, statusCode, message, code, headers } = (error ?? {}) as HttpErrorLike;
  const answer = [status, statusCode].find(isErrorStatus);
  return answer === undefined ? undefined : refusal(answer, { message, code, headers });
}

/** The answer to an error that nobody planned. */
export const INTERNAL_REFUSAL: Refusal = refusal(500, {});

function refusal(status: number, { message, code, headers }: HttpErrorLike): Refusal {
  const mayTell = status < 500 && typeof message === "string" && message !== "";
  const error = {
    message: mayTell ? message : "The request could not be served.",
    ...(mayTell && typeof code === "string" && { code }),
  };
  return {
    status,
    headers: { [CONTENT_TYPE]: "application/json", ...plainHeaders(headers) },
    body: JSON.stringify({ error }),
  };
}

/** `Retry-After`, `WWW-Authenticate`: what an HTTP error carries for its answer. */
function plainHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== "object" || headers === null) return {};
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function isErrorStatus(status: unknown): status is number {
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599;
}

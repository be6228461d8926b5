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
  expose?: unknown;
  message?: unknown;
  code?: unknown;
  headers?: unknown;
}

/** Headers of a refusal that say something to whoever was refused. Others are some upstream's, and stay here. */
const TOLD_HEADERS = /^(retry-after|www-authenticate)$/i;

/**
 * Converts what `setup` threw to an HTTP answer, for hosts that have no error handler of their own.
 *
 * An error that carries a `status` (or `statusCode`) of 400 to 599 is answered with it. Its message and code are
 * told only when it says `expose: true`: an SDK's error carries a status too, and what it says is not for strangers.
 *
 * @returns `undefined` when the error names no status.
 */
export function toRefusal(thrown: unknown): Refusal | undefined {
  const error = (thrown ?? {}) as HttpErrorLike;
  const status = [error.status, error.statusCode].find(isErrorStatus);
  return status === undefined ? undefined : refusal(status, error);
}

/** The answer to an error that nobody planned. */
export const INTERNAL_REFUSAL: Refusal = refusal(500, {});

function refusal(status: number, { expose, message, code, headers }: HttpErrorLike): Refusal {
  const mayTell = expose === true && typeof message === "string";
  const error = {
    message: mayTell ? message : "The request could not be served.",
    ...(mayTell && typeof code === "string" && { code }),
  };
  return {
    status,
    headers: { [CONTENT_TYPE]: "application/json", ...toldHeaders(headers) },
    body: JSON.stringify({ error }),
  };
}

function toldHeaders(headers: unknown): Record<string, string> {
  const given = headers instanceof Headers ? [...headers] : Object.entries(headers ?? {});
  return Object.fromEntries(
    given.filter(
      (entry): entry is [string, string] =>
        TOLD_HEADERS.test(entry[0]) && typeof entry[1] === "string",
    ),
  );
}

function isErrorStatus(status: unknown): status is number {
  return typeof status === "number" && Number.isInteger(status) && status >= 400 && status <= 599;
}

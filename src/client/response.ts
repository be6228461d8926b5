import { ConnectError } from "../protocol/errors.ts";
import { CONTENT_TYPE, EVENT_STREAM, isEventStream, RETRY_AFTER } from "../protocol/http.ts";
import { after } from "./timer.ts";

/** Statuses that another attempt may turn into a stream. */
const RETRIABLE = /^(408|42[59]|5..)$/;
/** How much of a refusal's body is kept, in characters. */
const BODY_LIMIT = 65_536;
/** How long a refusal's body is waited for. */
const BODY_WAIT_MS = 2_000;

/**
 * Refuses a response that is no event stream, before anything is parsed: a login page is not an empty answer.
 *
 * @throws {ConnectError} `CONNECT_REFUSED` or `NOT_AN_EVENT_STREAM`, with the status and the head of the body.
 */
export async function checkResponse(response: Response): Promise<Response> {
  const { status, body, headers } = response;
  const type = headers.get(CONTENT_TYPE);
  const isOk = status === 200;
  if (isOk && body && isEventStream(type)) return response;
  throw new ConnectError(
    isOk ? "NOT_AN_EVENT_STREAM" : "CONNECT_REFUSED",
    `expected 200 ${EVENT_STREAM}, got ${status} ${type ?? "no type"}`,
    {
      status,
      retriable: RETRIABLE.test(`${status}`),
      retryAfterMs: waitMs(headers.get(RETRY_AFTER)),
      body: await readHead(body),
    },
  );
}

/**
 * Reads `Retry-After`: seconds, or a date.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
function waitMs(value: string | null): number | undefined {
  if (!value) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  // Engines read dates out of nearly anything: one of HTTP names its zone.
  const ms = /^\w+, .+ GMT$/.test(value) ? Date.parse(value) - Date.now() : -1;
  return ms >= 0 ? ms : undefined;
}

/** The body's beginning, as text. The rest is not waited for: the connection is let go. */
async function readHead(body: Response["body"]): Promise<string> {
  const reader = body?.getReader();
  const letGo = () => void reader?.cancel().catch(() => {});
  // A refusal whose body never ends must not keep the refusal from being told. Cancelling ends the read.
  const stopWaiting = after(BODY_WAIT_MS, letGo);
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < BODY_LIMIT) {
      const chunk = await reader?.read();
      if (!chunk?.value) break;
      text += decoder.decode(chunk.value, { stream: true });
    }
  } catch {
    // The status says enough; a body that breaks on top of it changes nothing.
  }
  stopWaiting();
  letGo();
  return text.slice(0, BODY_LIMIT);
}

import { check } from "./check.mjs";

/** What a bare socket asks with. `connection` says what becomes of it after the answer. */
export function requestText(connection) {
  return [
    "GET / HTTP/1.1",
    "Host: localhost",
    "Accept: text/event-stream",
    `Connection: ${connection}`,
    "\r\n",
  ].join("\r\n");
}

/** Insists on an answer that is an event stream. */
export function checkHead(head) {
  check(head.startsWith("HTTP/1.1 200 "), `the answer was ${head.split("\r\n")[0]}`);
  check(/^content-type: text\/event-stream/im.test(head), "the answer is no event stream");
}

/**
 * Undoes the chunked transfer coding, and insists on its end: a body that was cut has none.
 *
 * @returns Where in the response the head ends, and where the pieces of the body lie.
 */
export function takeApart(response) {
  const headEnd = response.indexOf("\r\n\r\n");
  const head = response.toString("latin1", 0, headEnd);
  checkHead(head);
  check(/^transfer-encoding: chunked/im.test(head), "the body has neither length nor chunks");
  const pieces = [];
  for (let at = headEnd + 4; ;) {
    const lineEnd = response.indexOf("\r\n", at);
    check(lineEnd >= 0, "the body was cut");
    const size = Number.parseInt(response.toString("latin1", at, lineEnd), 16);
    if (size === 0) return { headEnd: headEnd + 4, pieces };
    check(lineEnd + 2 + size <= response.length, "the body was cut");
    pieces.push({ start: lineEnd + 2, end: lineEnd + 2 + size });
    at = lineEnd + 2 + size + 2;
  }
}

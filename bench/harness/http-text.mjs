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

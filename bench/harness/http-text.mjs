import { check } from "./check.mjs";

/** What a bare socket asks with. `connection` says what becomes of it after the answer. */
export function requestText(connection, more = []) {
  return [
    "GET / HTTP/1.1",
    "Host: localhost",
    "Accept: text/event-stream",
    `Connection: ${connection}`,
    ...more,
    "\r\n",
  ].join("\r\n");
}

/** What a page's `fetch` says beside that: a server keeps it for as long as the stream is open. */
export const OF_A_PAGE = [
  'sec-ch-ua: "Chromium";v="153", "Not_A Brand";v="24"',
  "sec-ch-ua-mobile: ?0",
  'sec-ch-ua-platform: "Linux"',
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36",
  "Cache-Control: no-cache",
  "Sec-Fetch-Site: same-origin",
  "Sec-Fetch-Mode: cors",
  "Sec-Fetch-Dest: empty",
  "Referer: http://localhost/",
  "Accept-Encoding: gzip, deflate, br, zstd",
  "Accept-Language: en-US,en;q=0.9",
];

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

import {
  AsyncEventQueue,
  encodeComment,
  encodeSSE,
  parseSSE,
  SSE_HEADERS,
  startHeartbeat,
  toByteStream,
  toMessage,
  toResponse,
} from "ssekit";

/** A queue between producers and one reader. */
export async function queue() {
  const events = new AsyncEventQueue({ highWaterMark: 100 });
  events.push({ type: "status", status: "analyzing" });
  await events.ready;
  events.push({ type: "chunk", content: "Hello" });
  events.close();

  const types = [];
  for await (const event of events) types.push(event.type);
  return types;
}

/** A frame from an event, and back. */
export function frames() {
  const frame = encodeSSE(toMessage({ type: "chunk", content: "Hello" }));
  return { frame, messages: parseSSE(frame) };
}

/** A response of your own making, from any async iterable of events. */
export function respond(events) {
  return toResponse(toByteStream(events, { heartbeatMs: 5_000 }), {
    headers: { "Access-Control-Allow-Origin": "https://example.com" },
  });
}

/** A heartbeat for a response that you write yourself. */
export function byHand(response) {
  response.writeHead(200, SSE_HEADERS);
  const heartbeat = startHeartbeat({
    intervalMs: 15_000,
    onBeat: () => response.write(encodeComment("heartbeat")),
  });
  response.on("close", () => heartbeat.stop());
  return (message) => {
    response.write(encodeSSE(message));
    heartbeat.touch();
  };
}

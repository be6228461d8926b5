import { connect } from "ssekit/client";

/** Reads until there is enough, then leaves. */
export async function readSome(url, pieces) {
  const stream = connect(url);
  for await (const event of stream) {
    if (event.type === "chunk") pieces -= 1;
    if (pieces <= 0) break;
  }
  return await stream.ended;
}

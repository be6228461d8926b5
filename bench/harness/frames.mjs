/** Takes all that a stream of ours hands out, as a host does. */
export async function readFrames(stream) {
  const pieces = [];
  for (;;) {
    const bytes = await new Promise((resolve) => {
      stream.take({ takesText: false, onChunk: resolve });
    });
    if (bytes === undefined) return () => contentsOf(Buffer.concat(pieces).toString());
    pieces.push(bytes);
    if (stream.isDrained) stream.delivered();
  }
}

/** The texts of the events in `frames`, joined. */
export function contentsOf(frames) {
  return frames.split("\n\n").map(contentOf).join("");
}

function contentOf(frame) {
  const at = frame.indexOf("data: {");
  return at < 0 ? "" : (JSON.parse(frame.slice(at + "data: ".length)).content ?? "");
}

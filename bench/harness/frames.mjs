/** Takes all that a stream of ours hands out, as a host does, and joins its events' texts. */
export async function readFrames(stream) {
  const decoder = new TextDecoder();
  let rest = "";
  let text = "";
  for (;;) {
    const bytes = await new Promise((resolve) => {
      stream.take({ takesText: false, onChunk: resolve });
    });
    if (bytes === undefined) return text;
    const frames = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
    rest = frames.pop();
    text += frames.map(contentOf).join("");
    if (stream.isDrained) stream.delivered();
  }
}

export function contentOf(frame) {
  const at = frame.indexOf("data: {");
  return at < 0 ? "" : (JSON.parse(frame.slice(at + "data: ".length)).content ?? "");
}

// A reading of the wire that shares no line with the package: frames by their blank line, events by JSON.

/** The frames of a whole body. Throws when the body ends inside one. */
export function framesOf(text: string): string[] {
  const frames = text.split("\n\n");
  const unfinished = frames.pop();
  if (unfinished !== "") throw new Error(`the body ends inside a frame: ${unfinished}`);
  return frames;
}

/** The payloads of a whole body, comments left out: parsed, or `[DONE]` as it is. */
export function payloadsOf(text: string): unknown[] {
  return framesOf(text)
    .filter((frame) => !frame.startsWith(":"))
    .map((frame) => {
      const data = frame
        .split("\n")
        .filter((line) => line.startsWith("data: "))
        .map((line) => line.slice("data: ".length))
        .join("\n");
      return data === "[DONE]" ? data : JSON.parse(data);
    });
}

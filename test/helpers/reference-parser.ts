/** One dispatched message, as the standard names its parts. */
export interface ReferenceMessage {
  type: string;
  data: string;
  lastEventId: string;
}

export interface ReferenceStream {
  messages: ReferenceMessage[];
  /** Names of all fields that were processed, the ones nobody knows included. */
  fields: string[];
  reconnectionTimeMs: number | undefined;
}

/**
 * Reads a whole event stream, written line by line from the standard and from nothing else: slow, plain, and
 * independent of what is tested.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function referenceParse(bytes: Uint8Array): ReferenceStream {
  // "Streams must be decoded using the UTF-8 decode algorithm", which strips one BOM.
  const text = new TextDecoder("utf-8").decode(bytes);
  const stream: ReferenceStream = { messages: [], fields: [], reconnectionTimeMs: undefined };
  let data = "";
  let type = "";
  let lastEventIdBuffer = "";
  let lastEventId = "";
  // What follows the last line end is no line: "once the end of the file is reached, pending data must be discarded".
  for (const line of text.split(/\r\n|\n|\r/).slice(0, -1)) {
    if (line === "") {
      lastEventId = lastEventIdBuffer;
      if (data !== "") {
        stream.messages.push({ type: type || "message", data: data.slice(0, -1), lastEventId });
      }
      data = "";
      type = "";
      continue;
    }
    if (line.startsWith(":")) continue;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    stream.fields.push(field);
    if (field === "event") type = value;
    else if (field === "data") data += `${value}\n`;
    else if (field === "id" && !value.includes("\0")) lastEventIdBuffer = value;
    else if (field === "retry" && /^[0-9]+$/.test(value)) stream.reconnectionTimeMs = Number(value);
  }
  return stream;
}

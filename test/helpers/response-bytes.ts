// HTTP/1.1 as bytes: enough of it to change a head and to tell a response's payload from its framing.

const END_OF_HEAD = "\r\n\r\n";

/** A part of a response on the wire. `framing` are the sizes, line ends and trailers of chunked coding. */
export interface Part {
  kind: "head" | "framing" | "payload";
  bytes: Buffer;
}

/** The head that `bytes` begin with and what follows it; `undefined` while it is incomplete. */
export function splitHead(bytes: Buffer): { head: string; rest: Buffer } | undefined {
  const at = bytes.indexOf(END_OF_HEAD);
  if (at < 0) return undefined;
  const end = at + END_OF_HEAD.length;
  return { head: bytes.toString("latin1", 0, end), rest: bytes.subarray(end) };
}

/** `head` without the fields named `dropped`, and with the lines `added`. */
export function rewriteHead(head: string, dropped: readonly string[], added: string[]): string {
  const [first = "", ...fields] = head.slice(0, -END_OF_HEAD.length).split("\r\n");
  const kept = fields.filter((field) => !dropped.includes(nameOf(field)));
  return [first, ...kept, ...added].join("\r\n") + END_OF_HEAD;
}

function nameOf(field: string): string {
  return field.slice(0, field.indexOf(":")).toLowerCase();
}

/**
 * Tells the parts of one response, whatever slices it comes in. Joined they are what was fed, byte by byte.
 * A head is told when it is whole. Interim responses (1xx) are not known here.
 */
export class ResponseScanner {
  #held: Buffer = Buffer.alloc(0);
  #body: "ahead" | "plain" | "chunked" | "over" = "ahead";
  /** Payload that the current chunk still has. */
  #payloadLeft = 0;
  #line = "";

  feed(bytes: Buffer): Part[] {
    if (this.#body !== "ahead") return [...this.#bodyParts(bytes)];
    const split = splitHead(Buffer.concat([this.#held, bytes]));
    if (!split) {
      this.#held = Buffer.concat([this.#held, bytes]);
      return [];
    }
    this.#held = Buffer.alloc(0);
    this.#body = /^transfer-encoding:.*\bchunked\b/im.test(split.head) ? "chunked" : "plain";
    const head: Part = { kind: "head", bytes: Buffer.from(split.head, "latin1") };
    return [head, ...this.#bodyParts(split.rest)];
  }

  /** What is left of a response that broke off within its head. */
  end(): Part[] {
    return this.#held.length > 0 ? [{ kind: "head", bytes: this.#held }] : [];
  }

  *#bodyParts(bytes: Buffer): Generator<Part> {
    let rest = bytes;
    while (rest.length > 0) {
      const part = this.#nextPart(rest);
      yield part;
      rest = rest.subarray(part.bytes.length);
    }
  }

  #nextPart(bytes: Buffer): Part {
    if (this.#body === "plain") return { kind: "payload", bytes };
    if (this.#body === "over") return { kind: "framing", bytes };
    if (this.#payloadLeft > 0) {
      const payload = bytes.subarray(0, this.#payloadLeft);
      this.#payloadLeft -= payload.length;
      return { kind: "payload", bytes: payload };
    }
    const lineEnd = bytes.indexOf("\n");
    const framing = lineEnd < 0 ? bytes : bytes.subarray(0, lineEnd + 1);
    this.#line += framing.toString("latin1");
    if (lineEnd >= 0) this.#endLine();
    return { kind: "framing", bytes: framing };
  }

  /** A line of framing is the size of the next chunk, or the empty line end after the one before. */
  #endLine(): void {
    const size = this.#line.trim();
    this.#line = "";
    if (size === "") return;
    this.#payloadLeft = Number.parseInt(size, 16);
    if (this.#payloadLeft === 0) this.#body = "over";
  }
}

import { once } from "node:events";
import { connect } from "node:net";

/** What came over one connection, byte by byte, and how it ended. */
export interface RawReply {
  /** As they were read. */
  pieces: Buffer[];
  bytes: Buffer;
  end: "fin" | "rst";
}

export interface RawReader {
  pieces: Buffer[];
  /** Resolves when so many bytes have come. */
  atLeast: (bytes: number) => Promise<void>;
  reply: Promise<RawReply>;
  leave: () => void;
}

/** Asks for `path` over a socket of its own, below every HTTP client. */
export function openRaw(url: string, path = "/"): RawReader {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const pieces: Buffer[] = [];
  const length = () => pieces.reduce((sum, piece) => sum + piece.length, 0);
  socket.on("data", (piece) => pieces.push(piece));
  const reply = new Promise<RawReply>((resolve) => {
    let end: RawReply["end"] = "fin";
    socket.on("error", () => (end = "rst"));
    socket.on("close", () => resolve({ pieces, bytes: Buffer.concat(pieces), end }));
  });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return {
    pieces,
    atLeast: async (bytes) => {
      while (length() < bytes) await once(socket, "data");
    },
    reply,
    leave: () => socket.destroy(),
  };
}

import { HEAD } from "../../harness/listen.mjs";
import { joined } from "./limit.mjs";

export default {
  role: "reference",
  title: "async generator, 64 joined events",
  packages: ["bun"],
  serve: (source) => {
    const encoder = new TextEncoder();
    return globalThis.Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(bytesOf(source, encoder), { headers: HEAD }),
    });
  },
};

async function* bytesOf(source, encoder) {
  for (const frames of joined(source)) yield encoder.encode(frames);
}

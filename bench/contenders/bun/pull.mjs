import { HEAD } from "../../harness/listen.mjs";
import { joined } from "./limit.mjs";

export default {
  role: "reference",
  title: "plain stream, 64 joined a pull",
  packages: ["bun"],
  serve: (source) => {
    const encoder = new TextEncoder();
    return globalThis.Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(bodyOf(source, encoder), { headers: HEAD }),
    });
  },
};

function bodyOf(source, encoder) {
  const batches = joined(source);
  return new ReadableStream(
    {
      pull(controller) {
        const { value, done } = batches.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
    },
    { highWaterMark: 0 },
  );
}

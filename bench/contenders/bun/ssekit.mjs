import { loadServer } from "../../ssekit.mjs";

export default {
  role: "ssekit",
  title: "streamEvents, each send awaited",
  packages: ["bun"],
  async serve(source) {
    const { streamEvents } = await loadServer();
    return globalThis.Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) =>
        streamEvents(request, async (stream) => {
          for (const content of source.take()) await stream.chunk(content);
        }),
    });
  },
};

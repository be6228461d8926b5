// SSEStreamingApi is the writer that `streamSSE` hands to its callback, and is exported beside it.
export default {
  role: "peer",
  title: "hono SSEStreamingApi.writeSSE",
  packages: ["hono"],
  docs: "https://hono.dev/docs/helpers/streaming#streamsse",
  async open({ id }) {
    const { SSEStreamingApi } = await import("hono/streaming");
    const toData = id === "text" ? (text) => text : JSON.stringify;
    return async (values, sink) => {
      const { readable, writable } = new TransformStream();
      const stream = new SSEStreamingApi(writable, readable);
      const drained = drain(stream.responseReadable, sink);
      for (const value of values) await stream.writeSSE({ data: toData(value) });
      await stream.close();
      await drained;
    };
  },
};

async function drain(readable, sink) {
  for await (const chunk of readable) sink(chunk);
}

import { loadServer } from "../../ssekit.mjs";

export default {
  role: "ssekit",
  title: "encodeSSE, Buffer per event",
  async open() {
    const { encodeSSE } = await loadServer();
    return (values, sink) => {
      for (const data of values) sink(Buffer.from(encodeSSE({ data })));
    };
  },
};

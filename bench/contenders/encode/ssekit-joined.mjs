import { loadServer } from "../../ssekit.mjs";

const BATCH = 64;

export default {
  role: "ssekit",
  title: "encodeSSE, encodeFrames of 64",
  async open() {
    const { encodeFrames, encodeSSE } = await loadServer();
    return (values, sink) => {
      for (let i = 0; i < values.length; i += BATCH) {
        const frames = values.slice(i, i + BATCH).map((data) => encodeSSE({ data }));
        sink(encodeFrames(frames));
      }
    };
  },
};

import { loadServer } from "../../ssekit.mjs";

const BATCH = 64;

export default {
  role: "ssekit",
  title: "encodeSSE, Buffer per 64",
  async open() {
    const { encodeSSE } = await loadServer();
    return (values, sink) => {
      for (let i = 0; i < values.length; i += BATCH) {
        let frames = "";
        const end = Math.min(i + BATCH, values.length);
        for (let j = i; j < end; j++) frames += encodeSSE({ data: values[j] });
        sink(Buffer.from(frames));
      }
    };
  },
};

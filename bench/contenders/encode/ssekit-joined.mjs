import { loadServer } from "../../ssekit.mjs";

/** As a stream takes what waits: whole frames, up to this many characters. */
const BATCH_LENGTH = 64 * 1024;

export default {
  role: "ssekit",
  title: "encodeSSE, encodeFrames of 64 kB",
  async open() {
    const { encodeFrames, encodeSSE } = await loadServer();
    return (values, sink) => {
      let frames = [];
      let length = 0;
      for (const data of values) {
        const frame = encodeSSE({ data });
        frames.push(frame);
        length += frame.length;
        if (length < BATCH_LENGTH) continue;
        sink(encodeFrames(frames));
        frames = [];
        length = 0;
      }
      sink(encodeFrames(frames));
    };
  },
};

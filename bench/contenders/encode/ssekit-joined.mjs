import { loadServer } from "../../ssekit.mjs";

/** As a stream takes what waits: whole frames, up to this many characters. */
const BATCH_LENGTH = 64 * 1024;

export default {
  role: "ssekit",
  title: "encodeFrames of 64 kB",
  async open({ id }) {
    const { encodeFrames, encodeSSE } = await loadServer();
    // A text's length is known before it is a frame, so its message can be handed over as it is.
    const toFrame = id === "text" ? (data) => ({ data }) : (data) => encodeSSE({ data });
    const lengthOf = id === "text" ? ({ data }) => data.length : (frame) => frame.length;
    return (values, sink) => {
      let frames = [];
      let length = 0;
      for (const value of values) {
        const frame = toFrame(value);
        frames.push(frame);
        length += lengthOf(frame);
        if (length < BATCH_LENGTH) continue;
        sink(encodeFrames(frames));
        frames = [];
        length = 0;
      }
      sink(encodeFrames(frames));
    };
  },
};

const BATCH = 64;

// The same template, 64 frames to a Buffer: what batching alone is worth.
export default {
  role: "reference",
  title: "template string, Buffer per 64",
  open({ id }) {
    const toFrame = id === "text" ? frameOfText : frameOfJson;
    return (values, sink) => {
      for (let i = 0; i < values.length; i += BATCH) {
        let frames = "";
        const end = Math.min(i + BATCH, values.length);
        for (let j = i; j < end; j++) frames += toFrame(values[j]);
        sink(Buffer.from(frames));
      }
    };
  },
};

const frameOfJson = (value) => `data: ${JSON.stringify(value)}\n\n`;
const frameOfText = (text) => `data: ${text.replaceAll("\n", "\ndata: ")}\n\n`;

import { loadServer } from "../../ssekit.mjs";

export default {
  role: "ssekit",
  title: "createSSEParser feed",
  async open() {
    const { createSSEParser } = await loadServer();
    return (slices, onData) => {
      const parser = createSSEParser({ onMessage: ({ data }) => onData(data) });
      for (const slice of slices) parser.feed(slice);
    };
  },
};

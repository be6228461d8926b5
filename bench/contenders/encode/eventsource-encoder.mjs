export default {
  role: "peer",
  title: "eventsource-encoder encode",
  packages: ["eventsource-encoder"],
  docs: "https://github.com/rexxars/eventsource-encoder#usage",
  async open({ id }) {
    const { encode } = await import("eventsource-encoder");
    if (id === "text") {
      return (values, sink) => {
        for (const data of values) sink(Buffer.from(encode({ data })));
      };
    }
    return (values, sink) => {
      for (const value of values) sink(Buffer.from(encode({ data: JSON.stringify(value) })));
    };
  },
};

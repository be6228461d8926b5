// What a hand writes: no check of any field, one template, one Buffer per event.
export default {
  role: "limit",
  title: "template string, Buffer per event",
  open({ id }) {
    return id === "text" ? encodeText : encodeJson;
  },
};

function encodeJson(values, sink) {
  for (const value of values) sink(Buffer.from(`data: ${JSON.stringify(value)}\n\n`));
}

function encodeText(values, sink) {
  for (const text of values) sink(Buffer.from(`data: ${text.replaceAll("\n", "\ndata: ")}\n\n`));
}

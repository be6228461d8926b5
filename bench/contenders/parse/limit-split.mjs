// What a hand writes for a server it knows: frames end in LF LF and hold one data line. No CR, no
// ids, no comments, no size limit; a reader of any server's stream has more to do.
const DATA = "data: ".length;

export default {
  role: "limit",
  title: "TextDecoder + indexOf, LF only",
  open: () => read,
};

function read(slices, onData) {
  const decoder = new TextDecoder();
  // Text of a frame that is still open. A look into it at every slice would copy it at every slice.
  let open = "";
  let openEndsLine = false;
  for (const slice of slices) {
    const text = decoder.decode(slice, { stream: true });
    let start = 0;
    if (openEndsLine && text.startsWith("\n")) {
      onData(open.slice(DATA, -1));
      open = "";
      start = 1;
    }
    for (let end; (end = text.indexOf("\n\n", start)) >= 0; start = end + 2) {
      const frame = open + text.slice(start, end);
      open = "";
      onData(frame.slice(DATA));
    }
    open += text.slice(start);
    openEndsLine = text.endsWith("\n") && open !== "";
  }
}

import { connect } from "ssekit/client";

/** Asks, and reads to the end over as many connections as it takes. */
export async function ask(url, question, view, options) {
  const stream = connect(`${url}/answers`, { json: { question }, ...options });
  await show(stream, view);
  return await stream.ended;
}

/** Asks under a name of one's own: the way back is known before the server has answered. */
export function askAs(id, url, question, options) {
  const answer = `${url}/answers/${id}`;
  return connect(answer, { json: { question }, resume: answer, ...options });
}

/** Shows each event where it belongs. */
export async function show(stream, view) {
  for await (const event of stream) {
    switch (event.type) {
      case "chunk":
        view.append(event.content);
        break;
      case "reset": // What came so far is void: the server began anew.
        view.clear();
        break;
      case "gap": // The server no longer keeps what came between.
        view.append(" […] ");
        break;
    }
  }
}

/** The connection in words. */
export function tellConnection(stream) {
  const { state, attempt, retryAt, outcome } = stream.getSnapshot();
  if (state !== "waiting") return outcome ?? state;
  const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1_000));
  return `attempt ${attempt + 1} in ${seconds} s`;
}

/** Calls `tell` with the connection in words, again after each change. */
export function watch(stream, tell) {
  return stream.subscribe(() => tell(tellConnection(stream)));
}

/** Keeps the stream's place and text: call it on `pagehide`, and now and then before. */
export function keep(stream, storage) {
  const saved = stream.save();
  if (saved) storage.setItem("answer", JSON.stringify(saved));
  else storage.removeItem("answer");
}

/** When the page is loaded: goes on where the one before it was. Nothing is asked again. */
export function goOn(storage, view, options) {
  const saved = JSON.parse(storage.getItem("answer") ?? "null");
  if (!saved) return undefined;
  const stream = connect(saved.url, { restore: saved, ...options });
  view.append(stream.text);
  return stream;
}

if (process.argv[1] === import.meta.filename) {
  const view = {
    append: (text) => process.stdout.write(text),
    clear: () => console.log("\n(from the beginning)"),
  };
  const { outcome } = await ask("http://127.0.0.1:3000", "what is lost?", view);
  console.log(`\n${outcome}`);
}

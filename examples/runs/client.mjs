import { connect } from "ssekit/client";

/** Asks. The same `key` again is the same run, so that the question may be sent twice when its answer was lost. */
export function ask(url, json, options) {
  const { key = crypto.randomUUID(), headers, ...others } = options;
  return connect(url, {
    json,
    headers: { ...headers, "Idempotency-Key": key },
    retry: { start: "idempotent" },
    ...others,
  });
}

/** Keeps where the run is: call it on `pagehide`, and now and then before. */
export function keep(stream, storage) {
  const saved = stream.save();
  if (saved) storage.setItem("run", JSON.stringify(saved));
  else storage.removeItem("run");
}

/** After a refresh: the text so far is there at once, the rest streams in. */
export function goOn(storage, options) {
  const saved = JSON.parse(storage.getItem("run") ?? "null");
  return saved ? connect(saved.url, { restore: saved, ...options }) : undefined;
}

/** On a second device, which has kept nothing: the newest run that still goes on, from its beginning. */
export async function join(url, options) {
  const response = await fetch(url, options);
  const runs = await response.json();
  const running = runs.find(({ state }) => state === "running");
  return running ? connect(`${url}/${running.id}`, options) : undefined;
}

/** The stop button: asks the server to stop the run. What it told until then stays. */
export async function stop(stream, options) {
  const run = stream.save();
  if (run) await fetch(run.url, { ...options, method: "DELETE" });
}

if (process.argv[1] === import.meta.filename) {
  const headers = { authorization: "Bearer token-of-ada" };
  const stream = ask("http://127.0.0.1:3000/api/runs", { question: "what is kept?" }, { headers });
  for await (const event of stream) {
    if (event.type === "chunk") process.stdout.write(event.content);
  }
  console.log(`\n${(await stream.ended).outcome}`);
}

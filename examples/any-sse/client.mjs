import { connectMessages, readMessages, tee } from "ssekit/client";

/** A server that ends with `data: [DONE]`. */
export async function answer(url) {
  const stream = connectMessages(url, { json: { stream: true } });
  let text = "";
  for await (const { event, data } of stream) {
    if (event === "token") text += JSON.parse(data).text;
  }
  const { outcome } = await stream.ended;
  return { text, outcome };
}

/** One that ends with a message of its own. */
export function named(url) {
  return connectMessages(url, { isTerminal: ({ event }) => event === "message_stop" });
}

/** One that just stops, and a request that somebody else has sent. */
export async function bare(url) {
  return readMessages(await fetch(url), { endsWithBody: true });
}

/** Two consumers of one stream. */
export async function both(stream) {
  const [shown, counted] = tee(stream);
  const texts = [];
  const show = async () => {
    for await (const { data } of shown) texts.push(data);
  };
  let count = 0;
  const measure = async () => {
    for await (const _ of counted) count += 1;
  };
  await Promise.all([show(), measure()]);
  return { texts, count };
}

if (process.argv[1] === import.meta.filename) {
  console.log(await answer("http://127.0.0.1:3000/sentinel"));
}

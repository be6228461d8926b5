import { connect, ConnectError } from "ssekit/client";

export async function ask(url, message) {
  const stream = connect(`${url}/api/chat`, { json: { message } });
  const { outcome, text, error } = await stream.ended;
  if (error instanceof ConnectError) return { outcome, status: error.status, body: error.body };
  return { outcome, text };
}

if (process.argv[1] === import.meta.filename) {
  console.log(await ask("http://127.0.0.1:3000", "What is an event stream?"));
}

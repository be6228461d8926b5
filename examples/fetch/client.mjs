import { readEvents } from "ssekit/client";

/** Fetches itself, and leaves the reading to `readEvents`. */
export async function ask(url, message) {
  const response = await fetch(url, { method: "POST", body: JSON.stringify({ message }) });
  const stream = readEvents(response);
  const phases = [];
  for await (const event of stream) if (event.type === "status") phases.push(event.status);
  return { phases, ...(await stream.ended) };
}

if (process.argv[1] === import.meta.filename) {
  console.log(await ask("http://127.0.0.1:3000", "What is an event stream?"));
}

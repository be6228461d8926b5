import { connect } from "ssekit/client";

export async function read(url) {
  const stream = connect(url, { json: { message: "Greet me" } });
  for await (const event of stream) {
    if (event.type === "status") console.log(`[${event.status}]`);
    if (event.type === "chunk") process.stdout.write(event.content);
  }
  return await stream.ended;
}

if (process.argv[1] === import.meta.filename) {
  const { outcome, result } = await read("http://127.0.0.1:3000");
  console.log(`\n${outcome}`, result);
}
